"""What an operator decides from the terminal, on both databases: cases of real money, merchants to be taken on."""

import asyncio

import pytest

from molam_gateway.cli import main
from molam_gateway.commands.opening import opened
from molam_gateway.commands.services import services_of
from molam_gateway.domain.call import Account, Call
from molam_gateway.domain.operator_cases import CaseKind, Suspended
from molam_gateway.operations.cases import open_case
from molam_gateway.operations.merchant_onboardings import create_merchant_onboarding, submit_merchant_onboarding
from molam_gateway.operations.recorder import recorder
from molam_gateway.storage import merchant_onboardings

from .conftest import Run

MERCHANT: dict[str, object] = {
    "business_name": "Duka",
    "business_type": "company",
    "country": "KE",
    "email": "a@b.example",
}


async def submitted(url: str, account: str) -> str:
    """An onboarding with real money that is under review."""
    async with opened(url) as database, services_of(database, livemode=True) as services:
        owner = Account(account, livemode=True)
        call = Call("create", owner, "req_1", body=dict(MERCHANT), idempotency_key="k1", fingerprint=b"1")
        await create_merchant_onboarding(services, call)
        async with services.store.reading() as reader:
            (made,) = await merchant_onboardings.newest(reader, None, 2)
        path = {"merchant_onboarding_id": made.id}
        call = Call("submit", owner, "req_2", path=path, idempotency_key="k2", fingerprint=b"2")
        await submit_merchant_onboarding(services, call)
        return made.id


async def suspended(url: str, account: str) -> None:
    """Real money that nobody awaited, and its case."""
    async with (
        opened(url) as database,
        services_of(database, livemode=True) as services,
        services.store.transaction() as tx,
    ):
        await open_case(
            recorder(services, tx, None),
            CaseKind.UNMATCHED_MONEY,
            "pm_1",
            account_id=account,
            livemode=True,
            provider="mpesa",
            payment_intent=None,
            detail="came",
            money=Suspended(500, "KES", "received_unmatched", "R1"),
        )


async def entries(url: str, action: str) -> list[tuple[str, str]]:
    """Who did this to what, as the audit trail has it."""
    async with opened(url) as database, database.store.reading() as reader:
        sql = "SELECT actor_id, resource_id FROM audit_logs WHERE action = :action"
        return [(row["actor_id"], row["resource_id"]) for row in await reader.fetch_all(sql, {"action": action})]


@pytest.mark.parametrize(("verb", "status"), [("approve", "approved"), ("reject", "rejected")])
def test_a_merchant_waits_for_a_decision(
    run: Run, database_url: str, verb: str, status: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account = run("accounts", "create")[0]["id"]
    id = asyncio.run(submitted(database_url, account))
    (waiting,) = run("onboardings", "list")
    assert (waiting["id"], waiting["account"], waiting["status"]) == (id, account, "under_review")
    decided = run("onboardings", verb, id, "--operator", "amina")
    assert [(each["id"], each["status"]) for each in decided] == [(id, status)]
    assert run("onboardings", "list") == []
    assert [each["status"] for each in run("onboardings", "list", "--all")] == [status]
    assert main(["onboardings", verb, id, "--operator", "amina"]) == 2
    assert "only what is under review" in capsys.readouterr().err
    assert asyncio.run(entries(database_url, f"merchant_onboarding.{status}")) == [("amina", id)]


def test_a_case_of_real_money_is_decided(run: Run, database_url: str) -> None:
    account = run("accounts", "create")[0]["id"]
    asyncio.run(suspended(database_url, account))
    (case,) = run("cases", "list")
    assert case["livemode"] is True
    (closed,) = run("cases", "resolve", case["id"], "booked", "--evidence", "statement 7", "--operator", "amina")
    assert (closed["status"], closed["resolution"], closed["resolved_by"]) == ("resolved", "booked", "amina")
    assert asyncio.run(entries(database_url, "operator_case.resolved")) == [("amina", case["id"])]


def test_a_command_has_the_providers_of_the_mode(run: Run, database_url: str) -> None:
    run("accounts", "create")

    async def found(livemode: bool) -> tuple[bool, bool, bool]:
        async with opened(database_url) as database, services_of(database, livemode=livemode) as services:
            providers = services.providers
            return providers.default is None, bool(providers.simulated), services.settings.livemode

    assert asyncio.run(found(True)) == (True, False, True)
    assert asyncio.run(found(False)) == (False, True, False)
