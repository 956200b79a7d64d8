"""Where a payout goes: what must be given, what is shown and what the provider is told."""

from collections.abc import Mapping

from .masking import last4
from .problems import ProblemError

_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "bank_account": ("account_number", "account_holder"),
    "mobile_money": ("phone",),
}
_OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "bank_account": ("bank_code", "name"),
    "mobile_money": ("network", "name"),
}
_SHOWN = ("account_holder", "bank_code", "network", "name")


def check(beneficiary: Mapping[str, object], param: str) -> None:
    """Refuse a beneficiary without what its type needs, or with what only another type has.

    Raises parameter_missing or parameter_invalid.
    """
    type = str(beneficiary["type"])
    for name in beneficiary:
        if name not in {"type", *_REQUIRED[type], *_OPTIONAL[type]}:
            raise ProblemError("parameter_invalid", f"A {type} beneficiary has no {name}.", param=f"{param}.{name}")
    for name in _REQUIRED[type]:
        if not beneficiary.get(name):
            raise ProblemError("parameter_missing", f"A {type} beneficiary needs {name}.", param=f"{param}.{name}")


def number(beneficiary: Mapping[str, object]) -> str:
    """The account or phone number."""
    return str(beneficiary[_REQUIRED[str(beneficiary["type"])][0]])


def shown(beneficiary: Mapping[str, object]) -> dict[str, object]:
    """The API form: the number's last four only."""
    return {
        "type": beneficiary["type"],
        **{name: beneficiary.get(name) for name in _SHOWN},
        "last4": last4(number(beneficiary)),
    }
