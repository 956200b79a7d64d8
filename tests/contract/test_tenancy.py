"""What belongs to one account does not exist for another: every operation with an id in its path, and every list."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from molam_gateway.embedded import Sandbox
from molam_gateway.http.spec import Operation
from tests.contract.tenants import BODIES, OPERATIONS, Caller, Operator

PAYMENT: dict[str, object] = {"amount": 2500, "currency": "USD", "confirm": True, "payment_method": "pm_cpay_ok"}
SHARED = frozenset({"name"})
"""Parameters that name no object of an account: a provider's name."""

WITH_IDS = [each for each in OPERATIONS if set(re.findall(r"{(\w+)}", each.path)) - SHARED]
LISTS = [
    each
    for each in OPERATIONS
    if each.method == "GET" and "{" not in each.path and each.operation_id.startswith("list_")
]


@dataclass(frozen=True)
class World:
    """Two accounts: all that the first one has, by the parameter that names it, and who asks."""

    ids: dict[str, str]
    owner: Caller
    stranger: Caller

    def of_the_owner(self) -> str:
        """Everything that the owner can see, but for what tells of its own looking."""
        return json.dumps([self.owner.get(each.path)["data"] for each in LISTS], sort_keys=True)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    database = tmp_path_factory.mktemp("tenants") / "tenants.db"
    with Sandbox(database=database, validate_responses=True) as sandbox:
        operator = Operator(database)
        owner = Caller(sandbox, sandbox.api_key)
        stranger = Caller(sandbox, operator.key(operator.account()).secret)
        yield World(possessions(owner), owner, stranger)
        owner.client.close()
        stranger.client.close()


def possessions(owner: Caller) -> dict[str, str]:
    """An object of every kind."""
    endpoint = owner.post("/v1/webhook_endpoints", {"url": "http://127.0.0.1:9/", "enabled_events": ["*"]})
    intent = owner.post("/v1/connect/payment_intents", PAYMENT)
    refund = owner.post(f"/v1/connect/charges/{intent['id']}/refund", {"amount": 100})
    payout = owner.post("/v1/treasury/payouts", BODIES["create_payout"])
    onboarding = owner.post("/v1/connect/merchant_onboardings", BODIES["create_merchant_onboarding"])
    owner.post("/v1/sandbox/clock/advance", {"seconds": 100_000})
    return {
        "payment_intent_id": intent["id"],
        "transaction_id": intent["id"],
        "charge_id": intent["latest_charge"],
        "refund_id": refund["id"],
        "payout_id": payout["id"],
        "merchant_onboarding_id": onboarding["id"],
        "webhook_endpoint_id": endpoint["id"],
        "webhook_delivery_id": owner.get("/v1/webhook_deliveries")["data"][0]["id"],
        "event_id": owner.get("/v1/events")["data"][0]["id"],
    }


def absent(id: str) -> str:
    """An id of the same kind that nobody has."""
    prefix, _, rest = id.partition("_")
    return f"{prefix}_{rest[:-6]}{'zzzzzz' if rest[-6:] != 'zzzzzz' else 'yyyyyy'}"


def told(problem: dict[str, Any], id: str) -> str:
    """A problem without what names this request and this object."""
    return json.dumps(problem).replace(problem["request_id"], "REQUEST").replace(id, "ID")


@pytest.mark.parametrize("operation", WITH_IDS, ids=lambda each: each.operation_id)
def test_anothers_object_is_like_none(operation: Operation, world: World) -> None:
    (name,) = set(re.findall(r"{(\w+)}", operation.path)) - SHARED
    id = world.ids[name]
    before = world.of_the_owner()
    answers: list[str] = []
    for named in (id, absent(id)):
        answer = world.stranger.call(operation, operation.path.replace(f"{{{name}}}", named))
        assert answer.status_code == 404, answer.text
        assert answer.json()["code"] == "resource_missing"
        answers.append(told(answer.json(), named))
    assert answers[0] == answers[1]
    assert world.of_the_owner() == before


def test_a_refund_by_the_payments_id_too(world: World) -> None:
    (operation,) = [each for each in OPERATIONS if each.operation_id == "create_refund"]
    path = f"/v1/connect/charges/{world.ids['payment_intent_id']}/refund"
    assert world.stranger.call(operation, path).status_code == 404


@pytest.mark.parametrize("operation", LISTS, ids=lambda each: each.operation_id)
def test_lists_show_ones_own_only(operation: Operation, world: World) -> None:
    theirs = json.dumps(world.stranger.get(operation.path))
    assert not [id for id in world.ids.values() if id in theirs]


@pytest.mark.parametrize(
    "query",
    [
        "/v1/connect/charges?payment_intent={payment_intent_id}",
        "/v1/connect/refunds?charge={charge_id}",
        "/v1/events?object_id={payment_intent_id}",
        "/v1/webhook_deliveries?endpoint_id={webhook_endpoint_id}",
        "/v1/sandbox/ledger?payment_intent={payment_intent_id}",
    ],
)
def test_filters_find_nothing_of_anothers(query: str, world: World) -> None:
    path = query.format(**world.ids)
    assert world.owner.get(path)["data"]
    answer = world.stranger.client.get(path)
    assert answer.status_code == 404 or answer.json()["data"] == []


@pytest.mark.parametrize("cursor", ["starting_after", "ending_before"])
def test_anothers_id_is_no_cursor(cursor: str, world: World) -> None:
    for path, name in (("/v1/connect/payment_intents", "payment_intent_id"), ("/v1/events", "event_id")):
        answers = [
            world.stranger.client.get(path, params={cursor: id}) for id in (world.ids[name], absent(world.ids[name]))
        ]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].json().get("data", []) == []


def test_one_idempotency_key_in_two_accounts_is_two_keys(world: World) -> None:
    first, second = (
        each.post("/v1/connect/payment_intents", PAYMENT, key="same") for each in (world.owner, world.stranger)
    )
    assert first["id"] != second["id"]
    assert world.owner.post("/v1/connect/payment_intents", PAYMENT, key="same")["id"] == first["id"]


def test_balances_are_apart(world: World) -> None:
    before = world.stranger.get("/v1/treasury/balance")
    world.owner.post("/v1/connect/payment_intents", PAYMENT)
    assert world.stranger.get("/v1/treasury/balance") == before


def test_configurations_are_apart(world: World) -> None:
    """Configuring a provider changes nothing of another account's."""
    path = "/api/v1/providers/stripe/config"
    before = world.owner.client.get(path)
    assert world.stranger.post(path, {"enabled": False})["enabled"] is False
    after = world.owner.client.get(path)
    assert after.status_code == before.status_code
    assert without_request(before.json()) == without_request(after.json())
    assert world.owner.post(path, {"enabled": True})["id"] not in world.stranger.client.get(path).text


def without_request(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in {"request_id", "instance"}}


def test_a_token_speaks_for_its_own_account(world: World) -> None:
    token = world.stranger.post("/api/v1/auth/token", {})["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    path = f"/v1/connect/payment_intents/{world.ids['payment_intent_id']}"
    assert world.stranger.client.get(path, headers=headers).status_code == 404


def test_nobody_acts_for_another(world: World) -> None:
    owner_id = world.owner.get("/v1/account")["id"]
    answer = world.stranger.client.get("/v1/account", headers={"Molam-Account": owner_id})
    assert (answer.status_code, answer.json()["code"]) == (403, "account_forbidden")
