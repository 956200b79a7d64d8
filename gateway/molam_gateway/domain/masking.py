"""Shows the last four digits of what is write-only."""


def last4(number: str) -> str:
    """The last four characters of a number's digits."""
    return "".join(filter(str.isalnum, number))[-4:]


def masked_phone(phone: str) -> str:
    """A phone number of which only the last four digits are readable."""
    return "***" + last4(phone)
