"""Money that came without a payment that waits for it, as the API shows it."""

from .operator_cases import OperatorCase
from .times import rfc3339


def view(case: OperatorCase, account_reference: str) -> dict[str, object]:
    """The API form of the money of a case; `account_reference` is what the customer typed."""
    return {
        "id": case.id,
        "object": "received_payment",
        "amount": case.amount,
        "currency": case.currency,
        "provider": case.provider,
        "provider_transaction_id": case.transaction_id,
        "account_reference": account_reference or None,
        "livemode": case.livemode,
        "created_at": rfc3339(case.created_at),
    }
