# ruff: noqa: S608 - statements of somebody who tampers
"""An audit trail to tamper with, as somebody who owns its tables could."""

from molam_gateway.operations import payment_intents
from molam_gateway.operations.audit_logs import verify_audit_log
from molam_gateway.operations.auditing import ring
from molam_gateway.sealing import Sealer

from .bench import Bench


async def entries(bench: Bench, count: int = 6) -> None:
    """Make some entries, one for each payment intent, and seal them."""
    for number in range(count):
        await bench.call(payment_intents.create_payment_intent, {"amount": 1000 + number, "currency": "XOF"})
    await seal(bench)


async def seal(bench: Bench) -> int:
    """Do what the background does on a database of several processes."""
    return await Sealer(bench.store, ring(bench.services)).seal_waiting()


async def attack(bench: Bench, *statements: str) -> None:
    """Run statements with the triggers out of the way."""
    async with bench.store.transaction() as tx:
        if bench.store.shared:
            await tx.execute("SET LOCAL session_replication_role = replica", {})
        else:
            for table in ("audit_logs", "audit_seals"):
                for name in ("no_update", "no_delete", "no_replacement"):
                    await tx.execute(f"DROP TRIGGER IF EXISTS {table}_{name}", {})
        for statement in statements:
            assert await tx.execute(statement, {}) > 0, statement


async def broken(bench: Bench) -> tuple[str, int | None] | None:
    """Where the account's chain breaks first."""
    answer = (await bench.call(verify_audit_log)).json
    found = answer["first_break"]
    assert answer["verified"] == (found is None)
    return found and (found["reason"], found["sequence"])


def nth(sequence: int) -> str:
    """A condition that holds for the entry with this number."""
    return f"id = (SELECT audit_log_id FROM audit_seals WHERE sequence = {sequence} AND account_id = 'acct_1')"
