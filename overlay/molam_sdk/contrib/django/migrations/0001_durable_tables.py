"""Makes the tables of molam_sdk.durable with the SDK's own SQL."""

from typing import ClassVar

from django.db import migrations, models

from .. import fields
from .._operations import DurableMigration


class Migration(migrations.Migration):
    """Once made they are not unmade: a payment may be in flight whose only record is in them."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        DurableMigration(1),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Call",
                    fields=[
                        ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                        ("owner", models.CharField(max_length=64)),
                        ("account", models.CharField(max_length=255)),
                        ("mode", models.CharField(max_length=5)),
                        ("idempotency_key", models.CharField(max_length=255)),
                        ("operation", models.CharField(max_length=100)),
                        ("fingerprint", models.CharField(editable=False, max_length=64)),
                        ("target", models.TextField()),
                        ("region", models.TextField()),
                        ("content", models.BinaryField(null=True)),
                        ("content_form", models.CharField(max_length=9)),
                        ("sealed_with", models.CharField(editable=False, max_length=16, null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("in_flight", "in_flight"),
                                    ("in_doubt", "in_doubt"),
                                    ("succeeded", "succeeded"),
                                    ("rejected", "rejected"),
                                    ("not_sent", "not_sent"),
                                    ("stale", "stale"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("doubt", models.BooleanField()),
                        ("claims", models.IntegerField()),
                        ("created_at", fields.InstantField()),
                        ("first_begun_at", fields.InstantField()),
                        ("last_begun_at", fields.InstantField()),
                        ("leased_until", fields.InstantField(null=True)),
                        ("finished_at", fields.InstantField(null=True)),
                        ("status_code", models.IntegerField(null=True)),
                        ("object_id", models.CharField(max_length=255, null=True)),
                        ("code", models.CharField(max_length=255, null=True)),
                        ("request_id", models.CharField(max_length=255, null=True)),
                    ],
                    options={
                        "verbose_name": "call",
                        "db_table": "molam_calls",
                        "ordering": ["-created_at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="ReceivedWebhook",
                    fields=[
                        ("event_id", models.CharField(max_length=255, primary_key=True, serialize=False)),
                        ("tenant", models.CharField(max_length=64)),
                        ("type", models.CharField(max_length=255)),
                        ("object_id", models.CharField(max_length=255)),
                        ("sequence", models.BigIntegerField()),
                        ("status", models.CharField(max_length=64, null=True)),
                        ("body", models.BinaryField(null=True)),
                        ("body_form", models.CharField(max_length=16)),
                        ("digest", models.CharField(editable=False, max_length=64)),
                        ("conflicting", models.BooleanField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "pending"),
                                    ("done", "done"),
                                    ("ignored", "ignored"),
                                    ("superseded", "superseded"),
                                    ("dead", "dead"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("attempts", models.IntegerField()),
                        ("error", models.CharField(max_length=128, null=True)),
                        ("passed_over", models.TextField(null=True)),
                        ("received_at", fields.InstantField()),
                        ("next_at", fields.InstantField()),
                        ("ended_at", fields.InstantField(null=True)),
                    ],
                    options={
                        "verbose_name": "webhook event",
                        "db_table": "received_webhooks",
                        "ordering": ["-received_at", "event_id"],
                    },
                ),
                migrations.CreateModel(
                    name="ServerIdempotency",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "idempotency_key",
                                "route",
                                "scope",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("idempotency_key", models.CharField(max_length=255)),
                        ("route", models.CharField(max_length=255)),
                        ("scope", models.CharField(max_length=255)),
                        ("fingerprint", models.CharField(editable=False, max_length=64, null=True)),
                        ("status", models.CharField(max_length=9)),
                        ("response", models.BinaryField(null=True)),
                        ("response_form", models.CharField(max_length=9)),
                        ("claims", models.IntegerField()),
                        ("created_at", fields.InstantField()),
                        ("leased_until", fields.InstantField(null=True)),
                        ("completed_at", fields.InstantField(null=True)),
                        ("expires_at", fields.InstantField()),
                    ],
                    options={
                        "db_table": "server_idempotency",
                    },
                ),
                migrations.CreateModel(
                    name="WebhookObject",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "tenant", "object_id", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("tenant", models.CharField(max_length=64)),
                        ("object_id", models.CharField(max_length=255)),
                        ("token", models.CharField(editable=False, max_length=32)),
                        ("leased_until", fields.InstantField()),
                        ("sequence", models.BigIntegerField()),
                        ("event_id", models.CharField(max_length=255)),
                        ("status", models.CharField(max_length=64, null=True)),
                        ("touched_at", fields.InstantField()),
                    ],
                    options={
                        "db_table": "webhook_objects",
                    },
                ),
                migrations.CreateModel(
                    name="WebhookSubscription",
                    fields=[
                        ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                        ("tenant", models.CharField(max_length=64)),
                        ("endpoint_id", models.CharField(max_length=255, null=True)),
                        ("secret", models.BinaryField(null=True)),
                        ("secret_env", models.CharField(max_length=255, null=True)),
                        ("created_at", fields.InstantField()),
                        ("disabled_at", fields.InstantField(null=True)),
                    ],
                    options={
                        "db_table": "webhook_subscriptions",
                    },
                ),
            ]
        ),
    ]
