from enum import StrEnum
from typing import Self


class ErrorType(StrEnum):
    API_ERROR = "api_error"
    AUTHENTICATION_ERROR = "authentication_error"
    CONFLICT_ERROR = "conflict_error"
    IDEMPOTENCY_ERROR = "idempotency_error"
    NOT_FOUND_ERROR = "not_found_error"
    PAYMENT_ERROR = "payment_error"
    PERMISSION_ERROR = "permission_error"
    PROVIDER_ERROR = "provider_error"
    RATE_LIMIT_ERROR = "rate_limit_error"
    VALIDATION_ERROR = "validation_error"

    def __str__(self) -> str:
        return str(self.value)

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        return type(self), (str(self.value),)

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member
