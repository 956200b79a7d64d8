"""Whatever happens in whatever order, the provider's book and the journal agree and nothing regresses."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from molam_gateway import failpoints
from molam_gateway.operations.folding import ALL, fold
from molam_gateway.operations.payment_intents import (
    cancel_payment_intent,
    capture_payment_intent,
    confirm_payment_intent,
    create_payment_intent,
)
from molam_gateway.operations.payouts import cancel_payout, create_payout
from molam_gateway.operations.refunds import create_refund
from molam_gateway.operations.sandbox_actions import resolve_action
from molam_gateway.operations.sandbox_trigger import TRIGGERS, trigger_event
from molam_gateway.providers.simulators.cpay_behaviour import PAYMENT_METHODS
from molam_gateway.storage import balances
from tests.gateway_databases import PostgresSchema, SqliteFile, copied

from .bench import Bench, Reply

FINAL = frozenset({"succeeded", "canceled"})
POINTS = ("after_begin", "before_provider", "after_provider", "before_commit", "after_commit")
SIGNS = {"charge": 1, "refund": -1, "refund_reversal": 1, "payout": -1, "payout_reversal": 1}
NOTHING = cast(Any, multiple())
INTENT_EVENTS = sorted(name for name in TRIGGERS if name.startswith("payment_intent."))
PAYOUT_EVENTS = sorted(name for name in TRIGGERS if name.startswith("payout."))
TOKENS = st.sampled_from(sorted(PAYMENT_METHODS))


class CrashError(BaseException):
    """Ends the process's work on the spot."""


def _crash() -> None:
    raise CrashError


class Money(RuleBasedStateMachine):
    """Merchants and customers do as they like, answers are lost, the process crashes and time passes."""

    database: SqliteFile | PostgresSchema
    intents: Bundle[str] = Bundle("intents")
    payouts: Bundle[str] = Bundle("payouts")
    unfinished: Bundle[tuple[Any, ...]] = Bundle("unfinished")

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        self.loop = asyncio.new_event_loop()
        if isinstance(self.database, PostgresSchema):
            self.database.empty()
            self.bench = Bench(self.database)
        else:
            self.bench = Bench(copied(self.database, self.directory))
        self.wait(self.bench.add_account())
        self.final: dict[str, str] = {}
        self.keys = 0

    def teardown(self) -> None:
        try:
            self.bench.clock.real += timedelta(hours=2)
            self.wait(self.bench.advance(7200))
            self.everything_agrees()
            assert self.open_attempts() == 0
        finally:
            self.wait(self.bench.store.close())
            self.loop.close()
            shutil.rmtree(self.directory)

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def call(self, operation: Any, body: dict[str, Any], key: str | None = None, **path: str) -> Reply:
        if key is None:
            self.keys += 1
            key = f"own-{self.keys}"
        reply: Reply = self.wait(self.bench.call(operation, body, key=key, **cast(Any, path)))
        assert reply.status < 500, reply.json
        return reply

    @rule(target=intents, token=TOKENS, manual=st.booleans(), confirm=st.booleans(), amount=st.integers(1, 1000))
    def create(self, token: str, manual: bool, confirm: bool, amount: int) -> str:
        body = {
            "amount": amount,
            "currency": "USD",
            "payment_method": token,
            "confirm": confirm,
            "capture_method": "manual" if manual else "automatic",
        }
        reply = self.call(create_payment_intent, body).json
        return str(reply["resource"]["id"] if "resource" in reply else reply["id"])

    @rule(id=intents, token=TOKENS)
    def confirm(self, id: str, token: str) -> None:
        self.call(confirm_payment_intent, {"payment_method": token}, payment_intent_id=id)

    @rule(id=intents, amount=st.none() | st.integers(1, 1000))
    def capture(self, id: str, amount: int | None) -> None:
        self.call(capture_payment_intent, {} if amount is None else {"amount_to_capture": amount}, payment_intent_id=id)

    @rule(id=intents)
    def cancel(self, id: str) -> None:
        self.call(cancel_payment_intent, {}, payment_intent_id=id)

    @rule(id=intents, amount=st.none() | st.integers(1, 1000))
    def refund(self, id: str, amount: int | None) -> None:
        self.call(create_refund, {} if amount is None else {"amount": amount}, charge_id=id)

    @rule(target=payouts, digits=st.sampled_from(["0000", "0001", "0002", "0003", "9999"]), amount=st.integers(1, 500))
    def pay_out(self, digits: str, amount: int) -> Any:
        beneficiary = {"type": "mobile_money", "phone": f"+25470000{digits}"}
        reply = self.call(create_payout, {"amount": amount, "currency": "USD", "beneficiary": beneficiary})
        return reply.json["id"] if reply.status == 201 else NOTHING

    @rule(id=payouts)
    def call_off(self, id: str) -> None:
        self.call(cancel_payout, {}, payout_id=id)

    @rule(id=intents, approve=st.booleans())
    def decide(self, id: str, approve: bool) -> None:
        row = self.rows("SELECT next_action FROM payment_intents WHERE id = :id", id=id)[0]
        if row["next_action"] is not None:
            token = row["next_action"].rpartition("/")[2].rstrip('"}')
            assert self.wait(resolve_action(self.bench.services, token, approve=approve)) is not None

    @rule(id=intents, type=st.sampled_from(INTENT_EVENTS))
    def trigger(self, id: str, type: str) -> None:
        self.call(trigger_event, {"type": type, "object_id": id})

    @rule(id=payouts, type=st.sampled_from(PAYOUT_EVENTS))
    def trigger_payout(self, id: str, type: str) -> None:
        self.call(trigger_event, {"type": type, "object_id": id})

    @rule(target=unfinished, point=st.sampled_from(POINTS), token=TOKENS, amount=st.integers(1, 1000))
    def crash(self, point: str, token: str, amount: int) -> Any:
        self.keys += 1
        call = (f"crashed-{self.keys}", token, amount)
        with failpoints.armed(point, _crash):
            try:
                self.repeat(call)
            except CrashError:
                self.wait(self.bench.restart())
                return call
        return NOTHING

    @rule(call=consumes(unfinished))
    def repeat(self, call: tuple[str, str, int]) -> None:
        key, token, amount = call
        body = {"amount": amount, "currency": "USD", "payment_method": token, "confirm": True}
        self.call(create_payment_intent, body, key=key)

    @rule(seconds=st.sampled_from([1, 10, 31, 61, 3601]))
    def pass_time(self, seconds: int) -> None:
        self.bench.clock.real += timedelta(seconds=seconds)
        self.wait(self.bench.advance(seconds))

    @invariant()
    def everything_agrees(self) -> None:
        for row in self.rows("SELECT * FROM charges"):
            assert 0 <= row["amount_refunded"] + row["amount_refund_pending"] <= row["amount_captured"]
        for row in self.rows("SELECT id, status FROM payment_intents"):
            assert self.final.get(row["id"], row["status"]) == row["status"]
            if row["status"] in FINAL:
                self.final[row["id"]] = row["status"]
        sums = self.wait(self.bench.sums())
        assert sum(sums.values()) == 0
        assert self.wait(self.balances_are_the_journal())
        moved = {row["charge"]: 0 for row in self.rows("SELECT charge FROM cpay_movements WHERE kind = 'charge'")}
        for row in self.rows("SELECT charge FROM cpay_movements WHERE kind = 'charge'"):
            moved[row["charge"]] += 1
        assert set(moved.values()) <= {1}
        if self.open_attempts() == 0:
            book = self.rows("SELECT kind, SUM(amount) AS amount FROM cpay_movements GROUP BY kind")
            net = sum(SIGNS[row["kind"]] * row["amount"] for row in book)
            assert net == sums.get("provider_clearing", 0)
            assert "payout_in_transit" not in sums
            assert "refund_reserve" not in sums

    async def balances_are_the_journal(self) -> bool:
        async with self.bench.store.reading() as reader:
            return await balances.conserved(reader)

    @rule()
    def fold_balances(self) -> None:
        self.wait(fold(self.bench.services, ALL))

    def open_attempts(self) -> int:
        open_ = "SELECT COUNT(*) AS n FROM attempts WHERE state IN ('sending', 'unsent', 'pending', 'unknown')"
        waiting = "SELECT COUNT(*) AS n FROM cpay_operations WHERE status = 'action'"
        notified = "SELECT COUNT(*) AS n FROM cpay_operations WHERE status = 'reversed'"
        reversed_ = (
            "SELECT (SELECT COUNT(*) FROM refunds WHERE failure_reason = 'reversed')"
            " + (SELECT COUNT(*) FROM payouts WHERE status = 'reversed') AS n"
        )
        behind = self.rows(notified)[0]["n"] - self.rows(reversed_)[0]["n"]
        return int(self.rows(open_)[0]["n"] - self.rows(waiting)[0]["n"] + behind)

    def rows(self, sql: str, **parameters: str) -> list[Any]:
        async def fetch() -> list[Any]:
            async with self.bench.store.reading() as reader:
                return list(await reader.fetch_all(sql, parameters))

        found: list[Any] = self.wait(fetch())
        return found


@pytest.mark.timeout(300)  # a failure takes its time to shrink
@pytest.mark.parametrize(("name", "examples"), [("template", 60), ("schema", 15)], ids=["sqlite", "postgresql"])
def test_money_is_conserved(request: pytest.FixtureRequest, name: str, examples: int) -> None:
    Money.database = request.getfixturevalue(name)
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )
