"""The URLs of the tests' project."""

from django.contrib import admin
from django.urls import include, path

from molam_sdk.contrib.django.views import webhook_async

urlpatterns = [
    path("admin/", admin.site.urls),
    path("molam/", include("molam_sdk.contrib.django.urls")),
    path("async/", webhook_async),
]
