"""Pages of the admin to look at events and calls: read only, without bodies; events that ended can be redriven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ChangeList
from django.urls import reverse

from ...errors import MolamError
from ._inboxes import inbox
from .models import Call, ReceivedWebhook

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    _WebhookAdmin = admin.ModelAdmin[ReceivedWebhook]
    _CallAdmin = admin.ModelAdmin[Call]
else:
    _WebhookAdmin = _CallAdmin = admin.ModelAdmin


_ENDED: dict[str, Literal["dead", "ignored", "superseded"]] = {
    "dead": "dead",
    "ignored": "ignored",
    "superseded": "superseded",
    "done": "superseded",  # by some handlers, and late for the others
}


class _ReadOnly:
    """Nobody adds, changes or deletes what the SDK keeps."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class _OfTenants(ChangeList):
    """Links that tell the events of tenants apart."""

    def url_for_result(self, result: Any) -> str:
        path = quote(f"{result.tenant} {result.event_id}")
        return reverse("admin:molam_receivedwebhook_change", args=(path,), current_app=self.model_admin.admin_site.name)


@admin.register(ReceivedWebhook)
class ReceivedWebhookAdmin(_ReadOnly, _WebhookAdmin):
    """The events of the inbox."""

    list_display = ("event_id", "type", "object_id", "state", "attempts", "error", "received_at", "ended_at")
    list_filter = ("state", "type", "conflicting")
    search_fields = ("=event_id", "=object_id", "=error", "=tenant")
    search_help_text = "The whole id of an event or object, an error's class, or a tenant"
    show_full_result_count = False
    exclude = ("body", "digest")
    actions = ("redrive",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReceivedWebhook]:
        """Leave the bodies where they are."""
        return super().get_queryset(request).defer("body")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """See ModelAdmin."""
        return _OfTenants

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> ReceivedWebhook | None:
        """Find the event of a tenant."""
        tenant, _, event_id = object_id.rpartition(" ")
        return self.get_queryset(request).filter(tenant=tenant, event_id=event_id).first()

    def has_redrive_permission(self, request: HttpRequest) -> bool:
        """Whoever may be given `change` in Django's permissions may let events be worked at again."""
        user: Any = getattr(request, "user", None)
        return bool(user is not None and user.has_perm("molam.change_receivedwebhook"))

    @admin.action(description="Redrive the selected events", permissions=["redrive"])
    def redrive(self, request: HttpRequest, queryset: QuerySet[ReceivedWebhook]) -> None:
        """Let events be worked at again that are dead, ignored or superseded; others stay as they are."""
        begun = 0
        try:
            for each in queryset.only("event_id", "tenant", "state"):
                ended = _ENDED.get(each.state)
                if ended is not None:
                    begun += inbox().redrive(each.event_id, tenant=each.tenant, state=ended)
        except MolamError as error:
            self.message_user(request, error.message, messages.ERROR)
        if begun:
            self.message_user(request, f"{begun} events will be worked at again.", messages.SUCCESS)
        else:
            self.message_user(request, "None of these events can be worked at again.", messages.WARNING)


@admin.register(Call)
class CallAdmin(_ReadOnly, _CallAdmin):
    """The calls of the journal."""

    list_display = ("idempotency_key", "operation", "mode", "state", "object_id", "code", "created_at", "finished_at")
    list_filter = ("state", "operation", "mode")
    search_fields = ("=idempotency_key", "=object_id", "=request_id", "=account")
    search_help_text = "A whole idempotency key, or the id of an object, request or account"
    show_full_result_count = False
    exclude = ("content", "fingerprint", "sealed_with", "target")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        """Leave the bodies where they are."""
        return super().get_queryset(request).defer("content")
