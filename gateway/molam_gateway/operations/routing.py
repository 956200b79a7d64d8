"""Chooses the provider of a payment or payout, and refuses what it cannot do before anything is written."""

from collections.abc import Mapping, Sequence

from ..domain.attempts import AttemptKind
from ..domain.call import Account
from ..domain.problems import ProblemError
from ..providers.contract import Provider
from ..services import Services
from ..storage.port import Reader
from .configurations import is_configured
from .finding import missing


async def for_payment(
    services: Services, reader: Reader, account: Account, name: str | None, payment_method: str | None
) -> Provider:
    """The provider that a name (or an alias such as `card`) and a payment method lead to.

    Of several the first one that the account configured is taken. Raises resource_missing for names that nobody has,
    and parameter_missing in live mode where no name is given and nothing configured.
    """
    candidates = _candidates(services, name, payment_method)
    for each in candidates:
        if await is_configured(reader, each, account.id, account.livemode):
            return each
    if name is None and services.providers.default is None:
        raise ProblemError("parameter_missing", "This account has configured no provider for it.", param="provider")
    return candidates[0]


async def for_payout(
    services: Services, reader: Reader, account: Account, beneficiary: Mapping[str, object], currency: str
) -> Provider:
    """The provider that pays such beneficiaries out: those that the account configured first, the default one last.

    Raises parameter_invalid if there is none.
    """
    default = services.providers.default
    others = [each for each in services.providers.by_name.values() if each is not default]
    for each in others if default is None else (*others, default):
        can = AttemptKind.PAYOUT in each.capabilities.kinds and each.pays_out_to(beneficiary, currency)
        if can and await is_configured(reader, each, account.id, account.livemode):
            return each
    raise ProblemError(
        "parameter_invalid",
        f"No provider of this account pays {currency} out to a {beneficiary['type']}.",
        param="beneficiary",
    )


def check_capture(provider: Provider, capture_method: str) -> None:
    """Refuse manual capture where the provider cannot hold money. Raises parameter_invalid."""
    if capture_method == "manual" and AttemptKind.AUTHORIZE not in provider.capabilities.kinds:
        raise ProblemError(
            "parameter_invalid", f"{provider.name} collects at once: it has no manual capture.", param="capture_method"
        )


def check_customer(provider: Provider, customer: Mapping[str, object] | None) -> None:
    """Refuse a payment without what the provider has to know of the customer. Raises parameter_missing."""
    for member in provider.capabilities.customer:
        if not (customer or {}).get(member):
            raise ProblemError(
                "parameter_missing", f"{provider.name} needs the customer's {member}.", param=f"customer.{member}"
            )


def _candidates(services: Services, name: str | None, payment_method: str | None) -> Sequence[Provider]:
    providers = services.providers
    if name is not None:
        named = providers.named(name)
        if not named:
            raise missing("providers", name, param="provider")
        return [each for each in named if payment_method is None or each.knows(payment_method)] or named
    if providers.default is not None and (payment_method is None or providers.default.knows(payment_method)):
        return [providers.default]
    everybody = list(providers.by_name.values())
    knowing = [each for each in everybody if payment_method is None or each.knows(payment_method)]
    return knowing or ([providers.default] if providers.default is not None else everybody)
