"""Takes secrets and personal data out of what a cassette keeps, so that it can be committed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from .._redaction import MASK, redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEPT_HEADERS = (
    "content-type",
    "idempotent-replayed",
    "molam-version",
    "original-request-id",
    "request-id",
    "retry-after",
)
"""Headers of an answer that mean something when it is played again; none of a request does."""

_SECRET = re.compile(
    r"secret|passw|passkey|token|ticket|signature|authorization|credential|private|cookie|(?:^|_)(?:key|pin|otp|cvc|cvv)(?:$|_)",
    re.IGNORECASE,
)
_NO_SECRET = frozenset({"kid", "key_id", "token_type"})
_PERSONAL = frozenset(
    {
        "account_holder",
        "account_number",
        "address",
        "birth_date",
        "business_name",
        "date_of_birth",
        "description",
        "email",
        "first_name",
        "full_name",
        "iban",
        "ip",
        "ip_address",
        "last_name",
        "msisdn",
        "phone",
        "phone_number",
    }
)
_OF_PEOPLE = frozenset({"beneficiary", "customer", "payer", "recipient", "settlement"})
_QUERY = re.compile(r"(https?://[^\s?#\"']+)[?#][^\s\"']*")


def scrubbed(value: Any, name: str = "", parent: str = "") -> Any:
    """Return JSON without secrets and personal data; what is no text keeps its form.

    Args:
        value: What is to be kept.
        name: The member that it is the value of.
        parent: The member that this is a member of.
    """
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        if name == "metadata":
            return {key: MASK if isinstance(each, str) else each for key, each in members.items()}
        return {key: scrubbed(each, key, name) for key, each in members.items()}
    if isinstance(value, list):
        items: list[Any] = cast(Any, value)
        return [scrubbed(each, name, parent) for each in items]
    if not isinstance(value, str) or not value:
        return value
    if _is_hidden(name, parent):
        return MASK
    return redact(_QUERY.sub(r"\1", value))


def scrubbed_query(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return the parameters of a query in an order that does not matter."""
    return sorted([name, scrubbed(value, name)] for name, value in pairs)


def scrubbed_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of an answer that are kept."""
    return {name: redact(headers[name]) for name in KEPT_HEADERS if name in headers}


def _is_hidden(name: str, parent: str) -> bool:
    if name in _NO_SECRET:
        return False
    return name in _PERSONAL or (name == "name" and parent in _OF_PEOPLE) or _SECRET.search(name) is not None
