"""Of the providers that an account configured, one that can carry the payment is taken; a refusal names them."""

from dataclasses import replace
from typing import Any

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.money import AmountRules
from molam_gateway.due_work import HANDLERS
from molam_gateway.jobs import JobRunner
from molam_gateway.operations.payment_intents import create_payment_intent
from molam_gateway.operations.provider_configurations import configure_provider
from molam_gateway.providers.registry import Simulated, registry

from .bench import Bench, Reply
from .hearing import SECRET, Calling

pytestmark = pytest.mark.anyio


def calling(name: str, *kinds: AttemptKind, **rules: Any) -> Calling:
    capabilities = Calling.capabilities
    provider = Calling(name=name)
    provider.capabilities = replace(
        capabilities, rules=AmountRules(**rules), kinds=frozenset({*capabilities.kinds, *kinds})
    )
    return provider


@pytest.fixture
async def configured(bench: Bench) -> Bench:
    """An account with three providers where none is the default one, as in live mode."""
    providers = [
        calling("kenyan", currencies=frozenset({"KES"}), maximum=1000),
        calling("coarse", currencies=frozenset({"KES", "XOF"}), granularity={"KES": 100}),
        calling("holding", AttemptKind.AUTHORIZE, currencies=frozenset({"USD"}), minimum=50),
    ]
    simulated = {
        each.name: Simulated("http://simulator", lambda: ({"till": "174379"}, {"secret": SECRET})) for each in providers
    }
    bench.services = replace(bench.services, providers=registry(None, providers, simulated=simulated))
    bench.runner = JobRunner(bench.services, HANDLERS)
    for each in providers:
        assert (await bench.call(configure_provider, {"settings": {"till": "555"}}, name=each.name)).status == 200
    return bench


async def create(bench: Bench, amount: int, currency: str, **members: object) -> Reply:
    body = {"amount": amount, "currency": currency, "payment_method": "pm_calling", **members}
    return await bench.call(create_payment_intent, body)


@pytest.mark.parametrize(
    ("amount", "currency", "members", "provider"),
    [
        (1000, "KES", {}, "kenyan"),
        (1100, "KES", {}, "coarse"),
        (5, "XOF", {}, "coarse"),
        (50, "USD", {}, "holding"),
        (50, "USD", {"capture_method": "manual"}, "holding"),
    ],
)
async def test_the_first_that_can_carry_it_is_taken(
    configured: Bench, amount: int, currency: str, members: dict[str, object], provider: str
) -> None:
    answer = await create(configured, amount, currency, **members)
    assert (answer.status, answer.json.get("provider")) == (201, provider), answer.json


@pytest.mark.parametrize(
    ("amount", "currency", "members", "said"),
    [
        (100, "EUR", {}, "kenyan takes KES; coarse takes KES, XOF; holding takes USD"),
        (1050, "KES", {}, "kenyan takes 1 to 1000 of KES, at once; coarse takes 1 to "),
        (10, "USD", {}, "holding takes 50 to "),
        (500, "KES", {"capture_method": "manual"}, "with manual capture: kenyan takes 1 to 1000 of KES, at once"),
    ],
)
async def test_a_refusal_names_what_is_configured(
    configured: Bench, amount: int, currency: str, members: dict[str, object], said: str
) -> None:
    answer = await create(configured, amount, currency, **members)
    assert (answer.status, answer.json["code"], answer.json["param"]) == (400, "currency_unsupported", "currency")
    assert said in answer.json["detail"]


async def test_who_names_a_provider_gets_its_own_refusal(configured: Bench) -> None:
    answer = await create(configured, 1100, "KES", provider="kenyan")
    assert (answer.status, answer.json["code"]) == (400, "amount_invalid")
