"""How far a provider's message is believed, and what of it is kept whatever the provider is asked."""

from dataclasses import replace

from ...domain.attempts import Attempt, AttemptKind
from ...domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from ...providers.inbound import News

_SAY_HOW_MUCH = frozenset({AttemptKind.CHARGE, AttemptKind.CAPTURE, AttemptKind.PAYOUT})
"""What is not believed to have succeeded without an amount; a refund is the whole of what was asked for, or nothing."""


def believable(attempt: Attempt, news: News) -> Outcome | None:
    """The outcome that the message tells, None if the provider has to be asked."""
    if news.amount is not None:
        return news.outcome if news.amount == attempt.amount else None
    if isinstance(news.outcome, Succeeded) and attempt.kind in _SAY_HOW_MUCH:
        return None
    return news.outcome


def other_amount(attempt: Attempt, news: News) -> str | None:
    """The receipt of what the message says moved, if that is neither this attempt's money nor as much as it."""
    if not isinstance(news.outcome, Succeeded) or news.amount in {None, attempt.amount}:
        return None
    receipt = news.outcome.transaction_id
    return receipt if attempt.is_receipt(receipt) and receipt != attempt.transaction_id else None


def with_facts(outcome: Outcome, attempt: Attempt, news: News) -> Outcome:
    """The outcome with what only the message tells: the receipt, and the provider's name for the attempt."""
    if not isinstance(outcome, Succeeded):
        return outcome
    handle = outcome.handle or news.handle
    receipt = outcome.transaction_id
    if news.transaction_id is not None and news.amount in {None, attempt.amount}:
        receipt = news.transaction_id
    return replace(outcome, transaction_id=receipt, handle=handle)


def is_answer(outcome: Outcome, news: News) -> bool:
    """Whether a message is done with by this outcome; one that tells a receipt waits for the payment's end."""
    match outcome:
        case Succeeded() | Failed():
            return True
        case Pending():
            return news.transaction_id is None
        case Unknown() | NotSent():
            return False
