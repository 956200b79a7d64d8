"""Brings about money that nobody asked for."""

from ...domain.operator_cases import CaseKind
from ...providers.inbound import MoneyReceived
from ...storage import operator_cases
from .. import unmatched
from ..recorder import recorder
from .steps import Steps, no_step


async def received(steps: Steps) -> str:
    """New money that no payment waits for; a repetition of the trigger finds the case that it opened."""
    if steps.object_id is not None:
        raise no_step(unmatched.EVENT, "received")
    money = steps.money
    services, account, subject = steps.services, steps.call.account, f"pm_{steps.digest}"
    told = MoneyReceived(subject, subject, int(str(money["amount"])), str(money["currency"]).upper(), "SANDBOX")
    default = services.providers.default
    async with services.store.transaction() as tx:
        case = await unmatched.keep(
            recorder(services, tx, steps.call),
            subject,
            told,
            account_id=account.id,
            livemode=account.livemode,
            provider="cpay" if default is None else default.name,
        )
        case = case or await operator_cases.of_subject(tx, CaseKind.UNMATCHED_MONEY, subject)
    if case is None:
        raise LookupError(f"there is no case about {subject}")
    return case.id
