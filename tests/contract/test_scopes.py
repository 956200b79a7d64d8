"""Nobody does anything without the scope for it, without credentials, or with credentials that have ended."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from molam_gateway.embedded import Sandbox
from molam_gateway.http.permissions import ALL_SCOPES, OWN_SCOPES, SCOPES
from molam_gateway.http.spec import Operation
from tests.contract.tenants import OPERATIONS, Caller, Key, Operator

OPEN = frozenset({"get_health", "get_liveness", "get_readiness", "refresh_token", "revoke_token"})
"""What needs no key."""

CLOSED = [each for each in OPERATIONS if each.operation_id not in OPEN]
UNSCOPED = frozenset({"account", "sandbox", "gateway_tokens"})
"""Tags of what every key may do."""

SCOPED = [each for each in CLOSED if each.tag not in UNSCOPED]
NAMED = {"name": "stripe"}


@dataclass(frozen=True)
class World:
    """A gateway with an account, callers that lack one scope each, and callers whose credentials have ended."""

    owner: Caller
    nobody: Caller
    customer: Caller
    lacking: dict[str, Caller]
    ended: dict[str, Caller]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    database: Path = tmp_path_factory.mktemp("scopes") / "scopes.db"
    with Sandbox(database=database, validate_responses=True) as sandbox:
        operator = Operator(database)
        account = operator.account()
        expired = operator.key(account, lifetime=timedelta(0))
        revoked = operator.key(account)
        token = token_of(sandbox, revoked)
        operator.revoke(revoked)
        secrets = {"expired key": expired.secret, "revoked key": revoked.secret, "token of a revoked key": token}
        lacking = {each: Caller(sandbox, operator.key(account, ALL_SCOPES - {each}).secret) for each in ALL_SCOPES}
        ended = {name: Caller(sandbox, secret) for name, secret in secrets.items()}
        world = World(
            Caller(sandbox, operator.key(account).secret),
            Caller(sandbox, None),
            Caller(sandbox, token_of(sandbox, operator.key(account), customer_id="cus_1")),
            lacking,
            {**ended, "unknown key": Caller(sandbox, "sk_test_unknown"), "no token": Caller(sandbox, "a.b.c")},
        )
        yield world
        for caller in (world.owner, world.nobody, world.customer, *world.lacking.values(), *world.ended.values()):
            caller.client.close()


def token_of(sandbox: Sandbox, key: Key, **members: object) -> str:
    caller = Caller(sandbox, key.secret)
    token = str(caller.post("/api/v1/auth/token", members)["access_token"])
    caller.client.close()
    return token


def path_of(operation: Operation) -> str:
    return re.sub(r"{(\w+)}", lambda found: NAMED.get(found[1], "pi_0000000000000000000000"), operation.path)


def written(world: World) -> int:
    """How much there is in the audit trail."""
    return len(world.owner.get("/v1/audit_logs?limit=100")["data"])


@pytest.mark.parametrize("operation", SCOPED, ids=lambda each: each.operation_id)
def test_without_its_scope(operation: Operation, world: World) -> None:
    reads_and_writes = SCOPES[operation.tag]
    scope = OWN_SCOPES.get(operation.operation_id, reads_and_writes[operation.method != "GET"])
    before = written(world)
    answer = world.lacking[scope].call(operation, path_of(operation))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert scope in answer.json()["detail"]
    assert written(world) == before


@pytest.mark.parametrize("operation", CLOSED, ids=lambda each: each.operation_id)
def test_without_credentials_that_are_good(operation: Operation, world: World) -> None:
    before = written(world)
    for name, caller in {"nobody": world.nobody, **world.ended}.items():
        answer = caller.call(operation, path_of(operation))
        assert answer.status_code == 401, name
        assert answer.json()["error_type"] == "authentication_error"
    assert written(world) == before


@pytest.mark.parametrize("operation", CLOSED, ids=lambda each: each.operation_id)
def test_a_customers_token_does_nothing_but_listen(operation: Operation, world: World) -> None:
    before = written(world)
    answer = world.customer.call(operation, path_of(operation))
    if operation.operation_id == "create_realtime_ticket":
        assert answer.status_code != 403
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "account_forbidden")
    assert written(world) == before


@pytest.mark.parametrize("channel", ["events", "user/cus_2"])
def test_a_customers_token_gets_no_ticket_for_others(channel: str, world: World) -> None:
    (operation,) = [each for each in OPERATIONS if each.operation_id == "create_realtime_ticket"]
    assert world.customer.call(operation, operation.path, {"channel": channel}).status_code == 403
    assert world.customer.call(operation, operation.path, {"channel": "user/cus_1"}).is_success


def test_a_customers_token_may_read_at_most(world: World) -> None:
    made = world.owner.post("/api/v1/auth/token", {"customer_id": "cus_1"})
    assert made["scopes"] == ["payments:read"]
    (operation,) = [each for each in OPERATIONS if each.operation_id == "create_token"]
    body: dict[str, object] = {"customer_id": "cus_1", "scopes": ["payments:write"]}
    assert world.owner.call(operation, operation.path, body).json()["code"] == "scope_missing"


def test_every_tag_needs_a_scope_or_is_known_to_need_none() -> None:
    assert {each.tag for each in CLOSED} - UNSCOPED <= set(SCOPES)


@pytest.mark.parametrize("operation_id", sorted(OPEN))
def test_the_open_ones_are_declared_so(operation_id: str) -> None:
    (operation,) = [each for each in OPERATIONS if each.operation_id == operation_id]
    assert operation.takes_strangers
    assert not [each.operation_id for each in CLOSED if each.takes_strangers]
