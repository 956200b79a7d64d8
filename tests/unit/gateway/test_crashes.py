"""A crash at any point between the phases neither repeats a movement of money nor loses one."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from molam_gateway import failpoints
from molam_gateway.domain.attempts import Attempt
from molam_gateway.domain.call import Answer
from molam_gateway.domain.outcomes import Failed, Outcome, Unknown
from molam_gateway.domain.times import milliseconds
from molam_gateway.due_work import purge
from molam_gateway.operations import completion
from molam_gateway.operations.completion import complete
from molam_gateway.operations.inquiry import ask, take_lease, write_down
from molam_gateway.operations.payment_intents import (
    cancel_payment_intent,
    capture_payment_intent,
    create_payment_intent,
    retrieve_payment_intent,
)
from molam_gateway.operations.payouts import create_payout
from molam_gateway.operations.reconciliation import reconcile, review
from molam_gateway.operations.refunds import create_refund
from molam_gateway.operations.sandbox_trigger import trigger_event
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.cpay import CPay
from molam_gateway.storage import attempts
from molam_gateway.storage.port import BusyError, StoreError, Transaction
from tests.gateway_databases import SqliteFile

from .bench import Bench, Reply

pytestmark = pytest.mark.anyio

POINTS = ("after_begin", "before_provider", "after_provider", "before_commit", "after_commit")
PAYMENT: dict[str, object] = {"amount": 100, "currency": "USD", "confirm": True, "payment_method": "pm_cpay_ok"}
LEASE = 31


class CrashError(BaseException):
    """Ends the process's work on the spot: nothing of ours may catch it."""


def _crash() -> None:
    raise CrashError


async def crash_at(bench: Bench, point: str, call: Callable[[], Awaitable[Reply]]) -> None:
    with failpoints.armed(point, _crash), pytest.raises(CrashError):
        await call()
    await bench.restart()


async def only_attempt(bench: Bench, kind: str = "charge") -> Attempt:
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all("SELECT * FROM attempts WHERE kind = :kind", {"kind": kind})
    assert len(rows) == 1
    return attempts.TABLE.read(rows[0])


@pytest.mark.parametrize("point", POINTS)
async def test_the_same_key_resumes_what_a_crash_left(bench: Bench, point: str) -> None:
    async def create() -> Reply:
        return await bench.call(create_payment_intent, PAYMENT, key="k")

    await crash_at(bench, point, create)
    if point != "after_commit":
        assert (await create()).json["code"] == "idempotency_in_flight"
    bench.clock.pass_real_time(LEASE)
    resumed = await create()
    assert (resumed.status, resumed.json["status"]) == (201, "succeeded")
    assert await bench.movements() == [100]
    assert (await create()).content == resumed.content
    assert (await bench.event_types()).count("payment_intent.succeeded") == 1


@pytest.mark.parametrize("point", POINTS)
async def test_without_a_repetition_the_reconciler_finishes(bench: Bench, point: str) -> None:
    async def create() -> Reply:
        return await bench.call(create_payment_intent, PAYMENT, key="k")

    await crash_at(bench, point, create)
    bench.clock.pass_real_time(LEASE)
    await bench.advance(60)
    assert await bench.movements() == [100]
    assert await bench.sums() == {"provider_clearing": 100, "merchant_payable": -100}
    resumed = await create()
    assert (resumed.status, resumed.json["status"]) == (201, "succeeded")
    assert await bench.movements() == [100]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("kind", ["capture", "void", "refund", "payout", "declined"])
async def test_every_kind_of_movement_survives_a_crash(bench: Bench, kind: str, point: str) -> None:
    manual = {**PAYMENT, "capture_method": "manual"} if kind in {"capture", "void"} else PAYMENT
    intent = (await bench.call(create_payment_intent, manual)).json
    before = await bench.movements()

    async def again() -> Reply:
        path = {"payment_intent_id": intent["id"]}
        match kind:
            case "capture":
                return await bench.call(capture_payment_intent, {}, key="k", **path)
            case "void":
                return await bench.call(cancel_payment_intent, {}, key="k", **path)
            case "refund":
                return await bench.call(create_refund, {"amount": 60}, key="k", charge_id=intent["id"])
            case "payout":
                beneficiary = {"type": "mobile_money", "phone": "+254700000000"}
                body = {"amount": 60, "currency": "USD", "beneficiary": beneficiary}
                return await bench.call(create_payout, body, key="k")
            case _:
                return await bench.call(
                    create_payment_intent, {**PAYMENT, "payment_method": "pm_cpay_declined"}, key="k"
                )

    await crash_at(bench, point, again)
    bench.clock.pass_real_time(LEASE)
    resumed = await again()
    expected = {"capture": (200, 100), "void": (200, 0), "refund": (201, 60), "payout": (201, 60), "declined": (402, 0)}
    status, moved = expected[kind]
    assert resumed.status == status, resumed.json
    assert sum(await bench.movements()) - sum(before) == moved
    await bench.advance(3600)
    assert sum(await bench.movements()) - sum(before) == moved
    assert sum((await bench.sums()).values()) == 0


async def test_a_crash_after_the_reconciler_took_over_answers_what_it_found(bench: Bench) -> None:
    async def create() -> Reply:
        body = {**PAYMENT, "payment_method": "pm_cpay_declined"}
        return await bench.call(create_payment_intent, body, key="k")

    await crash_at(bench, "after_provider", create)
    bench.clock.pass_real_time(LEASE)
    await bench.runner.run_due()
    resumed = await create()
    assert (resumed.status, resumed.json["decline_code"]) == (402, "generic_decline")


async def test_a_paused_owner_cannot_overwrite_what_its_successor_wrote(bench: Bench) -> None:
    pausing, gate = bench.pause()
    body = {**PAYMENT, "payment_method": "pm_cpay_slow"}
    paused = asyncio.create_task(bench.call(create_payment_intent, body, key="k"))
    await pausing.wait()
    bench.clock.pass_real_time(LEASE)
    await bench.runner.run_due()
    attempt = await only_attempt(bench)
    assert attempt.state == "succeeded"
    events = await bench.event_types()
    gate.set()
    reply = await paused
    assert (reply.status, reply.json["status"]) == (201, "succeeded")
    assert await bench.event_types() == events
    assert await only_attempt(bench) == attempt
    assert await bench.movements() == [100]


async def test_an_outcome_under_a_lost_lease_is_not_written(bench: Bench) -> None:
    created = (await bench.call(create_payment_intent, {**PAYMENT, "payment_method": "pm_cpay_async_ok"})).json
    attempt = await only_attempt(bench)
    assert await take_lease(bench.services, attempt.id, "first")
    assert not await take_lease(bench.services, attempt.id, "second")
    bench.clock.pass_real_time(LEASE)
    assert await take_lease(bench.services, attempt.id, "second")
    refused = Failed("card_declined", "late")
    async with bench.store.transaction() as tx:
        assert not await write_down(bench.services, tx, attempt, "first", refused, None)
    now = (await bench.call(retrieve_payment_intent, payment_intent_id=created["id"])).json
    assert now["status"] == "processing"


async def test_the_reconciler_leaves_the_live_path_alone(bench: Bench) -> None:
    pausing, gate = bench.pause()
    body = {**PAYMENT, "payment_method": "pm_cpay_slow"}
    live = asyncio.create_task(bench.call(create_payment_intent, body, key="k"))
    await pausing.wait()
    attempt = await only_attempt(bench)
    for _ in range(100):
        assert await reconcile(bench.services, attempt.id) is not None
    gate.set()
    assert (await live).json["status"] == "succeeded"
    assert await reconcile(bench.services, attempt.id) is None


async def test_reports_may_come_in_any_number_and_order(bench: Bench) -> None:
    created = (await bench.call(create_payment_intent, {**PAYMENT, "payment_method": "pm_cpay_async_ok"})).json
    attempt = await only_attempt(bench)
    bench.clock.advance(30)
    await asyncio.gather(*(review(bench.services, attempt.provider_reference) for _ in range(5)))
    await bench.runner.run_due()
    await review(bench.services, attempt.provider_reference)
    await review(bench.services, "molam_unknown")
    now = (await bench.call(retrieve_payment_intent, payment_intent_id=created["id"])).json
    assert now["status"] == "succeeded"
    assert (await bench.event_types()).count("charge.succeeded") == 1
    assert await bench.movements() == [100]


async def test_what_the_provider_never_saw_is_sent_under_the_same_reference(bench: Bench) -> None:
    async def create() -> Reply:
        return await bench.call(create_payment_intent, PAYMENT, key="k")

    await crash_at(bench, "before_provider", create)
    attempt = await only_attempt(bench)
    assert await bench.simulator.look_up(attempt.provider_reference) is None
    bench.clock.pass_real_time(LEASE)
    await bench.runner.run_due()
    found = await bench.simulator.look_up(attempt.provider_reference)
    assert found is not None
    assert found.status == "succeeded"


async def impatient(bench: Bench) -> tuple[Bench, sqlite3.Connection]:
    """The bench with a store that does not wait for others, and another connection to its file."""
    assert isinstance(bench.database, SqliteFile)
    await bench.store.close()
    bench.database = replace(bench.database, busy_timeout=0.01)
    bench.open()
    return bench, sqlite3.connect(bench.database.path, isolation_level=None)


async def test_a_busy_database_repeats_the_writing_never_the_sending(sqlite_bench: Bench) -> None:
    """What a serialisation failure at the commit is elsewhere: another process holds SQLite's lock."""
    bench, other = await impatient(sqlite_bench)

    def lock() -> None:
        other.execute("BEGIN IMMEDIATE")
        asyncio.get_running_loop().call_later(0.1, other.execute, "ROLLBACK")

    with failpoints.armed("after_provider", lock):
        reply = await bench.call(create_payment_intent, PAYMENT)
    other.close()
    assert (reply.status, reply.json["status"]) == (201, "succeeded")
    assert await bench.movements() == [100]


async def test_a_database_that_stays_busy_leaves_the_work_to_the_next_call(sqlite_bench: Bench) -> None:
    bench, other = await impatient(sqlite_bench)

    def lock() -> None:
        other.execute("BEGIN IMMEDIATE")

    with failpoints.armed("after_provider", lock), pytest.raises(BusyError):
        await bench.call(create_payment_intent, PAYMENT, key="k")
    other.execute("ROLLBACK")
    other.close()
    bench.clock.pass_real_time(LEASE)
    assert (await bench.call(create_payment_intent, PAYMENT, key="k")).json["status"] == "succeeded"
    assert await bench.movements() == [100]


async def test_a_database_that_fails_once_lets_the_same_key_finish_at_once(bench: Bench) -> None:
    """Neither lease is left behind, and no half-way state becomes the answer."""
    body = {**PAYMENT, "payment_method": "pm_cpay_declined"}

    def fail() -> None:
        raise StoreError("the disk is full")

    with failpoints.armed("before_commit", fail), pytest.raises(StoreError):
        await bench.call(create_payment_intent, body, key="k")
    repeated = await bench.call(create_payment_intent, body, key="k")
    assert (repeated.status, repeated.json["decline_code"]) == (402, "generic_decline")


async def test_a_resumed_call_without_the_lease_stores_nothing(bench: Bench) -> None:
    async def create() -> Reply:
        return await bench.call(create_payment_intent, PAYMENT, key="k")

    await crash_at(bench, "after_provider", create)
    bench.clock.pass_real_time(LEASE)
    attempt = await only_attempt(bench)
    assert await take_lease(bench.services, attempt.id, "the reconciler")
    waiting = await create()
    assert (waiting.status, waiting.json["code"], waiting.json["retry_after"]) == (409, "idempotency_in_flight", 1)
    bench.clock.pass_real_time(LEASE)
    assert (await create()).json["status"] == "succeeded"


async def test_the_key_and_its_attempt_are_leased_until_the_same_moment(bench: Bench) -> None:
    now, ticks = bench.clock.real_now, iter(range(100))
    bench.clock.real_now = lambda: now() + timedelta(milliseconds=next(ticks))  # type: ignore[method-assign]
    with failpoints.armed("after_begin", _crash), pytest.raises(CrashError):
        await bench.call(create_payment_intent, PAYMENT, key="k")
    async with bench.store.reading() as reader:
        held = await reader.fetch_all(
            "SELECT lease_until FROM attempts UNION SELECT lease_until FROM idempotency_keys", {}
        )
    assert len(held) == 1


async def test_asking_and_sending_again_share_one_patience(bench: Bench) -> None:
    async def create() -> Reply:
        return await bench.call(create_payment_intent, {**PAYMENT, "payment_method": "pm_cpay_slow"}, key="k")

    class Hesitant(CPay):
        async def query(
            self, instruction: Instruction, handle: str | None, configuration: Configuration
        ) -> Outcome | None:
            await asyncio.sleep(0.15)
            return await super().query(instruction, handle, configuration)

    await crash_at(bench, "before_provider", create)
    bench.use(Hesitant(bench.simulator, lambda: "", bench.clock.now))
    bench.sleep = asyncio.sleep
    started = time.monotonic()
    assert isinstance(await ask(bench.services, await only_attempt(bench), 0.2), Unknown)
    assert time.monotonic() - started < 0.3


async def test_a_key_that_cannot_be_finished_keeps_no_other_waiting(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("a", "b", "c"):
        await crash_at(bench, "after_provider", partial(bench.call, create_payment_intent, PAYMENT, key=key))
    bench.clock.pass_real_time(LEASE)
    await bench.advance(60)
    answered: list[str] = []

    async def answer(tx: Transaction, attempt: Attempt) -> Answer:
        if not answered:
            answered.append(attempt.id)
            raise RuntimeError("broken")
        return await answer_creation(tx, attempt)

    answer_creation = completion.ANSWERS["create_payment_intent"]
    monkeypatch.setattr(completion, "ANSWERS", {"create_payment_intent": answer})
    assert await complete(bench.services) == 2
    assert await complete(bench.services) == 1


async def test_expired_keys_are_purged_in_batches(bench: Bench) -> None:
    async with bench.store.transaction() as tx:
        for number in range(450):
            await tx.execute(
                """
                INSERT INTO idempotency_keys (account_id, livemode, key, fingerprint, fingerprint_version,
                    operation_id, request_id, lease_token, lease_until, status, created_at, expires_at)
                VALUES ('acct', :livemode, :key, 'f', 1, 'create_refund', 'req', 'lease', 0, 200, 0, :expires_at)
                """,
                {"livemode": False, "key": f"key-{number}", "expires_at": milliseconds(bench.clock.now()) + number},
            )
    bench.clock.advance(0.429)
    assert await purge(bench.services, "all") == bench.clock.now() + timedelta(hours=1)
    async with bench.store.reading() as reader:
        assert len(await reader.fetch_all("SELECT key FROM idempotency_keys", {})) == 20


@pytest.mark.parametrize("token", ["pm_cpay_ok", "pm_cpay_declined"])
async def test_a_call_that_is_never_repeated_gets_its_answer_and_expires(bench: Bench, token: str) -> None:
    async def create() -> Reply:
        return await bench.call(create_payment_intent, {**PAYMENT, "payment_method": token}, key="k")

    await crash_at(bench, "after_provider", create)
    assert await complete(bench.services) == 0
    bench.clock.pass_real_time(LEASE)
    assert await complete(bench.services) == 0
    await bench.advance(60)
    assert await complete(bench.services) == 1
    replayed = await create()
    assert (replayed.status, replayed.headers["Idempotent-Replayed"]) == (201 if token == "pm_cpay_ok" else 402, "true")
    await bench.advance(8 * 86400)
    await purge(bench.services, "all")
    async with bench.store.reading() as reader:
        assert await reader.fetch_all("SELECT key FROM idempotency_keys", {}) == []


async def test_a_call_that_sent_nothing_is_forgotten_in_the_end(bench: Bench) -> None:
    body: dict[str, object] = {"type": "payout.succeeded"}
    with failpoints.armed("before_trigger_step", _crash), pytest.raises(CrashError):
        await bench.call(trigger_event, body, key="k")
    bench.clock.pass_real_time(8 * 86400)
    await bench.advance(60)
    await complete(bench.services)
    async with bench.store.reading() as reader:
        kept = [row["key"] for row in await reader.fetch_all("SELECT key FROM idempotency_keys", {})]
    assert "k" not in kept


async def test_a_void_in_doubt_decides_alone(bench: Bench) -> None:
    """What the provider says of a payment it called off is the void's echo, not a decline."""
    intent = (await bench.call(create_payment_intent, {**PAYMENT, "payment_method": "pm_cpay_action"})).json
    charge = await only_attempt(bench)

    async def cancel() -> Reply:
        return await bench.call(cancel_payment_intent, {}, key="k", payment_intent_id=intent["id"])

    await crash_at(bench, "after_provider", cancel)
    in_doubt = await bench.call(cancel_payment_intent, {}, key="other", payment_intent_id=intent["id"])
    assert in_doubt.json["code"] == "payment_in_flight"
    await review(bench.services, charge.provider_reference)
    now = (await bench.call(retrieve_payment_intent, payment_intent_id=intent["id"])).json
    assert now["status"] == "requires_action"
    bench.clock.pass_real_time(LEASE)
    await bench.advance(60)
    now = (await bench.call(retrieve_payment_intent, payment_intent_id=intent["id"])).json
    assert (now["status"], now["last_error"]) == ("canceled", None)
    assert (await cancel()).json["status"] == "canceled"


async def test_the_customer_may_pay_before_the_void_arrives(bench: Bench) -> None:
    intent = (await bench.call(create_payment_intent, {**PAYMENT, "payment_method": "pm_cpay_action"})).json
    charge = await only_attempt(bench)
    await bench.simulator.end(charge.provider_reference, "succeeded")
    refused = await bench.call(cancel_payment_intent, {}, payment_intent_id=intent["id"])
    assert (refused.status, refused.json["code"]) == (409, "invalid_state")
    await bench.runner.run_due()
    now = (await bench.call(retrieve_payment_intent, payment_intent_id=intent["id"])).json
    assert (now["status"], now["cancellation_reason"]) == ("succeeded", None)
    assert await bench.movements() == [100]


def test_the_environment_names_a_point_to_die_at(monkeypatch: pytest.MonkeyPatch) -> None:
    deaths: list[int] = []

    def kill(pid: int, signal: int) -> None:
        deaths.append(signal)

    monkeypatch.setenv("MOLAM_FAILPOINT", "before_commit")
    monkeypatch.setattr("os.kill", kill)
    failpoints.arm_from_environment()
    failpoints.reach("after_commit")
    assert deaths == []
    failpoints.reach("before_commit")
    assert deaths == [9]
    failpoints.disarm()
    failpoints.reach("before_commit")
    assert deaths == [9]


def test_a_point_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLAM_FAILPOINT", "after_begining")
    with pytest.raises(failpoints.UnknownPointError, match="after_begin"):
        failpoints.arm_from_environment()
    with pytest.raises(failpoints.UnknownPointError), failpoints.armed("nowhere", _crash):
        failpoints.reach("nowhere")
