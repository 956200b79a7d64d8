"""What a provider says that it can do is what it does."""

import re
from dataclasses import replace

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.money import check_amount
from molam_gateway.domain.outcomes import Succeeded
from molam_gateway.providers.contract import ProbeError

from .pair import Pair

pytestmark = pytest.mark.anyio

PAYMENT_METHOD = "pm_[A-Za-z0-9_]{1,252}"
"""As in spec/openapi.yaml."""

CARD_NUMBERS = ("4242424242424242", "4242 4242 4242 4242", "5555555555554444")


async def test_the_exact_amount_of_every_currency_reaches_the_provider(pair: Pair) -> None:
    rules = pair.capabilities.rules
    for currency in sorted(rules.currencies):
        step = rules.granularity.get(currency, 1)
        amount = max(rules.minimum, min(rules.maximum, 123_400)) // step * step
        check_amount(amount, currency, rules, pair.name)
        _, paid = await pair.paid(amount=amount, currency=currency)
        assert isinstance(paid, Succeeded)
        assert (await pair.moved())[-1] == ("charge", amount, currency)


async def test_payment_methods_are_known_and_card_numbers_are_not(pair: Pair) -> None:
    default = pair.capabilities.default_payment_method
    method = pair.instruct(AttemptKind.CHARGE).payment_method
    assert method is not None
    for token in filter(None, (method, default)):
        assert pair.provider.knows(token)
        assert re.fullmatch(PAYMENT_METHOD, token), "the API would refuse it"
    for unknown in (*CARD_NUMBERS, "", "nobody's method", f"{method}\n", "\x00"):
        assert not pair.provider.knows(unknown)


async def test_beneficiaries_are_known(pair: Pair) -> None:
    instruction = pair.instruct(AttemptKind.PAYOUT)
    assert instruction.beneficiary is not None
    assert pair.provider.pays_out_to(instruction.beneficiary, instruction.currency)


async def test_the_configuration_is_what_the_settings_describe(pair: Pair) -> None:
    given = {**pair.configuration.settings, **pair.configuration.secrets}
    described = {each.name: each for each in pair.capabilities.settings}
    assert set(given) <= set(described)
    for setting in described.values():
        assert setting.name in given or not setting.required
        assert (setting.name in pair.configuration.secrets) == setting.secret or setting.name not in given
        if setting.name in given:
            assert re.fullmatch(setting.pattern, given[setting.name]), setting.name
    pair.provider.check(pair.configuration.settings, pair.configuration.secrets, "https://pay.example.com")


async def test_a_probe_tells_whether_the_credentials_work(pair: Pair) -> None:
    await pair.provider.probe(pair.configuration)
    for wrong in (pair.invalid, replace(pair.configuration, base_url="http://127.0.0.1:9")):
        with pytest.raises(ProbeError):
            await pair.provider.probe(wrong)
    assert await pair.moved() == []
