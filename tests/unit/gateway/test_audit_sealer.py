# ruff: noqa: S608 - statements of somebody who tampers
"""On PostgreSQL the sealer passes nothing over, whoever commits when, however many there are, and whoever is killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import fields, replace
from pathlib import Path

import pytest

from molam_gateway.domain.audit.actors import Actor
from molam_gateway.domain.audit.entry import AuditLog
from molam_gateway.operations.audit_verification import verify_chain
from molam_gateway.operations.auditing import Cause, note_fact, ring
from molam_gateway.sealing import Sealer
from molam_gateway.storage.port import Transaction
from molam_gateway.vault import Vault, generate_key
from tests.gateway_databases import PostgresSchema

from .audit import broken, entries, nth, seal
from .bench import ACCOUNT, Bench

pytestmark = pytest.mark.anyio

_ROOT = Path(__file__).parents[3]
_COPY = ", ".join(field.name for field in fields(AuditLog) if field.name != "id")


@pytest.fixture
async def bench(schema: PostgresSchema, anyio_backend: str) -> AsyncIterator[Bench]:
    """A gateway core on PostgreSQL."""
    schema.empty()
    bench = Bench(schema)
    await bench.add_account()
    yield bench
    await bench.store.close()


async def _note(bench: Bench, tx: Transaction, name: str) -> None:
    cause = Cause(None, "test.noted", Actor("system", name))
    await note_fact(bench.services, tx, cause, ACCOUNT.id, ACCOUNT.livemode, ("test", name))


async def _sealed(bench: Bench) -> list[str]:
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all(
            "SELECT a.resource_id FROM audit_seals s JOIN audit_logs a ON a.id = s.audit_log_id ORDER BY s.sequence", {}
        )
    return [row["resource_id"] for row in rows]


async def _verified(bench: Bench) -> tuple[int, int, object]:
    found = await verify_chain(bench.store, ring(bench.services), ACCOUNT.id, ACCOUNT.livemode)
    return found.entries, found.unsealed, found.first_break


async def test_a_transaction_that_commits_late_is_sealed_late(bench: Bench) -> None:
    async with bench.store.transaction() as late:
        await _note(bench, late, "early-id")
        async with bench.store.transaction() as tx:
            await _note(bench, tx, "late-id")
        assert await seal(bench) == 1
    assert await seal(bench) == 1
    assert await _sealed(bench) == ["late-id", "early-id"]
    assert await _verified(bench) == (2, 0, None)


async def test_concurrent_writers_and_sealers_lose_nothing(bench: Bench) -> None:
    writing = True

    async def write(writer: int) -> None:
        for number in range(15):
            async with AsyncExitStack() as stack:
                tx = await stack.enter_async_context(bench.store.transaction())
                await _note(bench, tx, f"{writer}-{number}")
                if number % 4 == writer % 4:
                    await asyncio.sleep(0.005)

    async def keep_sealing() -> int:
        sealed = 0
        while writing:
            sealed += await seal(bench)
            await asyncio.sleep(0)
        return sealed

    sealers = [asyncio.create_task(keep_sealing()) for _ in range(3)]
    await asyncio.gather(*(write(writer) for writer in range(6)))
    writing = False
    sealed = sum(await asyncio.gather(*sealers)) + await seal(bench)
    assert sealed == 90
    assert sorted(await _sealed(bench)) == sorted(f"{w}-{n}" for w in range(6) for n in range(15))
    assert await _verified(bench) == (90, 0, None)


async def test_more_than_a_batch_is_sealed_in_order(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("molam_gateway.sealing._BATCH", 70)
    async with bench.store.transaction() as tx:
        for number in range(150):
            await _note(bench, tx, f"{number}")
    assert await seal(bench) == 150
    assert await _sealed(bench) == [f"{number}" for number in range(150)]
    assert await _verified(bench) == (150, 0, None)


async def test_a_forged_entry_in_the_queue_is_sealed_as_what_it_is(bench: Bench) -> None:
    await entries(bench)
    async with bench.store.transaction() as tx:
        await tx.execute(
            f"INSERT INTO audit_logs (id, {_COPY}) SELECT 'al_forged', {_COPY} FROM audit_logs WHERE {nth(3)}", {}
        )
    assert await seal(bench) == 1
    assert await broken(bench) == ("entry_changed", 7)


async def test_the_background_seals_within_a_second_and_to_the_end(bench: Bench) -> None:
    sealer = Sealer(bench.store, ring(bench.services), interval=0.01)
    sealer.start()
    async with bench.store.transaction() as tx:
        await _note(bench, tx, "first")
    async with asyncio.timeout(1):
        while not await _sealed(bench):
            pass
    async with bench.store.transaction() as tx:
        await _note(bench, tx, "last")
    await sealer.stop()
    assert await _sealed(bench) == ["first", "last"]


@pytest.mark.parametrize("point", ["before_sealing", "after_sealing"])
async def test_a_sealer_that_is_killed_is_followed_by_the_next(
    bench: Bench, schema: PostgresSchema, point: str
) -> None:
    key = generate_key()
    bench.services = replace(bench.services, vault=Vault([key]))
    for number in range(3):
        async with bench.store.transaction() as tx:
            await _note(bench, tx, f"{number}")
        environment = {
            **os.environ,
            "MOLAM_FAILPOINT": point,
            "PYTHONPATH": os.pathsep.join([str(_ROOT / "gateway"), str(_ROOT)]),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.unit.gateway.sealing_process", schema.url, key, cwd=_ROOT, env=environment
        )
        assert await process.wait() == -signal.SIGKILL
    await seal(bench)
    assert sorted(await _sealed(bench)) == ["0", "1", "2"]
    assert await _verified(bench) == (3, 0, None)
