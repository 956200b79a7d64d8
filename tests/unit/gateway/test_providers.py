"""Providers: the registry, and adapters that misbehave."""

import logging
from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from molam_gateway.domain.money import AmountRules
from molam_gateway.domain.outcomes import Failed, Outcome, Pending, Succeeded
from molam_gateway.operations.payment_intents import (
    cancel_payment_intent,
    capture_payment_intent,
    create_payment_intent,
    retrieve_payment_intent,
)
from molam_gateway.operations.payouts import cancel_payout, create_payout, retrieve_payout
from molam_gateway.operations.reconciliation import review
from molam_gateway.operations.refunds import create_refund
from molam_gateway.operations.sandbox_ledger import retrieve_sandbox_ledger
from molam_gateway.providers import registry
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.contract import Capabilities, Instruction
from molam_gateway.providers.inbound import Acknowledgement, Message, Report

from .bench import Bench, Reply

PAYMENT: dict[str, object] = {"amount": 100, "currency": "KES", "confirm": True, "payment_method": "pm_card"}


class Scripted:
    """A provider without a native idempotency handle that answers as it is told."""

    name = "scripted"
    sandbox = None
    capabilities = Capabilities(
        payment_method_types=("mobile_money",),
        rules=AmountRules(frozenset({"KES"}), minimum=100, granularity={"KES": 100}),
    )

    def __init__(self) -> None:
        self.sent: list[Instruction] = []
        self.sends: list[Outcome | Exception] = []
        self.queries: list[Outcome | Exception | None] = []

    def knows(self, payment_method: str) -> bool:
        return payment_method == "pm_card"

    def pays_out_to(self, beneficiary: Mapping[str, object], currency: str) -> bool:
        return True

    def base_url(self, *, livemode: bool) -> str:
        return ""

    def check(self, settings: Mapping[str, str], secrets: Mapping[str, str], public_url: str) -> None: ...

    async def probe(self, configuration: Configuration) -> None: ...

    def verify(self, message: Message, configuration: Configuration) -> None: ...

    def read(self, message: Message, configuration: Configuration) -> Sequence[Report]:
        return ()

    def acknowledge(self, report: Report | None, *, accepted: bool) -> Acknowledgement:
        return Acknowledgement()

    async def close(self) -> None: ...

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        self.sent.append(instruction)
        outcome = _play(self.sends.pop(0))
        assert outcome is not None
        return outcome

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        return _play(self.queries.pop(0))


def _play(line: Outcome | Exception | None) -> Outcome | None:
    if isinstance(line, Exception):
        raise line
    return line


@pytest.fixture
def scripted(bench: Bench) -> Scripted:
    provider = Scripted()
    bench.use(provider)
    return provider


async def pay(bench: Bench, **members: object) -> Reply:
    return await bench.call(create_payment_intent, {**PAYMENT, **members})


async def status(bench: Bench, id: str) -> str:
    return str((await bench.call(retrieve_payment_intent, payment_intent_id=id)).json["status"])


@pytest.mark.anyio
@pytest.mark.parametrize("line", [RuntimeError("a bug"), TimeoutError("slow")])
async def test_an_adapter_that_raises_leaves_the_outcome_unknown(
    bench: Bench, scripted: Scripted, line: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.sends = [line]
    scripted.queries = [RuntimeError("a bug"), TimeoutError("slow"), None, Succeeded("t")]
    with caplog.at_level(logging.CRITICAL, "molam_gateway.inquiry"):
        intent = (await pay(bench)).json
        assert (intent["status"], intent["status_reason"]) == ("processing", "provider_unknown")
        for seconds in (30, 60, 120):
            await bench.advance(seconds)
            assert await status(bench, intent["id"]) == "processing"
    await bench.advance(240)
    assert await status(bench, intent["id"]) == "succeeded"
    assert len(scripted.sent) == 1
    assert (await bench.event_types()).count("payment_intent.processing") == 1


@pytest.mark.anyio
async def test_a_pending_attempt_may_turn_into_an_action_and_back(bench: Bench, scripted: Scripted) -> None:
    action = {"type": "stk_prompt", "redirect_url": None}
    scripted.sends = [Pending(10)]
    scripted.queries = [Pending(10, next_action=action), Pending(10, next_action=action), Pending(10), Succeeded("t")]
    intent = (await pay(bench)).json
    statuses: list[str] = []
    for _ in range(4):
        await bench.advance(10)
        statuses.append(await status(bench, intent["id"]))
    assert statuses == ["requires_action", "requires_action", "processing", "succeeded"]
    assert (await bench.event_types()).count("payment_intent.requires_action") == 1


@pytest.mark.anyio
async def test_a_capture_in_doubt_keeps_the_intent_where_it_is(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [Succeeded("t"), RuntimeError("a bug")]
    scripted.queries = [Succeeded("t2")]
    intent = (await pay(bench, capture_method="manual")).json
    captured = (await bench.call(capture_payment_intent, {}, payment_intent_id=intent["id"])).json
    assert (captured["status"], captured["status_reason"]) == ("requires_capture", "provider_unknown")
    again = await bench.call(capture_payment_intent, {}, payment_intent_id=intent["id"])
    assert again.json["code"] == "payment_in_flight"
    await bench.advance(30)
    assert await status(bench, intent["id"]) == "succeeded"


@pytest.mark.anyio
async def test_a_refused_capture_leaves_the_money_held(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [Succeeded("t"), Failed("authorization_gone", "It is gone.")]
    intent = (await pay(bench, capture_method="manual")).json
    refused = await bench.call(capture_payment_intent, {}, payment_intent_id=intent["id"])
    assert (refused.status, refused.json["code"]) == (402, "card_declined")
    assert await status(bench, intent["id"]) == "requires_capture"


@pytest.mark.anyio
async def test_a_void_in_doubt_is_found_out(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [Succeeded("t"), RuntimeError("a bug")]
    scripted.queries = [Succeeded("t2")]
    intent = (await pay(bench, capture_method="manual")).json
    body: dict[str, object] = {"cancellation_reason": "changed mind"}
    in_doubt = (await bench.call(cancel_payment_intent, body, payment_intent_id=intent["id"])).json
    assert (in_doubt["status"], in_doubt["status_reason"]) == ("requires_capture", "provider_unknown")
    await bench.advance(30)
    canceled = (await bench.call(retrieve_payment_intent, payment_intent_id=intent["id"])).json
    assert (canceled["status"], canceled["cancellation_reason"]) == ("canceled", "changed mind")


@pytest.mark.anyio
async def test_a_payout_whose_void_is_in_doubt_is_found_out(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [Succeeded("t"), Pending(3600, queued=True), RuntimeError("a bug")]
    scripted.queries = [Succeeded("t2")]
    await pay(bench)
    beneficiary = {"type": "mobile_money", "phone": "+254700009999"}
    payout = (await bench.call(create_payout, {"amount": 100, "currency": "KES", "beneficiary": beneficiary})).json
    assert (await bench.call(cancel_payout, payout_id=payout["id"])).json["status"] == "pending"
    assert (await bench.call(cancel_payout, payout_id=payout["id"])).json["code"] == "payment_in_flight"
    await bench.advance(30)
    assert (await bench.call(retrieve_payout, payout_id=payout["id"])).json["status"] == "canceled"


@pytest.mark.anyio
async def test_a_refused_refund_gives_its_reservation_back(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [Succeeded("t"), Failed("expired", "Too old."), Pending(10), Succeeded("t2")]
    scripted.queries = [Failed("expired", "Too old.")]
    intent = (await pay(bench)).json
    refused = (await bench.call(create_refund, {}, charge_id=intent["id"])).json
    assert (refused["status"], refused["failure_reason"]) == ("failed", "expired")
    pending = (await bench.call(create_refund, {}, charge_id=intent["id"])).json
    assert pending["status"] == "processing"
    await bench.advance(10)
    assert (await bench.call(create_refund, {}, charge_id=intent["id"])).json["status"] == "succeeded"
    assert await bench.sums() == {}


@pytest.mark.anyio
async def test_an_intent_in_doubt_does_not_expire(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [RuntimeError("a bug")]
    scripted.queries = [None] * 100
    intent = (await pay(bench)).json
    await bench.advance(90_000)
    assert await status(bench, intent["id"]) == "processing"
    scripted.queries = [Failed("card_declined", "No.")]
    await bench.advance(7200)
    assert await status(bench, intent["id"]) == "canceled"


@pytest.mark.anyio
async def test_a_success_that_is_taken_back_is_an_anomaly(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [Succeeded("t")]
    scripted.queries = [Succeeded("t"), Failed("reversed", "Taken back."), Failed("reversed", "Taken back.")]
    intent = (await pay(bench)).json
    for _ in range(3):
        await review(bench.services, intent["provider_reference"])
    assert await status(bench, intent["id"]) == "succeeded"
    assert (await bench.event_types()).count("payment_intent.anomaly") == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"amount": 150}, "amount_not_representable"),
        ({"amount": 1}, "amount_invalid"),
        ({"currency": "USD"}, "currency_unsupported"),
        ({"provider": "nobody"}, "resource_missing"),
        ({"payment_method": "pm_cpay_ok"}, "resource_missing"),
    ],
)
async def test_what_the_provider_cannot_carry_is_not_sent(
    bench: Bench, scripted: Scripted, members: dict[str, object], code: str
) -> None:
    assert (await pay(bench, **members)).json["code"] == code
    assert scripted.sent == []


@pytest.mark.anyio
async def test_a_real_provider_has_no_book_to_read(bench: Bench, scripted: Scripted) -> None:
    assert (await bench.call(retrieve_sandbox_ledger)).status == 404


def test_names_are_unique() -> None:
    with pytest.raises(registry.ProviderNameError, match="two providers"):
        registry.registry(Scripted(), [Scripted()])


def test_a_provider_that_is_gone_is_named() -> None:
    with pytest.raises(registry.ProviderNameError, match="gone"):
        registry.registry(Scripted()).get("gone")


def test_installed_packages_announce_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("scripted", f"{__name__}:Scripted", registry.ENTRY_POINTS)

    def entry_points(*, group: str) -> EntryPoints:
        return EntryPoints([point]).select(group=group)

    monkeypatch.setattr(registry, "entry_points", entry_points)
    assert [provider.name for provider in registry.announced()] == ["scripted"]


@pytest.mark.anyio
async def test_what_a_provider_works_on_for_days_goes_to_people(bench: Bench, scripted: Scripted) -> None:
    scripted.sends = [Pending(3600, handle="h")]
    scripted.queries = [Pending(3600, handle="h")] * 100
    await pay(bench)
    await bench.advance(2.5 * 86400)
    async with bench.store.reading() as reader:
        assert await reader.fetch_all("SELECT kind FROM operator_cases", {}) == []
    await bench.advance(86400)
    async with bench.store.reading() as reader:
        cases = await reader.fetch_all("SELECT kind FROM operator_cases", {})
    assert [row["kind"] for row in cases] == ["parked"]
