"""What an operator does: deciding cases through the guarded path, and encrypting everything under a new key."""

import contextlib
import json
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from molam_gateway.cli import main
from molam_gateway.domain.outcomes import Succeeded
from molam_gateway.domain.problems import ProblemError
from molam_gateway.embedded import Sandbox
from molam_gateway.operations.case_resolution import resolve_case
from molam_gateway.operations.payment_intents import (
    cancel_payment_intent,
    create_payment_intent,
    retrieve_payment_intent,
)
from molam_gateway.operations.reconciliation import review
from molam_gateway.storage.sealed_columns import SEALED, reseal
from molam_gateway.vault import Vault, VaultError
from tests.gateway_databases import SqliteFile

from .bench import Bench
from .hearing import Calling, use
from .test_providers import PAYMENT, Scripted

pytestmark = pytest.mark.anyio


async def parked(bench: Bench, provider: Scripted) -> tuple[str, str]:
    """An intent whose attempt nobody can answer for, and its case."""
    provider.capabilities = replace(provider.capabilities, queries=frozenset())
    provider.sends = [RuntimeError("lost")]
    bench.use(provider)
    intent = (await bench.call(create_payment_intent, PAYMENT)).json
    await bench.advance(3600)
    async with bench.store.reading() as reader:
        (case,) = await reader.fetch_all("SELECT id FROM operator_cases", {})
    return str(intent["id"]), str(case["id"])


async def status(bench: Bench, id: str) -> str:
    return str((await bench.call(retrieve_payment_intent, payment_intent_id=id)).json["status"])


@pytest.mark.parametrize(("resolution", "ends"), [("succeeded", "succeeded"), ("failed", "requires_payment_method")])
async def test_a_parked_attempt_is_settled_once_by_an_operator(bench: Bench, resolution: str, ends: str) -> None:
    intent, case = await parked(bench, Scripted())
    assert await status(bench, intent) == "processing"
    closed = await resolve_case(bench.services, case, resolution, "QGR7X", "amina")
    assert (closed.status, closed.resolution, closed.resolved_by) == ("resolved", resolution, "amina")
    assert await status(bench, intent) == ends
    with pytest.raises(ProblemError, match="invalid_state"):
        await resolve_case(bench.services, case, "succeeded", "QGR7X", "amina")
    assert await status(bench, intent) == ends
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all("SELECT actor_id FROM audit_logs WHERE action = 'operator_case.resolved'", {})
    assert [row["actor_id"] for row in rows] == ["amina"]


async def late(bench: Bench, reason: str | None = None) -> tuple[str, str]:
    """An intent that was canceled, whose money came all the same, and the case about that."""
    provider = Scripted()
    intent, case = await parked(bench, provider)
    await resolve_case(bench.services, case, "failed", "their support says so", "amina")
    if reason is not None:
        await bench.call(cancel_payment_intent, {"cancellation_reason": reason}, payment_intent_id=intent)
    provider.queries = [Succeeded("late")]
    await review(bench.services, provider.sent[0].reference)
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all("SELECT id FROM operator_cases WHERE status = 'open'", {})
    return intent, str(rows[0]["id"]) if rows else ""


async def test_money_that_arrives_after_an_operator_said_no_pays_the_intent(bench: Bench) -> None:
    assert await status(bench, (await late(bench))[0]) == "succeeded"
    assert await bench.sums() == {"provider_clearing": 100, "merchant_payable": -100}


@pytest.mark.parametrize(
    ("resolution", "sums"),
    [("booked", {"provider_clearing": 100, "merchant_payable": -100}), ("returned", dict[str, int]())],
)
async def test_an_operator_empties_suspense(bench: Bench, resolution: str, sums: dict[str, int]) -> None:
    intent, case = await late(bench, "abandoned")
    assert await bench.sums() == {"provider_clearing": 100, "suspense": -100}
    for unsuitable in ("succeeded", "attached"):
        with pytest.raises(ProblemError, match="invalid_state"):
            await resolve_case(bench.services, case, unsuitable, "QGR7X", "amina")
    for _ in range(2):
        with contextlib.suppress(ProblemError):
            await resolve_case(bench.services, case, resolution, "QGR7X", "amina")
    assert await bench.sums() == sums
    assert await status(bench, intent) == "canceled"


async def test_a_refused_resolution_leaves_the_attempt_to_others(bench: Bench) -> None:
    intent, case = await parked(bench, Scripted())
    with pytest.raises(ProblemError, match="invalid_state"):
        await resolve_case(bench.services, case, "booked", "QGR7X", "amina")
    closed = await resolve_case(bench.services, case, "succeeded", "QGR7X", "amina")
    assert closed.status == "resolved"
    assert await status(bench, intent) == "succeeded"


async def transaction(bench: Bench) -> str:
    async with bench.store.reading() as reader:
        (row,) = await reader.fetch_all("SELECT transaction_id, provider_reference FROM attempts", {})
    return "reference" if row["transaction_id"] == row["provider_reference"] else str(row["transaction_id"])


@pytest.mark.parametrize(("receipt", "kept"), [("QGR7X", "QGR7X"), (None, "reference")])
async def test_only_a_receipt_becomes_the_providers_number(bench: Bench, receipt: str | None, kept: str) -> None:
    _, case = await parked(bench, Scripted())
    closed = await resolve_case(bench.services, case, "succeeded", "their support says so", "amina", receipt=receipt)
    assert closed.evidence == "their support says so"
    assert await transaction(bench) == kept


@pytest.mark.parametrize(
    ("resolution", "receipt"),
    [("succeeded", "receipt QGR7X"), ("succeeded", ""), ("succeeded", "4242424242424242"), ("failed", "QGR7X")],
)
async def test_what_is_no_receipt_decides_nothing(bench: Bench, resolution: str, receipt: str) -> None:
    intent, case = await parked(bench, Scripted())
    with pytest.raises(ProblemError, match="parameter_invalid"):
        await resolve_case(bench.services, case, resolution, "seen", "amina", receipt=receipt)
    assert await status(bench, intent) == "processing"


async def test_a_case_whose_attempt_has_settled_otherwise_is_not_decided(bench: Bench) -> None:
    intent, case = await parked(bench, Scripted())
    async with bench.store.transaction() as tx:
        await tx.execute("UPDATE attempts SET state = 'succeeded'", {})
    with pytest.raises(ProblemError, match="which is succeeded by now"):
        await resolve_case(bench.services, case, "failed", "seen", "amina")
    async with bench.store.reading() as reader:
        (row,) = await reader.fetch_all("SELECT status FROM operator_cases", {})
    assert (row["status"], await status(bench, intent)) == ("open", "processing")


async def test_an_unknown_case_is_missing(bench: Bench) -> None:
    with pytest.raises(ProblemError, match="resource_missing"):
        await resolve_case(bench.services, "oc_nobody", "failed", "none", "amina")


async def test_everything_is_readable_under_the_new_key_alone(bench: Bench) -> None:
    provider = Calling()
    use(bench, provider)
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    bench.services = replace(bench.services, vault=Vault([old]))
    body: dict[str, object] = {"amount": 500, "currency": "KES", "confirm": True, "payment_method": "pm_calling"}
    customer = {"phone": "+254712345678"}
    intent = (await bench.call(create_payment_intent, {**body, "customer": customer})).json
    rotation = Vault([new, old])
    done = {each.table: await reseal(bench.store, each, rotation.reseal) for each in SEALED}
    assert (done["attempts"], done["provider_configurations"], done["payment_intents"]) == (1, 1, 1)
    bench.services = replace(bench.services, vault=Vault([new]))
    use(bench, provider)
    await bench.advance(60)
    assert await status(bench, str(intent["id"])) == "succeeded"
    with pytest.raises(VaultError):
        await reseal(bench.store, SEALED[0], Vault([old]).reseal)


async def test_every_column_exists(sqlite_bench: Bench) -> None:
    async with sqlite_bench.store.transaction() as tx:
        for each in SEALED:
            await tx.fetch_all(each.keys_sql, {})
            await tx.fetch_one(each.select_sql, dict.fromkeys(each.keys))
            await tx.execute(each.update_sql, {**dict.fromkeys(each.keys), "old": None, "new": None})


def test_the_commands_work_on_a_sandboxs_file(
    template: SqliteFile, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path_factory.mktemp("commands") / "gateway.db"
    with Sandbox(database=path):
        url = f"sqlite:///{path}"
        assert main(["cases", "list", "--database", url]) == 0
        assert capsys.readouterr().out == ""
        assert main(["rotate-credentials", "--database", url]) == 0
        assert json.loads(capsys.readouterr().out)["accounts.webhook_secret"] == 1
        resolving = ["cases", "resolve", "oc_nobody", "failed", "--evidence", "x", "--operator", "amina"]
        assert main([*resolving, "--database", url]) == 2
        assert "resource_missing" in capsys.readouterr().err
        assert main(["cases", "list", "--database", "sqlite:///nowhere.db"]) == 2
