"""Keeps money that no payment waits for: in suspense, with a case, and with an event that tells of it."""

import logging

from ..domain import received_payments
from ..domain.operator_cases import CaseKind, OperatorCase, Suspended
from ..providers.inbound import MoneyReceived
from .cases import open_case
from .recorder import Recorder

EVENT = "payment.unmatched_received"

logger = logging.getLogger("molam_gateway.inbound")


async def keep(
    write: Recorder, subject: str, money: MoneyReceived, *, account_id: str, livemode: bool, provider: str
) -> OperatorCase | None:
    """The case about money that a message (`subject`) told of; None if it has one already."""
    detail = f"{money.amount} {money.currency} (minor units) came as {money.transaction_id}, no payment waits for it"
    case = await open_case(
        write,
        CaseKind.UNMATCHED_MONEY,
        subject,
        account_id=account_id,
        livemode=livemode,
        provider=provider,
        payment_intent=None,
        detail=detail,
        money=Suspended(money.amount, money.currency, "received_unmatched", money.transaction_id),
    )
    if case is not None:
        await write.tell(case, EVENT, received_payments.view(case, money.account_reference))
        logger.warning("%s: %s", subject, detail)
    return case
