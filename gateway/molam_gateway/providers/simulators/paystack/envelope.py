"""Paystack's answers: an envelope around everything, with a type, a code and a next step around errors."""

from collections.abc import Mapping, Sequence

from starlette.responses import JSONResponse

CURRENCIES = frozenset({"GHS", "KES", "NGN", "USD", "ZAR"})


class RefusedError(Exception):
    """A request is refused, with the status and the words that Paystack has for it."""

    def __init__(
        self, status: int, code: str, message: str, next_step: str = "Check the request and try again"
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.next_step = next_step


def ok(
    message: str,
    data: Mapping[str, object] | Sequence[object],
    status: int = 200,
    meta: Mapping[str, object] | None = None,
) -> JSONResponse:
    """A success."""
    body = {"status": True, "message": message, "data": data}
    return JSONResponse(body if meta is None else {**body, "meta": meta}, status)


def refusal(error: RefusedError) -> JSONResponse:
    """A refusal."""
    type = "api_error" if error.status >= 500 else "validation_error"
    body = {
        "status": False,
        "message": error.message,
        "meta": {"nextStep": error.next_step},
        "type": type,
        "code": error.code,
    }
    return JSONResponse(body, error.status)


def amount_of(body: Mapping[str, object]) -> int:
    """The amount, in hundredths; Paystack takes digits in a string too. Raises RefusedError."""
    amount = body.get("amount")
    if isinstance(amount, str) and amount.isascii() and amount.isdigit():
        amount = int(amount)
    if type(amount) is not int or amount < 1:
        raise RefusedError(400, "invalid_amount", "Invalid Amount Sent")
    return amount


def currency_of(body: Mapping[str, object], default: str = "NGN") -> str:
    """The currency. Raises RefusedError."""
    currency = body.get("currency", default)
    if currency not in CURRENCIES:
        raise RefusedError(403, "unsupported_currency", "Currency not supported by merchant")
    return str(currency)


def text_of(body: Mapping[str, object], name: str) -> str:
    """A required text. Raises RefusedError."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise RefusedError(400, "missing_params", f"{name} is required")
    return value
