"""The application: its name, its checks, and what is forgotten when settings change."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.signals import setting_changed


class MolamConfig(AppConfig):
    """`molam_sdk.contrib.django` in INSTALLED_APPS."""

    name = "molam_sdk.contrib.django"
    label = "molam"
    verbose_name = "Molam"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks."""
        from . import checks
        from ._state import settings_changed

        checks.register()
        setting_changed.connect(settings_changed, dispatch_uid="molam")
