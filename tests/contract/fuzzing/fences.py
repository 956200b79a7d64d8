"""Keeps generated requests from missing every handler, and from harming the run itself."""

import re
from collections.abc import MutableMapping
from typing import Any

from tests.contract.fuzzing.world import World

LONGEST_STEP = 3600
DEADLINE_MS = "60000"
LONGEST_DELAY_MS = 120_000
PROVIDER = "cpay"
CONFIGURABLE = "stripe"
CURRENCY = "USD"

_AUTHORITY = re.compile(r"^https?://(?:\[[^\]]*\]|[^/:?#]*)(?::[0-9]+)?")
_CLOSED_PORT = "http://127.0.0.1:9"
_KEY = re.compile(r"[!-~]{1,257}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,10}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)
_ACCOUNT = re.compile(r"acct_[0-9A-Za-z]{1,59}", re.ASCII)
_PREFIXES = {
    "payment_intent_id": "pi",
    "charge_id": "ch",
    "refund_id": "ref",
    "payout_id": "po",
    "merchant_onboarding_id": "mo",
    "webhook_endpoint_id": "we",
    "webhook_delivery_id": "wd",
    "event_id": "evt",
    "transaction_id": "pi",
}
_TRIGGERED = {
    "payment_intent": "pi",
    "charge": "ch",
    "refund": "ref",
    "payout": "po",
    "merchant_onboarding": "mo",
}
_FAULTS = ("drop_response", "reset", "truncate", "delay", "error_before", "error_after")
_LISTED = {
    "list_payment_intents": "pi",
    "list_charges": "ch",
    "list_refunds": "ref",
    "list_payouts": "po",
    "list_webhook_endpoints": "we",
    "list_webhook_deliveries": "wd",
    "list_events": "evt",
    "list_audit_logs": "al",
}


def headers(values: MutableMapping[str, Any], world: World, key: str) -> None:
    """Give a call a key of its own, time enough (short deadlines are refused) and its own account to act for.

    The generator repeats keys, and the stored answer to one hides the handler from whoever comes next.
    """
    if _KEY.fullmatch(str(values.get("Idempotency-Key", ""))):
        values["Idempotency-Key"] = key
    if _DIGITS.fullmatch(str(values.get("Molam-Deadline-Ms", ""))):
        values["Molam-Deadline-Ms"] = DEADLINE_MS
    if _ACCOUNT.fullmatch(str(values.get("Molam-Account", ""))):
        values["Molam-Account"] = world.account


def optional_headers(values: MutableMapping[str, Any], meant: str | None) -> None:
    """Drop the headers that the generator took for valid against their patterns; not the one that is meant to be wrong.

    They are refused before anything else is looked at, which would hide whatever is wrong with the rest.
    """
    for name, pattern in (("Molam-Version", _DATE), ("Molam-Account", _ACCOUNT)):
        if name in values and name != meant and not pattern.fullmatch(str(values[name])):
            del values[name]


def path(operation_id: str, values: MutableMapping[str, Any], world: World) -> None:
    """Name objects that exist, in the state that the operation needs."""
    if "name" in values:
        values["name"] = PROVIDER if operation_id == "retrieve_provider" else CONFIGURABLE
    for name, value in values.items():
        if name not in _PREFIXES:
            continue
        found = world.ready_for(operation_id)
        if found is None and not world.knows(str(value)):
            found = world.another(_PREFIXES[name])
        values[name] = found or value


def query(operation_id: str, values: MutableMapping[str, Any], world: World) -> None:
    """Send one cursor at most, and mostly one that exists."""
    if "starting_after" in values and "ending_before" in values:
        del values["ending_before" if len(values) % 2 else "starting_after"]
    for name in ("starting_after", "ending_before"):
        if name in values and not world.knows(str(values[name])):
            values[name] = world.another(_LISTED[operation_id]) or values[name]


def body(operation_id: str, members: MutableMapping[str, Any], world: World) -> None:
    """Arm faults that the run bears, let no webhook out, keep the clock within its hour, trigger on objects."""
    if operation_id == "inject_fault":
        _bearable(members)
    seconds = members.get("seconds")
    if isinstance(seconds, int) and seconds > LONGEST_STEP:
        members["seconds"] = seconds % LONGEST_STEP
    if isinstance(members.get("url"), str):
        members["url"] = _AUTHORITY.sub(_CLOSED_PORT, members["url"])
    if operation_id == "initialize_payment" and isinstance(members.get("provider"), str):
        members["provider"] = PROVIDER
    if operation_id == "refund_payment" and _CURRENCY.fullmatch(str(members.get("currency", ""))):
        members["currency"] = CURRENCY
    if operation_id == "trigger_event" and _ID.fullmatch(str(members.get("object_id", ""))):
        kind = str(members.get("type")).partition(".")[0]
        members["object_id"] = world.another(_TRIGGERED.get(kind, "we")) or members["object_id"]


def _bearable(fault: MutableMapping[str, Any]) -> None:
    """Let a fault that the gateway would arm delay one operation by a millisecond."""
    if isinstance(fault.get("operation_id", ""), str):
        fault["operation_id"] = "retrieve_account"
    if fault.get("kind") in _FAULTS:
        fault["kind"] = "delay"
    if isinstance(fault.get("delay_ms", 0), int) and 0 <= fault.get("delay_ms", 0) <= LONGEST_DELAY_MS:
        fault["delay_ms"] = 1
