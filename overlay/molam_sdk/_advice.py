"""Says for each error of the API what to do next."""

from __future__ import annotations

_BY_CODE = {
    "already_refunded": "nothing is left to refund; retrieve the charge's refunds",
    "amount_not_representable": "use an amount that the currency and the provider can express",
    "api_key_invalid": "use a valid API key",
    "balance_insufficient": "retrieve the balance and use an amount that it covers",
    "canceled_by_customer": "ask the customer whether to try again",
    "card_data_not_allowed": "never send card numbers; use a payment method token",
    "card_declined": "ask for another payment method",
    "currency_unsupported": "use a currency that the account supports",
    "idempotency_in_flight": "repeat the call with the same idempotency key",
    "idempotency_key_expired": (
        "the key made an object long ago; retrieve the one named in `resource`, or list and look for it, and do not "
        "repeat the call with a new key"
    ),
    "idempotency_key_reused": "the key belongs to another request; use a new idempotency key",
    "insufficient_funds": "ask for another payment method or a smaller amount",
    "invalid_state": "retrieve the object and look at its status",
    "limit_exceeded": "ask for another payment method or a smaller amount",
    "livemode_mismatch": "use the API key of the object's mode, test or live",
    "payment_in_flight": "an attempt is still in doubt; wait for its outcome",
    "refund_exceeds_captured": "refund at most what remains of the captured amount",
    "scope_missing": "use an API key that has the scope",
    "token_expired": "get a new token",
    "wrong_pin": "ask the customer to try again",
}
_BY_STATUS = {
    400: "correct the request before calling again",
    401: "check the API key",
    402: "ask for another payment method",
    403: "use an API key that is allowed to do this",
    404: "check the id, the account and the mode of the API key",
    409: "retrieve the object and look at its status",
    422: "correct the request before calling again",
    429: "wait, then call again more slowly",
}
_WHATEVER_IS_KNOWN = (409, "idempotency_key_expired")
"""The answer that says itself what became of the call."""

_CLIENT = "correct the request before calling again"
_SERVER = "try again later; a mutating call with the same idempotency key"


def advice(status: int, code: str | None, known: str | None = None) -> str:
    """Return what to do next, by code where it is known and by status where it is not.

    Args:
        status: HTTP status of the answer.
        code: The API's code, or None.
        known: What to do by all that is known of the call; this goes before most answers.
    """
    if known is not None and (status, code) != _WHATEVER_IS_KNOWN:
        return known
    if code in _BY_CODE:
        return _BY_CODE[code]
    return _BY_STATUS.get(status) or (_SERVER if status >= 500 else _CLIENT)
