"""Where webhooks are received: `path("molam/", include("molam_sdk.contrib.django.urls"))`."""

from django.urls import path

from .views import webhook

app_name = "molam"
urlpatterns = [
    path("webhook/", webhook, name="webhook"),
    path("webhook/<str:tenant>/", webhook, name="tenant_webhook"),
]
