"""Money that moved while its payment was being called off is taken in at once, and the void has come too late."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, Outcome, Pending, Succeeded, Unknown
from molam_gateway.operations.case_resolution import resolve_case
from molam_gateway.operations.inbound.receipt import receive_callback, receive_webhook
from molam_gateway.operations.inquiry import take_lease, write_down
from molam_gateway.operations.payment_intents import (
    cancel_payment_intent,
    create_payment_intent,
    retrieve_payment_intent,
)
from molam_gateway.operations.payouts import cancel_payout, create_payout, retrieve_payout
from molam_gateway.operations.provider_configurations import configure_provider
from molam_gateway.operations.reconciliation import reconcile
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.contract import Instruction
from molam_gateway.storage import attempts

from .bench import Bench
from .hearing import Calling, signed, use

pytestmark = pytest.mark.anyio

PAYMENT: dict[str, object] = {"amount": 500, "currency": "KES", "confirm": True, "payment_method": "pm_calling"}
PAYOUT: dict[str, object] = {
    "amount": 500,
    "currency": "KES",
    "beneficiary": {"type": "mobile_money", "phone": "+254712345678"},
}
ACTION = {"type": "stk_prompt", "redirect_url": None}


class Voiding(Calling):
    """Calls payments off with an answer that gets lost, or that is said later."""

    def __init__(self, void: Outcome = Unknown("lost")) -> None:  # noqa: B008 - frozen
        super().__init__()
        kinds = frozenset({AttemptKind.CHARGE, AttemptKind.AUTHORIZE, AttemptKind.VOID, AttemptKind.PAYOUT})
        self.capabilities = replace(self.capabilities, kinds=kinds, queries=frozenset(AttemptKind))
        self.void = void
        self.found: Outcome | None = Unknown("no answer")
        self.voiding = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    def pays_out_to(self, beneficiary: Mapping[str, object], currency: str) -> bool:
        return True

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        if instruction.kind == AttemptKind.VOID:
            self.voiding.set()
            await self.gate.wait()
            return self.void
        self.sent.append(instruction)
        action = None if instruction.kind == AttemptKind.PAYOUT else ACTION
        return Pending(600, next_action=action, queued=True, handle=self.handle(instruction.reference))

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        return Unknown("no answer") if instruction.kind == AttemptKind.VOID else self.found


async def tell(bench: Bench, provider: Voiding, word: str = "succeeded") -> None:
    token = str(provider.sent[0].callback_url).rpartition("/")[2]
    told = {"type": "news", "key": f"k-{word}", "outcome": word, "amount": 500}
    await receive_callback(bench.services, token, signed(told))
    await bench.runner.run_due()


async def all_of(bench: Bench, column: str, table: str, where: str = "1 = 1") -> list[object]:
    async with bench.store.reading() as reader:
        sql = f"SELECT {column} AS value FROM {table} WHERE {where} ORDER BY id"  # noqa: S608 - the tests' names
        return [row["value"] for row in await reader.fetch_all(sql, {})]


async def open_void(bench: Bench, provider: Voiding, **members: object) -> str:
    """A payment whose void is in doubt."""
    use(bench, provider)
    intent = (await bench.call(create_payment_intent, {**PAYMENT, **members})).json
    assert intent["status"] == "requires_action"
    answer = await bench.call(
        cancel_payment_intent, {"cancellation_reason": "duplicate"}, payment_intent_id=intent["id"]
    )
    assert answer.json["status_reason"] == "provider_unknown"
    return str(intent["id"])


async def test_a_payment_is_taken_in_while_its_void_is_in_doubt(bench: Bench) -> None:
    provider = Voiding()
    id = await open_void(bench, provider)
    await tell(bench, provider)
    intent = (await bench.call(retrieve_payment_intent, payment_intent_id=id)).json
    assert (intent["status"], intent["cancellation_reason"], intent["status_reason"]) == ("succeeded", None, None)
    assert await all_of(bench, "state", "provider_messages") == ["done"]
    assert await all_of(bench, "failure_code", "attempts", "kind = 'void'") == ["too_late"]
    assert await bench.sums() == {"provider_clearing": 500, "merchant_payable": -500}
    await bench.advance(5 * 86_400)
    assert await all_of(bench, "kind", "operator_cases") == []
    assert await all_of(bench, "state", "attempts") == ["succeeded", "failed"]


async def book_receipt(bench: Bench) -> None:
    """The receipt that payments are told by is that of money which an operator booked."""
    money = {"type": "money", "key": "c2b", "transaction_id": "receipt", "amount": 500, "currency": "KES"}
    await receive_webhook(bench.services, "calling", None, signed({**money, "account_reference": "nobody"}))
    await bench.runner.run_due()
    (case,) = await all_of(bench, "id", "operator_cases")
    await resolve_case(bench.services, str(case), "booked", "the customer rang", "amina", force=True)


@pytest.mark.parametrize("word", ["succeeded", "failed"])
async def test_money_that_is_counted_elsewhere_ends_no_void(bench: Bench, word: str) -> None:
    provider = Voiding()
    await open_void(bench, provider)
    await book_receipt(bench)
    await tell(bench, provider)
    assert await all_of(bench, "state", "attempts", "kind = 'void'") == ["unknown"]
    assert await all_of(bench, "state", "provider_messages", "state <> 'done'") == ["received"]
    async with bench.store.reading() as reader:
        (row,) = await reader.fetch_all("SELECT * FROM attempts WHERE kind = 'void'", {})
    void = attempts.TABLE.read(row)
    assert await take_lease(bench.services, void.id, "mine")
    async with bench.store.transaction() as tx:
        outcome = Succeeded("void") if word == "succeeded" else Failed("too_late", "It is paid.")
        await write_down(bench.services, tx, void, "mine", outcome, None)
    await bench.advance(60)
    ended = {"succeeded": ["canceled"], "failed": ["unknown"]}
    assert await all_of(bench, "state", "attempts", "kind = 'charge'") == ended[word]
    assert "contradiction" in await all_of(bench, "kind", "operator_cases")
    assert await bench.sums() == {"provider_clearing": 500, "merchant_payable": -500}


async def test_so_is_what_an_inquiry_finds(bench: Bench) -> None:
    provider = Voiding()
    id = await open_void(bench, provider)
    provider.found = Succeeded("receipt")
    (charge, _) = await all_of(bench, "id", "attempts")
    await reconcile(bench.services, str(charge))
    assert (await bench.call(retrieve_payment_intent, payment_intent_id=id)).json["status"] == "succeeded"
    assert len(provider.sent) == 1


async def test_nothing_is_sent_again_while_it_is_being_called_off(bench: Bench) -> None:
    provider = Voiding()
    provider.capabilities = replace(provider.capabilities, resend_for={AttemptKind.CHARGE: 1e9})
    await open_void(bench, provider)
    provider.found = None
    (charge, _) = await all_of(bench, "id", "attempts")
    await reconcile(bench.services, str(charge))
    assert len(provider.sent) == 1


async def test_whoever_cancels_at_that_moment_hears_that_it_is_too_late(bench: Bench) -> None:
    provider = Voiding(Failed("too_late", "It is paid."))
    use(bench, provider)
    intent = (await bench.call(create_payment_intent, PAYMENT)).json
    provider.gate.clear()
    canceling = asyncio.create_task(bench.call(cancel_payment_intent, {}, payment_intent_id=intent["id"]))
    await provider.voiding.wait()
    await tell(bench, provider)
    provider.gate.set()
    answer = await canceling
    assert (answer.status, answer.json["code"]) == (409, "invalid_state")
    assert (await bench.call(retrieve_payment_intent, payment_intent_id=intent["id"])).json["status"] == "succeeded"
    assert await all_of(bench, "kind", "operator_cases") == []


async def test_a_provider_that_took_the_money_and_called_it_off_contradicts_itself(bench: Bench) -> None:
    provider = Voiding(Succeeded("voided"))
    use(bench, provider)
    intent = (await bench.call(create_payment_intent, PAYMENT)).json
    provider.gate.clear()
    canceling = asyncio.create_task(bench.call(cancel_payment_intent, {}, payment_intent_id=intent["id"]))
    await provider.voiding.wait()
    await tell(bench, provider)
    provider.gate.set()
    assert (await canceling).status == 409
    assert await all_of(bench, "kind", "operator_cases") == ["contradiction"]
    assert (await bench.event_types()).count("payment_intent.anomaly") == 1
    assert await bench.sums() == {"provider_clearing": 500, "merchant_payable": -500}


@pytest.mark.parametrize(("word", "members"), [("failed", {}), ("succeeded", {"capture_method": "manual"})])
async def test_everything_else_waits_for_the_void(bench: Bench, word: str, members: dict[str, object]) -> None:
    provider = Voiding()
    id = await open_void(bench, provider, **members)
    await tell(bench, provider, word)
    assert (await bench.call(retrieve_payment_intent, payment_intent_id=id)).json["status"] == "requires_action"
    due = await bench.runner.next_due()
    assert due is not None
    assert (due - bench.clock.now()).total_seconds() >= 10


async def test_a_payout_that_was_paid_is_too_late_to_cancel(bench: Bench) -> None:
    provider = Voiding()
    use(bench, provider)
    assert (await bench.call(configure_provider, {"settings": {"till": "174379"}}, name="calling")).status == 200
    paid = (await bench.call(create_payment_intent, PAYMENT)).json
    await tell(bench, provider)
    assert (await bench.call(retrieve_payment_intent, payment_intent_id=paid["id"])).json["status"] == "succeeded"
    provider.sent.clear()
    payout = (await bench.call(create_payout, PAYOUT)).json
    assert (await bench.call(cancel_payout, payout_id=payout["id"])).json["status"] == "pending"
    await tell(bench, provider)
    assert (await bench.call(retrieve_payout, payout_id=payout["id"])).json["status"] == "succeeded"
    assert await all_of(bench, "failure_code", "attempts", "kind = 'void'") == ["too_late"]
    assert await bench.sums() == {}
