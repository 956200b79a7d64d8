"""For a project's tests: webhooks as Molam would send them, through Django's test client."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, cast

from django.test import Client
from django.urls import reverse

from molam_api.event_types import EVENT_OBJECTS

from ... import webhooks
from ...config import Config
from ...errors import ConfigurationError
from ._samples import OBJECTS
from ._settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["post_webhook"]


def post_webhook(
    type: str,
    about: Mapping[str, Any],
    *,
    event_id: str = "evt_test1",
    sequence: int = 1,
    path: str | None = None,
    client: Client | None = None,
) -> Any:
    """Sign an event with the secret of the settings, post it to the project's view and return the answer.

    Work at it with `process_webhooks()`; in a TestCase all of it is undone at the end of the test.

    Args:
        type: Type of the event, `payment_intent.succeeded` say.
        about: The members of the object that the receivers look at; the others are those of an example. `status` is
            what the type stands for, unless it is given.
        event_id: Id of the event; the same one again is a duplicate.
        sequence: Which event of its object it is.
        path: Of the view, if `molam_sdk.contrib.django.urls` is not included.
        client: Django's test client; a new one without it.

    Raises:
        ConfigurationError: The settings have no secret that can be signed with.
    """
    secret: object = Config(**read_settings().options).webhook_secret
    if isinstance(secret, (list, tuple)):
        secret = cast("list[object]", secret)[0]
    if not isinstance(secret, str):
        raise ConfigurationError("post_webhook signs with MOLAM['WEBHOOK_SECRET'], which must be a string or a list")
    event = {
        "id": event_id,
        "object": "event",
        "type": type,
        "api_version": "2026-11-01",
        "livemode": False,
        "account": "acct_test",
        "sequence": sequence,
        "created_at": "2026-11-01T00:00:00Z",
        "data": {"object": _completed(type, about), "previous_attributes": None},
        "request": None,
    }
    body = json.dumps(event).encode()
    signature = webhooks.generate_signature(body, secret)
    return (client or Client()).post(
        path or reverse("molam:webhook"),
        body,
        content_type="application/json",
        headers={"Molam-Signature": signature},
    )


def _completed(type: str, about: Mapping[str, Any]) -> dict[str, Any]:
    kind, _, step = type.partition(".")
    example = OBJECTS.get(_CAPITAL.sub("_", EVENT_OBJECTS.get(type, "")).lower(), {})
    reached = {"status": step} if step in _STATUSES.get(kind, ()) else {}
    return {**deepcopy(example), **reached, **about}


_CAPITAL = re.compile("(?<!^)(?=[A-Z])")
_STATUSES = {
    "charge": ("succeeded", "failed"),
    "merchant_onboarding": ("approved", "rejected"),
    "payment_intent": ("canceled", "processing", "succeeded"),
    "payout": ("canceled", "failed", "processing", "reversed", "succeeded"),
    "refund": ("failed",),
}
"""Those that an event is called by."""
