"""The durable tables as models, to be read: their rows are written by the journal and the inbox.

`migrate` makes them with the SDK's own SQL, so they are the same tables that `create_tables` and Alembic make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias

from django.db import models

from .fields import InstantField

if TYPE_CHECKING:
    Text: TypeAlias = models.CharField[str, str]
    MaybeText: TypeAlias = models.CharField[str | None, str | None]
    LongText: TypeAlias = models.TextField[str, str]
    MaybeLongText: TypeAlias = models.TextField[str | None, str | None]
    Bytes: TypeAlias = models.BinaryField[bytes | None, bytes | None]
    Number: TypeAlias = models.IntegerField[int, int]
    MaybeNumber: TypeAlias = models.IntegerField[int | None, int | None]
    BigNumber: TypeAlias = models.BigIntegerField[int, int]
    Flag: TypeAlias = models.BooleanField[bool, bool]

__all__ = ["Call", "ReceivedWebhook", "ServerIdempotency", "WebhookObject", "WebhookSubscription"]


class ReceivedWebhook(models.Model):
    """An event of the inbox, once for each tenant; see `molam_sdk.durable.Inbox`."""

    event_id: Text = models.CharField(max_length=255, primary_key=True)
    tenant: Text = models.CharField(max_length=64)
    type: Text = models.CharField(max_length=255)
    object_id: Text = models.CharField(max_length=255)
    sequence: BigNumber = models.BigIntegerField()
    status: MaybeText = models.CharField(max_length=64, null=True)
    body: Bytes = models.BinaryField(null=True, editable=False)
    body_form: Text = models.CharField(max_length=16)
    digest: Text = models.CharField(max_length=64, editable=False)
    conflicting: Flag = models.BooleanField()
    state: Text = models.CharField(
        max_length=16, choices=[(each, each) for each in ("pending", "done", "ignored", "superseded", "dead")]
    )
    attempts: Number = models.IntegerField()
    error: MaybeText = models.CharField(max_length=128, null=True)
    passed_over: MaybeLongText = models.TextField(null=True)
    received_at = InstantField()
    next_at = InstantField()
    ended_at = InstantField(null=True)

    class Meta:
        db_table = "received_webhooks"
        verbose_name = "webhook event"
        ordering: ClassVar = ["-received_at", "event_id"]

    def __str__(self) -> str:
        return f"{self.event_id} ({self.type})"


class WebhookObject(models.Model):
    """An object that events were about: who works at them, and the newest that was done."""

    pk = models.CompositePrimaryKey("tenant", "object_id")
    tenant: Text = models.CharField(max_length=64)
    object_id: Text = models.CharField(max_length=255)
    token: Text = models.CharField(max_length=32, editable=False)
    leased_until = InstantField()
    sequence: BigNumber = models.BigIntegerField()
    event_id: Text = models.CharField(max_length=255)
    status: MaybeText = models.CharField(max_length=64, null=True)
    touched_at = InstantField()

    class Meta:
        db_table = "webhook_objects"

    def __str__(self) -> str:
        return self.object_id


class Call(models.Model):
    """A mutating call of the journal; see `molam_sdk.durable.Journal`."""

    id: Text = models.CharField(max_length=32, primary_key=True)
    owner: Text = models.CharField(max_length=64)
    account: Text = models.CharField(max_length=255)
    mode: Text = models.CharField(max_length=5)
    idempotency_key: Text = models.CharField(max_length=255)
    operation: Text = models.CharField(max_length=100)
    fingerprint: Text = models.CharField(max_length=64, editable=False)
    target: LongText = models.TextField()
    region: LongText = models.TextField()
    content: Bytes = models.BinaryField(null=True, editable=False)
    content_form: Text = models.CharField(max_length=9)
    sealed_with: MaybeText = models.CharField(max_length=16, null=True, editable=False)
    state: Text = models.CharField(
        max_length=9,
        choices=[(each, each) for each in ("in_flight", "in_doubt", "succeeded", "rejected", "not_sent", "stale")],
    )
    doubt: Flag = models.BooleanField()
    claims: Number = models.IntegerField()
    created_at = InstantField()
    first_begun_at = InstantField()
    last_begun_at = InstantField()
    leased_until = InstantField(null=True)
    finished_at = InstantField(null=True)
    status_code: MaybeNumber = models.IntegerField(null=True)
    object_id: MaybeText = models.CharField(max_length=255, null=True)
    code: MaybeText = models.CharField(max_length=255, null=True)
    request_id: MaybeText = models.CharField(max_length=255, null=True)

    class Meta:
        db_table = "molam_calls"
        verbose_name = "call"
        ordering: ClassVar = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"{self.operation} {self.idempotency_key}"


class ServerIdempotency(models.Model):
    """An answer of `molam_sdk.durable.IdempotencyStore`."""

    pk = models.CompositePrimaryKey("idempotency_key", "route", "scope")
    idempotency_key: Text = models.CharField(max_length=255)
    route: Text = models.CharField(max_length=255)
    scope: Text = models.CharField(max_length=255)
    fingerprint: MaybeText = models.CharField(max_length=64, null=True, editable=False)
    status: Text = models.CharField(max_length=9)
    response: Bytes = models.BinaryField(null=True, editable=False)
    response_form: Text = models.CharField(max_length=9)
    claims: Number = models.IntegerField()
    created_at = InstantField()
    leased_until = InstantField(null=True)
    completed_at = InstantField(null=True)
    expires_at = InstantField()

    class Meta:
        db_table = "server_idempotency"

    def __str__(self) -> str:
        return f"{self.route} {self.idempotency_key}"


class WebhookSubscription(models.Model):
    """A tenant's secret, encrypted; see `molam_sdk.durable.WebhookSubscriptions`."""

    id: Text = models.CharField(max_length=32, primary_key=True)
    tenant: Text = models.CharField(max_length=64)
    endpoint_id: MaybeText = models.CharField(max_length=255, null=True)
    secret: Bytes = models.BinaryField(null=True, editable=False)
    secret_env: MaybeText = models.CharField(max_length=255, null=True)
    created_at = InstantField()
    disabled_at = InstantField(null=True)

    class Meta:
        db_table = "webhook_subscriptions"

    def __str__(self) -> str:
        return f"{self.tenant} {self.id}"
