"""Kenyan mobile numbers, as customers write them and as Daraja wants them."""

import re

_SEPARATORS = re.compile(r"[\s().-]+")
_NUMBER = re.compile(r"(?:\+?254|0)?([17][0-9]{8})")


class PhoneError(ValueError):
    """Not a Kenyan mobile number; the message does not repeat it."""


def msisdn(phone: str) -> str:
    """The number as 2547XXXXXXXX or 2541XXXXXXXX. Raises PhoneError."""
    found = _NUMBER.fullmatch(_SEPARATORS.sub("", phone)) if phone.isascii() else None
    if found is None:
        raise PhoneError("the phone number is not a Kenyan mobile number: write it like +254712345678")
    return f"254{found[1]}"


def shown_phone(number: str) -> str:
    """A number as Daraja masks it, of which no more is readable than 2547*****126."""
    return f"{number[:4]}*****{number[-3:]}"


def last4(number: str) -> str | None:
    """The last four digits, None if so many are not readable."""
    return number[-4:] if re.fullmatch(r"[0-9]{4}", number[-4:]) else None
