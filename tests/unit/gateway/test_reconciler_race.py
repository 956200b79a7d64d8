"""The reconciler in a tight loop beside live calls, repetitions and callbacks: one movement for each payment."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from molam_gateway.domain.outcomes import Outcome, Succeeded
from molam_gateway.operations.inbound.receipt import receive_callback
from molam_gateway.operations.payment_intents import create_payment_intent, retrieve_payment_intent
from molam_gateway.operations.reconciliation import reconcile
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.contract import Instruction

from .bench import Bench
from .hearing import Calling, signed, use

pytestmark = pytest.mark.anyio

BODY: Mapping[str, object] = {"amount": 500, "currency": "KES", "confirm": True, "payment_method": "pm_calling"}
PAYMENTS = 20


class Slow(Calling):
    """Lets everybody else have a turn while it works."""

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        await asyncio.sleep(0.01)
        return await super().send(instruction, configuration)

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        await asyncio.sleep(0.002)
        found = await super().query(instruction, handle, configuration)
        return replace(found, transaction_id=f"r_{handle}") if isinstance(found, Succeeded) else found


async def test_nothing_is_sent_or_settled_twice(bench: Bench) -> None:
    provider = Slow()
    use(bench, provider)
    done = asyncio.Event()

    async def pay(number: int) -> str:
        reply = await bench.call(create_payment_intent, BODY, key=f"pay-{number}")
        while reply.status == 409:
            await asyncio.sleep(0.005)
            reply = await bench.call(create_payment_intent, BODY, key=f"pay-{number}")
        return str(reply.json["id"])

    async def sweep() -> None:
        while not done.is_set():
            async with bench.store.reading() as reader:
                rows = await reader.fetch_all("SELECT id FROM attempts", {})
            await asyncio.gather(*(reconcile(bench.services, row["id"]) for row in rows))
            await asyncio.sleep(0)

    async def call_back() -> None:
        while not done.is_set():
            for instruction in list(provider.sent):
                token = str(instruction.callback_url).rpartition("/")[2]
                handle = provider.handle(instruction.reference)
                news = {"type": "news", "key": instruction.reference, "handle": handle, "transaction_id": f"r_{handle}"}
                await receive_callback(bench.services, token, signed(news))
            await bench.runner.run_due()
            await asyncio.sleep(0)

    others = [asyncio.create_task(each) for each in (sweep(), sweep(), call_back())]
    intents = await asyncio.gather(*(pay(number) for number in (*range(PAYMENTS), *range(PAYMENTS))))
    done.set()
    await asyncio.gather(*others)
    await bench.advance(120)
    assert len(provider.sent) == len(set(intents)) == PAYMENTS
    for id in set(intents):
        assert (await bench.call(retrieve_payment_intent, payment_intent_id=id)).json["status"] == "succeeded"
    assert (await bench.event_types()).count("payment_intent.succeeded") == PAYMENTS
    assert await bench.sums() == {"provider_clearing": 500 * PAYMENTS, "merchant_payable": -500 * PAYMENTS}
