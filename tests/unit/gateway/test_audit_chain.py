# ruff: noqa: S608 - statements of somebody who tampers
"""Whatever somebody does to the audit trail who can write into the database, but has no key, is found and located."""

import hashlib
from dataclasses import fields, replace

import pytest

from molam_gateway.domain.audit.entry import AuditLog
from molam_gateway.operations import payment_intents
from molam_gateway.operations.audit_verification import verify_all
from molam_gateway.operations.auditing import ring
from molam_gateway.storage.port import StoreError
from molam_gateway.vault import Vault, generate_key

from .audit import attack, broken, entries, nth
from .bench import Bench

pytestmark = pytest.mark.anyio

_NUMBERS = {"created_at", "sequence"}
_COLUMNS = [field.name for field in fields(AuditLog)]
_COPY = ", ".join(name for name in _COLUMNS if name != "id")


def _changed(column: str) -> str:
    """An expression for another value of a column."""
    if column in _NUMBERS:
        return f"{column} + 1"
    if column == "livemode":
        return "NOT livemode"
    if column == "actor_type":
        return "'system'"
    if column in {"before", "after"}:
        return """'{"amount": 1}'"""
    return f"COALESCE({column}, '') || 'x'"


async def test_a_trail_that_nobody_touched_verifies(bench: Bench) -> None:
    await entries(bench)
    assert await broken(bench) is None


@pytest.mark.parametrize("column", _COLUMNS)
async def test_a_change_of_any_column_shows(bench: Bench, column: str) -> None:
    await entries(bench, 4)
    changed = f"UPDATE audit_logs SET {column} = {_changed(column)} WHERE {nth(3)}"
    await attack(bench, changed)
    reason = {"id": "entry_missing", "key_id": "key_unknown"}.get(column, "entry_changed")
    assert await broken(bench) == (reason, 3)


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("mac", "'00' || mac", ("seal_changed", 3)),
        ("content_hash", "'00' || content_hash", ("seal_changed", 3)),
        ("key_id", "'00' || key_id", ("key_unknown", 3)),
        ("audit_log_id", "'al_other'", ("seal_changed", 3)),
        ("sequence", "sequence + 100", ("seal_missing", 3)),
        ("account_id", "'acct_2'", ("seal_missing", 3)),
    ],
)
async def test_a_change_of_a_seal_shows(bench: Bench, column: str, value: str, found: tuple[str, int]) -> None:
    await entries(bench, 5)
    await attack(bench, f"UPDATE audit_seals SET {column} = {value} WHERE sequence = 3")
    assert await broken(bench) == found


async def test_a_deleted_entry_shows(bench: Bench) -> None:
    await entries(bench)
    await attack(bench, f"DELETE FROM audit_logs WHERE {nth(3)}")
    assert await broken(bench) == ("entry_missing", 3)


async def test_an_entry_deleted_with_its_seal_shows(bench: Bench) -> None:
    await entries(bench)
    await attack(bench, f"DELETE FROM audit_logs WHERE {nth(3)}", "DELETE FROM audit_seals WHERE sequence = 3")
    assert await broken(bench) == ("seal_missing", 3)


async def test_a_gap_that_is_closed_shows(bench: Bench) -> None:
    await entries(bench)
    await attack(
        bench,
        f"DELETE FROM audit_logs WHERE {nth(3)}",
        "DELETE FROM audit_seals WHERE sequence = 3",
        "UPDATE audit_seals SET sequence = sequence + 1000 WHERE sequence > 3",
        "UPDATE audit_seals SET sequence = sequence - 1001 WHERE sequence > 1000",
        "UPDATE audit_heads SET sequence = sequence - 1 WHERE account_id = 'acct_1'",
    )
    assert await broken(bench) == ("seal_changed", 3)


async def test_swapped_entries_show(bench: Bench) -> None:
    await entries(bench)
    await attack(
        bench,
        "UPDATE audit_seals SET sequence = 1000 WHERE sequence = 3",
        "UPDATE audit_seals SET sequence = 3 WHERE sequence = 4",
        "UPDATE audit_seals SET sequence = 4 WHERE sequence = 1000",
    )
    assert await broken(bench) == ("seal_changed", 3)


async def test_swapped_contents_show(bench: Bench) -> None:
    await entries(bench)
    await attack(
        bench,
        f"UPDATE audit_logs SET id = 'al_x' WHERE {nth(3)}",
        f"UPDATE audit_logs SET id = (SELECT audit_log_id FROM audit_seals WHERE sequence = 3) WHERE {nth(4)}",
        "UPDATE audit_logs SET id = (SELECT audit_log_id FROM audit_seals WHERE sequence = 4) WHERE id = 'al_x'",
    )
    assert await broken(bench) == ("entry_changed", 3)


_TRUNCATION = (
    "DELETE FROM audit_logs WHERE id IN (SELECT audit_log_id FROM audit_seals WHERE sequence > 4)",
    "DELETE FROM audit_seals WHERE sequence > 4",
)
_HEAD_BACK = (
    "UPDATE audit_heads SET sequence = 4, mac = (SELECT mac FROM audit_seals WHERE sequence = 4)"
    " WHERE account_id = 'acct_1'"
)


async def test_a_truncated_tail_shows(bench: Bench) -> None:
    await entries(bench)
    await attack(bench, *_TRUNCATION)
    assert await broken(bench) == ("tail_missing", 5)


async def test_a_head_that_is_set_back_shows(bench: Bench) -> None:
    await entries(bench)
    await attack(bench, *_TRUNCATION, _HEAD_BACK)
    assert await broken(bench) == ("head_changed", 4)


@pytest.mark.parametrize("end", [_HEAD_BACK, "DELETE FROM audit_heads WHERE account_id = 'acct_1'"])
async def test_later_entries_do_not_cover_a_truncation_up(bench: Bench, end: str) -> None:
    """The gateway goes on working, and the break stays where it is."""
    await entries(bench)
    await attack(bench, *_TRUNCATION, end)
    await entries(bench, 3)
    assert await broken(bench) == ("seal_changed", 5)


async def test_a_forged_entry_shows(bench: Bench) -> None:
    """Its writer can hash it, but not under the key."""
    await entries(bench)
    forged = hashlib.sha256(b"forged").hexdigest()
    await attack(
        bench,
        f"INSERT INTO audit_logs (id, {_COPY}) SELECT 'al_forged', {_COPY} FROM audit_logs WHERE {nth(3)}",
        f"UPDATE audit_logs SET content_hash = '{forged}' WHERE id = 'al_forged'",
    )
    assert await broken(bench) == ("entry_forged", None)


async def test_a_chain_that_is_hashed_again_without_the_key_shows(bench: Bench) -> None:
    await entries(bench)
    async with bench.store.reading() as reader:
        ids = await reader.fetch_all("SELECT audit_log_id AS id FROM audit_seals WHERE sequence >= 3", {})
    attacks = [f"UPDATE audit_logs SET outcome = 'x' WHERE {nth(3)}"]
    for row in ids:
        digest = hashlib.sha256(row["id"].encode()).hexdigest()
        attacks.append(f"UPDATE audit_logs SET content_hash = '{digest}' WHERE id = '{row['id']}'")
        attacks.append(
            f"UPDATE audit_seals SET content_hash = '{digest}', mac = '{digest}' WHERE audit_log_id = '{row['id']}'"
        )
    await attack(bench, *attacks)
    assert await broken(bench) == ("seal_changed", 3)


async def test_a_chain_that_is_gone_as_a_whole_shows(bench: Bench) -> None:
    await entries(bench)
    assert await _all_broken(bench) == []
    await attack(
        bench, *(f"DELETE FROM audit_{name} WHERE account_id = 'acct_1'" for name in ("logs", "seals", "heads"))
    )
    assert await broken(bench) is None, "its account cannot know"
    assert await _all_broken(bench) == [("#chains", "chain_missing", 1)]


async def test_a_tampered_register_shows(bench: Bench) -> None:
    await entries(bench)
    await attack(bench, "UPDATE audit_heads SET sequence = 0 WHERE account_id = '#chains'")
    assert await _all_broken(bench) == [("#chains", "head_changed", None)]


async def _all_broken(bench: Bench) -> list[tuple[str, str, int | None]]:
    found = [each async for each in verify_all(bench.store, ring(bench.services))]
    return [(each.account_id, each.first_break.reason, each.first_break.sequence) for each in found if each.first_break]


async def test_long_chains_are_walked_in_pages(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("molam_gateway.operations.audit_verification._PAGE", 4)
    await entries(bench, 11)
    assert await broken(bench) is None
    await attack(bench, f"UPDATE audit_logs SET outcome = 'x' WHERE {nth(10)}")
    assert await broken(bench) == ("entry_changed", 10)


_REFUSED = (
    "UPDATE audit_logs SET outcome = 'ok'",
    "DELETE FROM audit_logs",
    "UPDATE audit_seals SET sequence = sequence + 1",
    "DELETE FROM audit_seals",
)
_REFUSED_TOO = {
    "SqliteStore": (
        f"INSERT OR REPLACE INTO audit_logs (id, {_COPY}) SELECT id, {_COPY} FROM audit_logs",
        "INSERT OR REPLACE INTO audit_seals SELECT * FROM audit_seals",
    ),
    "PostgresStore": ("TRUNCATE audit_logs", "TRUNCATE audit_seals"),
}


async def test_the_database_refuses_to_change_the_trail(bench: Bench) -> None:
    await entries(bench, 2)
    for statement in _REFUSED + _REFUSED_TOO[type(bench.store).__name__]:
        with pytest.raises(StoreError, match="only grows"):
            async with bench.store.transaction() as tx:
                await tx.execute(statement, {})
    assert await broken(bench) is None


async def test_old_seals_verify_under_keys_that_are_still_configured(bench: Bench) -> None:
    old, new = generate_key(), generate_key()
    await _under(bench, old)
    await entries(bench, 3)
    await _under(bench, new, old)
    await entries(bench, 3)
    assert await broken(bench) is None
    await _under(bench, new)
    assert await broken(bench) == ("key_unknown", 1)


async def _under(bench: Bench, *keys: str) -> None:
    bench.services = replace(bench.services, vault=Vault(keys))


async def test_a_refused_mutation_that_is_stored_is_in_the_trail(bench: Bench) -> None:
    answer = await bench.call(payment_intents.cancel_payment_intent, payment_intent_id="pi_none")
    assert answer.status == 404
    async with bench.store.reading() as reader:
        row = await reader.fetch_one("SELECT action, outcome, resource_id FROM audit_logs", {})
    assert row == {"action": "cancel_payment_intent", "outcome": "resource_missing", "resource_id": None}
