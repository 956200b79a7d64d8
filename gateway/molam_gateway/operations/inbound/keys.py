"""The key of a report in the inbox: the fact with its receipt and its amount, so that only repetitions are one."""

import hashlib

from ...domain.outcomes import Succeeded
from ...providers.inbound import MoneyReceived, News


def inbox_key(report: News | MoneyReceived, attempt: str | None, body: bytes) -> str:
    """The key of a report in this body, which came to the address of this attempt if to any."""
    if isinstance(report, MoneyReceived):
        return report.key
    receipt = report.outcome.transaction_id if isinstance(report.outcome, Succeeded) else report.transaction_id
    facts = [report.key]
    if receipt is not None:
        facts.append(receipt)
    if report.amount is not None:
        facts.append(str(report.amount))
    if report.reference is None and report.handle is None:
        facts += [attempt or "", hashlib.sha256(body).hexdigest()]
    return ":".join(facts)
