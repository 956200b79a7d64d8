"""Chooses the provider of a payment or payout, and refuses what it cannot do before anything is written."""

from collections.abc import Mapping, Sequence

from ..domain.attempts import AttemptKind
from ..domain.call import Account
from ..domain.money import check_amount
from ..domain.problems import ProblemError
from ..providers.contract import Provider
from ..services import Services
from ..storage.port import Reader
from .configurations import is_configured
from .finding import unknown_provider

_NAMED = 8
"""Up to so many currencies a refusal names all that a provider takes."""


async def for_payment(
    services: Services,
    reader: Reader,
    account: Account,
    name: str | None,
    payment_method: str | None,
    *,
    amount: int,
    currency: str,
    capture_method: str,
) -> Provider:
    """The provider that a name (or an alias such as `card`) and a payment method lead to.

    Of several the first one that the account configured and that can carry the payment is taken. Raises
    resource_missing for names that nobody has, parameter_missing in live mode where no name is given and nothing
    configured, and currency_unsupported, naming what is configured, if none of several can carry it.
    """
    candidates = _candidates(services, name, payment_method)
    configured = [each for each in candidates if await is_configured(reader, each, account.id, account.livemode)]
    fitting = next((each for each in configured if _fits(each, amount, currency, capture_method)), None)
    if fitting is not None:
        return fitting
    if len(configured) > 1:
        raise ProblemError(
            "currency_unsupported",
            f"No provider that this account configured for it takes {amount} minor units of {currency}"
            f"{' with manual capture' if capture_method == 'manual' else ''}: "
            f"{'; '.join(_limits(each, currency) for each in configured)}.",
            param="currency",
        )
    if configured:
        return configured[0]
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


def _fits(provider: Provider, amount: int, currency: str, capture_method: str) -> bool:
    try:
        check_amount(amount, currency, provider.capabilities.rules, provider.name)
        check_capture(provider, capture_method)
    except ProblemError:
        return False
    return True


def _limits(provider: Provider, currency: str) -> str:
    """What a provider takes, for people."""
    rules = provider.capabilities.rules
    if currency not in rules.currencies:
        few = len(rules.currencies) <= _NAMED
        return f"{provider.name} takes {', '.join(sorted(rules.currencies)) if few else f'no {currency}'}"
    held = "" if AttemptKind.AUTHORIZE in provider.capabilities.kinds else ", at once"
    step = rules.granularity.get(currency, 1)
    steps = "" if step == 1 else f" in steps of {step}"
    return f"{provider.name} takes {rules.minimum} to {rules.maximum} of {currency}{steps}{held}"


def _candidates(services: Services, name: str | None, payment_method: str | None) -> Sequence[Provider]:
    providers = services.providers
    if name is not None:
        named = providers.named(name)
        if not named:
            raise unknown_provider(services, name, param="provider")
        return [each for each in named if payment_method is None or each.knows(payment_method)] or named
    if providers.default is not None and (payment_method is None or providers.default.knows(payment_method)):
        return [providers.default]
    everybody = list(providers.by_name.values())
    knowing = [each for each in everybody if payment_method is None or each.knows(payment_method)]
    return knowing or ([providers.default] if providers.default is not None else everybody)
