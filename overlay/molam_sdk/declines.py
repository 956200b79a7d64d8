"""What to do about a payment that failed: the reasons of declines, each with one of five actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from .errors import ApiError, DeclinedError, MolamError, NetworkError, ProviderError, RateLimitError, ServerError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    class Reason(Protocol):
        """What an error and `last_error` of a payment intent have in common."""

        @property
        def code(self) -> str | None: ...
        @property
        def decline_code(self) -> str | None: ...


__all__ = ["Action", "action_for"]

Action = Literal["retry_later", "other_method", "authenticate", "contact_support", "stop"]
"""`retry_later`: the same may succeed in a while; a call whose outcome is unknown is repeated with its own key.
`other_method`: ask the customer for another way to pay, or to correct what was typed in.
`authenticate`: the customer has to confirm, with a bank or on the phone; confirm the payment again for that.
`contact_support`: nothing that a customer does will help; the set-up or the request is wrong.
`stop`: do not try again unless the customer asks for it.
"""

_BY_REASON: Mapping[str, Action] = {
    # the API's codes of a declined payment
    "canceled_by_customer": "stop",
    "card_declined": "other_method",
    "insufficient_funds": "other_method",
    "limit_exceeded": "other_method",
    "wrong_pin": "authenticate",
    # finer reasons
    "account_locked": "other_method",
    "amount_too_large": "other_method",
    "amount_too_small": "other_method",
    "authentication_failed": "authenticate",
    "authentication_required": "authenticate",
    "balance_limit": "other_method",
    "beneficiary_rejected": "contact_support",
    "card_velocity_exceeded": "other_method",
    "configuration_error": "contact_support",
    "daily_limit": "other_method",
    "expired": "authenticate",
    "expired_card": "other_method",
    "generic_decline": "other_method",
    "incorrect_cvc": "other_method",
    "incorrect_number": "other_method",
    "invalid_request": "contact_support",
    "partial_refund_unsupported": "contact_support",
    "processing_error": "retry_later",
    "receipt_missing": "contact_support",
    "repeated_too_soon": "retry_later",
    "subscriber_busy": "retry_later",
    "timeout": "authenticate",
    "transaction_unknown": "contact_support",
    "withdrawal_count_limit_exceeded": "other_method",
    # what card issuers say and providers pass on
    "approve_with_id": "retry_later",
    "fraudulent": "stop",
    "issuer_not_available": "retry_later",
    "lost_card": "stop",
    "merchant_blacklist": "stop",
    "pickup_card": "stop",
    "reenter_transaction": "retry_later",
    "restricted_card": "stop",
    "revocation_of_all_authorizations": "stop",
    "revocation_of_authorization": "stop",
    "security_violation": "stop",
    "stolen_card": "stop",
    "stop_payment_order": "stop",
    "try_again_later": "retry_later",
}
_LATER = frozenset({"idempotency_in_flight", "payment_in_flight"})


def action_for(reason: MolamError | Reason | str | None) -> Action:
    """Return what to do about a payment that failed.

    The finer reason (`decline_code`) counts before the code. A reason that is not known, a new one say, is
    `other_method`: that never charges anybody again by itself.

    Args:
        reason: An error of a call, `last_error` of a payment intent or charge, or the code itself. Errors that are no
            declines have an action too: `retry_later` where the outcome is unknown or the failure passes (repeat with
            the same idempotency key, or `client.resolve(error)`), `contact_support` where the call is wrong.

    Returns:
        One of the five actions.
    """
    if isinstance(reason, MolamError) and not isinstance(reason, DeclinedError):
        return _of_a_failure(reason)
    codes: tuple[Any, ...] = (reason,)
    if reason is not None and not isinstance(reason, str):
        codes = (reason.decline_code, reason.code)
    known: list[Action] = [_BY_REASON[code] for code in codes if code in _BY_REASON]
    return known[0] if known else "other_method"


def _of_a_failure(error: MolamError) -> Action:
    passes = isinstance(error, (NetworkError, ProviderError, RateLimitError, ServerError)) or error.outcome == "unknown"
    promising = isinstance(error, ApiError) and error.retryable is True
    return "retry_later" if passes or promising or error.code in _LATER else "contact_support"
