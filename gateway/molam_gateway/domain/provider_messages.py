"""A message of a provider in the inbox, from its receipt to what came of it."""

from dataclasses import dataclass

RETRY_AFTER = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0)
"""Seconds between the looks for the attempt that a message is about: it may come before its handle is stored."""


@dataclass(frozen=True, slots=True)
class ProviderMessage:
    """A row of the provider_messages table; `body` is sealed, `key` names the fact that is told.

    `attempt` is there if the message came to the address of one attempt. `verdict` says what was checked.
    """

    id: str
    configuration: str
    account_id: str
    livemode: bool
    provider: str
    key: str
    attempt: str | None
    kind: str | None
    body: str
    verdict: str
    state: str
    tries: int
    created_at: int
    updated_at: int
    sequence: int


def retry_after(tries: int) -> float | None:
    """Seconds until the next look, None when there were enough."""
    return RETRY_AFTER[tries] if tries < len(RETRY_AFTER) else None


def body_purpose(id: str) -> str:
    """What is sealed into a message's body."""
    return f"provider_message:{id}"
