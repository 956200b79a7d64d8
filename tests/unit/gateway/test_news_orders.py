"""Answers, callbacks, questions and crashes in any order: money moves once, and what is final stays."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from molam_gateway import failpoints
from molam_gateway.domain.attempts import Attempt
from molam_gateway.domain.problems import ProblemError
from molam_gateway.operations.inbound.receipt import receive_callback
from molam_gateway.operations.payment_intents import create_payment_intent, retrieve_payment_intent
from molam_gateway.operations.reconciliation import reconcile
from molam_gateway.storage import attempts
from tests.gateway_databases import SqliteFile, copied

from .bench import Bench
from .hearing import Calling, signed, use

PAYMENT: dict[str, object] = {"amount": 500, "currency": "KES", "confirm": True, "payment_method": "pm_calling"}
STEPS = st.sampled_from(
    [
        *("call", "call again", "right callback", "early callback", "forged callback", "wrong amount"),
        *("reconcile", "reconcile twice at once", "wait", "lease ends", "mute", "speak"),
    ]
)
CRASHES = st.sampled_from(
    [
        *("after_begin", "before_provider", "after_provider", "before_commit", "after_commit"),
        *("before_asking", "before_reconciling", "after_reconciling"),
        *("before_keeping", "after_keeping", "before_acting", "after_acting", None, None, None),
    ]
)


class CrashError(BaseException):
    """Ends the process's work on the spot."""


def _crash() -> None:
    raise CrashError


class Story:
    """One payment, and everything that may happen to it."""

    def __init__(self, bench: Bench, provider: Calling) -> None:
        self.bench = bench
        self.provider = provider
        self.final: set[str] = set()

    async def step(self, name: str) -> None:
        match name:
            case "call" | "call again":
                await self.bench.call(create_payment_intent, PAYMENT, key="the-payment")
            case "right callback" | "early callback" | "forged callback" | "wrong amount":
                await self.callback(name)
            case "reconcile":
                await self.reconcile()
            case "reconcile twice at once":
                await asyncio.gather(self.reconcile(), self.reconcile())
            case "wait":
                await self.bench.advance(61)
            case "lease ends":
                self.bench.clock.pass_real_time(61)
            case _:
                self.provider.mute = name == "mute"

    async def callback(self, name: str) -> None:
        for instruction in self.provider.sent:
            handle = self.provider.handle(instruction.reference)
            members: dict[str, Any] = {"type": "news", "key": name, "handle": handle}
            if name == "right callback":
                members |= {"outcome": self.provider.book[instruction.reference], "amount": 500}
            if name == "wrong amount":
                members |= {"outcome": "succeeded", "amount": 1}
            token = str(instruction.callback_url).rpartition("/")[2]
            if name == "forged callback":
                with pytest.raises(ProblemError, match="signature_invalid"):
                    await receive_callback(self.bench.services, token, signed(members, "guessed"))
            else:
                await receive_callback(self.bench.services, token, signed(members))
        await self.bench.advance(0)

    async def reconcile(self) -> None:
        for attempt in await self.attempts():
            await reconcile(self.bench.services, attempt.id)

    async def attempts(self) -> list[Attempt]:
        async with self.bench.store.reading() as reader:
            return [attempts.TABLE.read(row) for row in await reader.fetch_all("SELECT * FROM attempts", {})]

    async def check(self) -> None:
        """At most one attempt was sent, and none that was final has moved."""
        assert len(self.provider.sent) <= 1
        found = await self.attempts()
        assert self.final <= {f"{each.id} {each.state}" for each in found}
        self.final |= {f"{each.id} {each.state}" for each in found if not each.open}

    async def end(self) -> None:
        """In the end the gateway says what the provider's book says, or leaves it to people."""
        self.provider.mute = False
        self.bench.clock.pass_real_time(61)
        await self.bench.call(create_payment_intent, PAYMENT, key="the-payment")
        self.bench.clock.pass_real_time(61)
        await self.bench.advance(4 * 86_400)
        await self.check()
        (attempt,) = await self.attempts()
        booked = next(iter(self.provider.book.values()), None)
        if attempt.open:
            async with self.bench.store.reading() as reader:
                rows = await reader.fetch_all("SELECT kind FROM operator_cases", {})
            assert [row["kind"] for row in rows] == ["parked"]
        else:
            assert attempt.state == booked
        intent = (await self.bench.call(retrieve_payment_intent, payment_intent_id=str(attempt.payment_intent))).json
        money = {"provider_clearing": 500, "merchant_payable": -500} if intent["status"] == "succeeded" else {}
        assert await self.bench.sums() == money


async def _play(file: SqliteFile, steps: list[tuple[str, str | None]], succeeds: bool, loses_answers: bool) -> None:
    bench = Bench(file)
    await bench.add_account()
    provider = Calling(succeeds=succeeds, loses_answers=loses_answers)
    use(bench, provider)
    story = Story(bench, provider)
    try:
        for name, crash in steps:
            if crash is None:
                await story.step(name)
            else:
                with failpoints.armed(crash, _crash):
                    try:
                        await story.step(name)
                    except CrashError:
                        await bench.restart()
                        use(bench, provider)
            await story.check()
        await story.end()
    finally:
        await bench.store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(STEPS, CRASHES), max_size=10).map(lambda later: [("call", None), *later])
    | st.lists(st.tuples(STEPS, CRASHES), max_size=10),
    succeeds=st.booleans(),
    loses_answers=st.booleans(),
)
def test_money_moves_once_and_final_states_stay(
    template: SqliteFile, steps: list[tuple[str, str | None]], succeeds: bool, loses_answers: bool
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_play(copied(template, Path(directory)), steps, succeeds, loses_answers))
