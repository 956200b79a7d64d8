"""A message of a provider in the inbox, from its receipt to what came of it."""

from dataclasses import dataclass

RETRY_AFTER = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0)
"""Seconds between the looks for the attempt that a message is about: it may come before its handle is stored."""

ANSWER_FIRST = 15.0
ANSWER_MOST = 6 * 3600.0
ANSWER_WITHIN = 8 * 86_400.0
"""Seconds between the looks for an answer to the question that a message leads to, and until there is none to expect.

The receipt that a message tells is in the message alone until then.
"""


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


def answer_after(tries: int, age: float) -> float | None:
    """Seconds until the next look for an answer, None when the message is too old for one."""
    return None if age >= ANSWER_WITHIN else min(ANSWER_MOST, ANSWER_FIRST * 2.0 ** min(tries, 16))


def body_purpose(id: str) -> str:
    """What is sealed into a message's body."""
    return f"provider_message:{id}"
