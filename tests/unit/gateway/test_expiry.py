"""An intent that nobody paid in time is canceled, also where the provider has no way to call a payment off."""

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Pending, Succeeded, Unknown
from molam_gateway.domain.payment_intents import LIFETIME
from molam_gateway.operations.payment_intents import retrieve_payment_intent
from molam_gateway.operations.reconciliation import review
from molam_gateway.providers.contract import Capabilities

from .bench import Bench
from .test_providers import Scripted, pay

pytestmark = pytest.mark.anyio

ACTION = {"type": "redirect", "redirect_url": "https://provider.example/page"}
UNPAID = Pending(LIFETIME, next_action=ACTION, unpaid=True, handle="theirs")
WORKING = Pending(LIFETIME, next_action=ACTION, handle="theirs")


def page(bench: Bench) -> Scripted:
    """A provider with a page, which cannot call anything off."""
    provider = Scripted()
    kinds = frozenset({AttemptKind.CHARGE, AttemptKind.REFUND})
    provider.capabilities = Capabilities(payment_method_types=("card",), kinds=kinds)
    bench.use(provider)
    return provider


async def seen(bench: Bench, id: str) -> tuple[str, str | None]:
    intent = (await bench.call(retrieve_payment_intent, payment_intent_id=id)).json
    return intent["status"], intent["status_reason"]


async def all_of(bench: Bench, sql: str) -> list[dict[str, object]]:
    async with bench.store.reading() as reader:
        return [dict(row) for row in await reader.fetch_all(sql, {})]


@pytest.mark.parametrize("sent", [UNPAID, Unknown("the address was lost")])
async def test_a_page_that_nobody_pays_on_is_canceled_at_expiry_and_never_parked(
    bench: Bench, sent: Pending | Unknown
) -> None:
    provider = page(bench)
    provider.sends = [sent]
    lost = Pending(LIFETIME, unpaid=True)
    provider.queries = [UNPAID if sent is UNPAID else lost] * 6
    intent = (await pay(bench)).json
    await bench.advance(LIFETIME + 3600)
    assert await seen(bench, intent["id"]) == ("canceled", "expired")
    asked = len(provider.queries)
    await bench.advance(10 * 86_400)
    assert len(provider.queries) == asked
    assert await all_of(bench, "SELECT id FROM operator_cases") == []
    assert await all_of(bench, "SELECT state FROM attempts") == [{"state": "canceled"}]
    assert await all_of(bench, "SELECT status FROM charges") == [{"status": "canceled"}]
    assert (await bench.event_types()).count("payment_intent.canceled") == 1
    assert await bench.sums() == {}


async def test_money_after_that_is_in_suspense_with_a_case(bench: Bench) -> None:
    provider = page(bench)
    provider.sends, provider.queries = [UNPAID], [UNPAID] * 6
    intent = (await pay(bench)).json
    await bench.advance(LIFETIME + 3600)
    provider.queries = [Succeeded("late"), Succeeded("late")]
    for _ in range(2):
        await review(bench.services, provider.sent[0].reference)
    assert await seen(bench, intent["id"]) == ("canceled", "expired")
    (case,) = await all_of(bench, "SELECT kind, transaction_id FROM operator_cases")
    assert case == {"kind": "contradiction", "transaction_id": "late"}
    assert await bench.sums() == {"provider_clearing": 100, "suspense": -100}


async def test_a_customer_who_pays_at_the_last_moment_has_paid(bench: Bench) -> None:
    provider = page(bench)
    provider.sends, provider.queries = [WORKING], [WORKING, Succeeded("receipt")]
    intent = (await pay(bench)).json
    await bench.advance(LIFETIME + 3600)
    assert (await seen(bench, intent["id"]))[0] == "succeeded"
    assert await bench.sums() == {"provider_clearing": 100, "merchant_payable": -100}


@pytest.mark.parametrize("said", [WORKING, Unknown("no answer"), RuntimeError("lost"), None])
async def test_what_may_have_been_paid_is_not_canceled(bench: Bench, said: Pending | Unknown | None) -> None:
    provider = page(bench)
    provider.sends, provider.queries = [UNPAID], [said] * 100
    intent = (await pay(bench)).json
    await bench.advance(LIFETIME + 4 * 3600)
    assert (await seen(bench, intent["id"]))[0] == "requires_action"
    provider.queries = [UNPAID] * 100
    await bench.advance(2 * 3600)
    assert await seen(bench, intent["id"]) == ("canceled", "expired")
