"""Every reason of a decline that the spec or a provider of the gateway names has an action."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from molam_api.models import LastError
from molam_gateway.providers.mpesa import result_codes
from molam_gateway.providers.paystack import statuses
from molam_gateway.providers.simulators.cpay_behaviour import PAYMENT_METHODS
from molam_gateway.providers.stripe import refusals
from molam_sdk import errors
from molam_sdk._shapes import is_list, is_object
from molam_sdk.declines import _BY_REASON, Action, action_for

ROOT = Path(__file__).parents[3]
SPEC: Any = yaml.safe_load((ROOT / "spec" / "openapi.yaml").read_text("utf-8"))


def named(node: Any) -> Iterator[str]:
    """Every decline code in the spec's examples, and every code of a payment that failed."""
    if is_object(node):
        each = node
        found = each.get("decline_code")
        if isinstance(found, str):
            yield found
        if is_object(found):
            yield from found.get("examples", [])
        if each.get("error_type") == "payment_error" or each.get("type") == "payment_error":
            yield each["code"]
        for value in each.values():
            yield from named(value)
    elif is_list(node):
        for value in node:
            yield from named(value)


def of_the_providers() -> Iterator[str]:
    for table in (result_codes.OF_CUSTOMERS, result_codes.OF_BUSINESSES):
        yield from (refusal.decline_code for refusal in table.values())
    yield from (behaviour.decline_code for behaviour in PAYMENT_METHODS.values() if behaviour.decline_code)
    yield from (*refusals._MESSAGES, *refusals._CODES, *refusals._DECLINE_CODES.values())
    yield from (decline for _, _, decline in statuses._DECLINES if decline)
    for path in (ROOT / "gateway" / "molam_gateway" / "providers" / "mpesa").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("Failed", "refused"):
                position = 2 if call.func.id == "Failed" else 1
                yield from (
                    each.value
                    for each in call.args[position : position + 1]
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )


def test_every_reason_has_an_action() -> None:
    spec, providers = set(named(SPEC)), set(of_the_providers())
    assert {"insufficient_funds", "card_declined"} <= spec
    assert len(providers) > 20
    assert (spec | providers) - _BY_REASON.keys() == set()
    assert all(re.fullmatch(r"[a-z_]+", code) for code in _BY_REASON)


def test_every_action_is_one_of_five_and_in_use() -> None:
    assert set(_BY_REASON.values()) == set(get_args(Action))


def declined(code: str | None, decline_code: str | None = None) -> errors.DeclinedError:
    return errors.DeclinedError("402", code=code, decline_code=decline_code, outcome="rejected")


@pytest.mark.parametrize(
    ("reason", "action"),
    [
        (declined("card_declined", "expired_card"), "other_method"),
        (declined("card_declined", "stolen_card"), "stop"),
        (declined("card_declined", "never_heard_of"), "other_method"),
        (declined("canceled_by_customer", "never_heard_of"), "stop"),
        (declined("never_heard_of"), "other_method"),
        (declined(None), "other_method"),
        (LastError("payment_error", "wrong_pin", None, None, ""), "authenticate"),
        ("subscriber_busy", "retry_later"),
        ("never_heard_of", "other_method"),
        (None, "other_method"),
        (errors.NetworkError("", outcome="unknown"), "retry_later"),
        (errors.ServerError("", outcome="unknown"), "retry_later"),
        (errors.ProviderError("", outcome="rejected"), "retry_later"),
        (errors.RateLimitError("", outcome="rejected"), "retry_later"),
        (errors.UnexpectedResponseError(""), "retry_later"),
        (errors.ConflictError("", code="payment_in_flight", outcome="rejected"), "retry_later"),
        (errors.ConflictError("", code="already_refunded", outcome="rejected"), "contact_support"),
        (errors.ValidationError("", outcome="not_sent"), "contact_support"),
        (errors.AuthenticationError("", outcome="rejected"), "contact_support"),
    ],
)
def test_what_to_do(reason: Any, action: str) -> None:
    assert action_for(reason) == action
