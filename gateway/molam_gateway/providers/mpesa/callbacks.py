"""Which callback says what: the last segment of the path tells, one letter each."""

from collections.abc import Sequence

from ...domain.attempts import AttemptKind
from ..inbound import Acknowledgement, ForgedError, MayPay, Message, Report, UnreadableError
from . import c2b, commands, reading, status, stk
from .account import Account
from .addresses import is_source

STK = "s"
PAYOUT = "p"
REFUND = "r"
STATUS = "t"
TIMEOUT = "o"
VALIDATION = "v"
CONFIRMATION = "n"
KINDS = frozenset({STK, PAYOUT, REFUND, STATUS, TIMEOUT, VALIDATION, CONFIRMATION})

_REJECTED = "C2B00012"


def verify(message: Message, account: Account) -> None:
    """Check what can be checked of a message that nobody signs. Raises ForgedError."""
    if message.kind not in KINDS:
        raise ForgedError("there is no such callback")
    if account.source_check and not is_source(message.remote):
        raise ForgedError("the sender's address is not one of Safaricom's")
    if not message.body.lstrip().startswith(b"{"):
        raise ForgedError("the body is no JSON object")


def read(message: Message, account: Account) -> Sequence[Report]:
    """What a message says. Raises UnreadableError."""
    document = reading.document(message.body)
    match message.kind:
        case "s":
            return (stk.heard(document, account),)
        case "p":
            return (commands.heard(document, AttemptKind.PAYOUT),)
        case "r":
            return (commands.heard(document, AttemptKind.REFUND),)
        case "t":
            news = status.heard(document)
            return () if news is None else (news,)
        case "o":
            return (commands.waited(document),)
        case "v":
            return (c2b.question(document, account),)
        case "n":
            return (c2b.confirmation(document, account),)
        case _:
            raise UnreadableError("there is no such callback")


def acknowledge(report: Report | None, *, accepted: bool) -> Acknowledgement:
    """What Daraja is answered; a validation is answered with the decision, everything else with thanks."""
    if isinstance(report, MayPay):
        code, text = ("0", "Accepted") if accepted else (_REJECTED, "Rejected")
        return Acknowledgement(body={"ResultCode": code, "ResultDesc": text})
    return Acknowledgement(body={"ResultCode": 0, "ResultDesc": "Success"})
