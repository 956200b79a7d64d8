"""The application, which connects its receivers when Django is ready."""

from importlib import import_module

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self) -> None:
        import_module(".receivers", __package__)  # connects them
