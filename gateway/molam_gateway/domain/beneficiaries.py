"""Where a payout goes: what must be given, what is shown and what the provider is told."""

from collections.abc import Mapping

from .masking import last4
from .problems import ProblemError

_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "bank_account": ("account_number", "account_holder"),
    "mobile_money": ("phone",),
}
_SHOWN = ("account_holder", "bank_code", "network", "name")


def check(beneficiary: Mapping[str, object], param: str) -> None:
    """Refuse a beneficiary without what its type needs. Raises parameter_missing."""
    for name in _REQUIRED[str(beneficiary["type"])]:
        if not beneficiary.get(name):
            raise ProblemError(
                "parameter_missing", f"A {beneficiary['type']} beneficiary needs {name}.", param=f"{param}.{name}"
            )


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
