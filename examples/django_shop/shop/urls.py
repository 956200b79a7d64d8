"""The pages of the shop, and where it receives webhooks."""

from django.contrib import admin
from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.buy, name="buy"),
    path("orders/<uuid:order_id>/", views.order, name="order"),
    path("orders/<uuid:order_id>/pay/", views.pay, name="pay"),
    path("molam/", include("molam_sdk.contrib.django.urls")),
    path("admin/", admin.site.urls),
]
