"""The idempotency store: each key of an endpoint is served once, and answered the same ever after."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Connection, text

from molam_sdk.durable import Claim, IdempotencyStore
from molam_sdk.errors import ConfigurationError, ConflictError, IdempotencyError, StorageError, ValidationError
from tests.durable.databases import Durable
from tests.durable.stores import StoreDriver, store_on

ROUTE = "/v1/connect/payment_intents"
ANSWER = {"id": "pi_1", "amount": 2**60 + 1, "note": "café"}


@pytest.fixture(params=["sync", "async"])
def half(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(half: str, database: Durable) -> StoreDriver:
    return store_on(database, half)


def make_older(database: Durable, seconds: int) -> None:
    moved = ", ".join(
        f"{name} = {name} - {seconds * 1_000_000}" for name in ("created_at", "leased_until", "expires_at")
    )
    database.execute(f"UPDATE server_idempotency SET {moved}")  # noqa: S608 - of this file's own words


def claimed(found: object) -> Claim:
    assert isinstance(found, Claim)
    return found


def note(database: Durable) -> None:
    """Make the table that stands for the merchant's own."""
    database.execute("DROP TABLE IF EXISTS placed_orders")
    database.execute("CREATE TABLE placed_orders (name VARCHAR(100))")


def place(connection: Connection) -> object:
    connection.execute(text("INSERT INTO placed_orders VALUES ('a')"))
    return ANSWER


def test_a_stored_response_is_found_by_key_and_route(store: StoreDriver) -> None:
    assert store.get_cached_response("order-12345", ROUTE) is None
    store.store_response("order-12345", ROUTE, ANSWER, "completed")
    cached = store.get_cached_response("order-12345", ROUTE)
    assert cached is not None
    assert (cached["response"], cached["status"], cached["route"]) == (ANSWER, "completed", ROUTE)
    assert abs(cached["created_at"] - datetime.now(UTC)) < timedelta(minutes=1)
    for key, route, scope in (
        ("ORDER-12345", ROUTE, ""),
        ("order-12345", "/other", ""),
        ("order-12345", ROUTE, "shop"),
    ):
        assert store.get_cached_response(key, route, scope=scope) is None


def test_the_first_completed_response_stays(store: StoreDriver) -> None:
    store.store_response("k", ROUTE, 1)
    store.store_response("k", ROUTE, 2)
    store.store_response("k", ROUTE, 3, "failed")
    cached = store.get_cached_response("k", ROUTE)
    assert cached is not None
    assert cached["response"] == 1


def test_a_failed_response_is_not_given_again(store: StoreDriver) -> None:
    store.store_response("k", ROUTE, {"error": "declined"}, "failed")
    assert store.get_cached_response("k", ROUTE) is None
    claimed(store.claim("k", ROUTE))


def test_the_response_to_another_request_is_refused(store: StoreDriver) -> None:
    store.store_response("k", ROUTE, ANSWER, body={"amount": 1, "currency": "XOF"})
    same = store.get_cached_response("k", ROUTE, body={"currency": "XOF", "amount": 1})
    assert same is not None
    for call in (store.get_cached_response, store.claim):
        with pytest.raises(IdempotencyError, match="422"):
            call("k", ROUTE, body={"amount": 2, "currency": "XOF"})
    with pytest.raises(IdempotencyError):
        store.store_response("k", ROUTE, ANSWER, body=b"other")


def test_one_worker_claims_a_key_and_the_others_hear_that_it_is_in_flight(store: StoreDriver) -> None:
    claim = claimed(store.claim("k", ROUTE, lease=30.0))
    with pytest.raises(ConflictError) as caught:
        store.claim("k", ROUTE)
    assert caught.value.code == "idempotency_in_flight"
    assert caught.value.retry_after == 2.0  # the lease says when a crashed worker's key is free, not how long it takes
    store.complete(claim, ANSWER)
    again = store.claim("k", ROUTE)
    assert not isinstance(again, Claim)
    assert again["response"] == ANSWER


def test_a_missing_body_is_not_compared(store: StoreDriver) -> None:
    store.run("without", ROUTE, lambda _: "first")
    assert store.run("without", ROUTE, lambda _: "second", body=b"1") == "first"
    store.run("with", ROUTE, lambda _: "first", body=bytearray(b"1"))
    assert store.run("with", ROUTE, lambda _: "second") == "first"
    for other in (b"", "1", b"2"):
        with pytest.raises(IdempotencyError):
            store.run("with", ROUTE, lambda _: "second", body=other)
    assert store.run("with", ROUTE, lambda _: "second", body=b"1") == "first"


def test_a_released_key_is_free_at_once(store: StoreDriver) -> None:
    store.release(claimed(store.claim("k", ROUTE)))
    assert claimed(store.claim("k", ROUTE)).fence == 1


def test_the_key_of_a_crashed_worker_is_free_when_its_lease_is_over(store: StoreDriver, database: Durable) -> None:
    crashed = claimed(store.claim("k", ROUTE, lease=30.0, body=b"1"))
    make_older(database, 31)
    with pytest.raises(IdempotencyError):
        store.claim("k", ROUTE, body=b"2")
    claim = claimed(store.claim("k", ROUTE, lease=30.0, body=b"1"))
    assert claim.fence == 2
    with pytest.raises(ConflictError, match="another worker"):
        store.complete(crashed, "late")
    store.release(crashed)
    store.complete(claim, "in time")
    cached = store.get_cached_response("k", ROUTE)
    assert cached is not None
    assert cached["response"] == "in time"


@pytest.mark.parametrize("options", [{}, {"encryption_keys": [Fernet.generate_key()]}], ids=["plain", "encrypted"])
def test_a_claim_is_completed_again_by_who_completed_it(half: str, database: Durable, options: dict[str, Any]) -> None:
    """After a commit whose answer was lost; another response does not replace the first, and the error says so."""
    store = store_on(database, half, **options)
    claim = claimed(store.claim("k", ROUTE, body=b"1"))
    for _ in range(3):
        store.complete(claim, ANSWER)
    with pytest.raises(ConflictError, match="completed before with another response") as caught:
        store.complete(claim, {"id": "pi_2"})
    assert (caught.value.idempotency_key, caught.value.code) == ("k", None)
    make_older(database, 90_000)
    store.complete(claim, ANSWER)
    later = claimed(store.claim("k", ROUTE))
    for response in (ANSWER, "late"):
        with pytest.raises(ConflictError, match="another worker"):
            store.complete(claim, response)
    store.complete(later, ANSWER)
    with pytest.raises(ConflictError, match="another worker"):
        store.complete(claim, ANSWER)


def test_a_claim_that_was_given_back_completes_nothing(store: StoreDriver) -> None:
    claim = claimed(store.claim("k", ROUTE))
    store.release(claim)
    with pytest.raises(ConflictError, match="nothing is stored"):
        store.complete(claim, ANSWER)
    assert store.get_cached_response("k", ROUTE) is None


def test_a_status_that_is_none_leaves_the_key_free(store: StoreDriver, database: Durable) -> None:
    wrong: Any = "201"
    with pytest.raises(ValidationError, match='"completed" or "failed"; an HTTP status'):
        store.store_response("k", ROUTE, ANSWER, wrong)
    assert database.rows("SELECT COUNT(*) FROM server_idempotency") == [(0,)]
    claimed(store.claim("k", ROUTE))


def test_an_expired_response_is_forgotten(store: StoreDriver, database: Durable) -> None:
    store.store_response("old", ROUTE, ANSWER)
    make_older(database, 86_401)
    store.store_response("young", ROUTE, ANSWER)
    assert store.get_cached_response("old", ROUTE) is None
    assert claimed(store.claim("old", ROUTE)).fence == 2
    assert store.cleanup() == 0
    make_older(database, 86_401)
    assert store.cleanup() == 1
    make_older(database, 86_401)
    assert store.cleanup() == 1


def test_a_request_is_served_once_in_one_transaction_with_its_answer(store: StoreDriver, database: Durable) -> None:
    note(database)
    assert [store.run("k", ROUTE, place, body=b"1") for _ in range(3)] == [ANSWER] * 3
    assert database.rows("SELECT COUNT(*) FROM placed_orders") == [(1,)]


def test_work_that_fails_leaves_nothing_and_frees_the_key(store: StoreDriver, database: Durable) -> None:
    note(database)

    def fail(connection: Connection) -> object:
        place(connection)
        raise LookupError("no such item")

    with pytest.raises(LookupError, match="no such item"):
        store.run("k", ROUTE, fail)
    with pytest.raises(ValidationError, match="JSON"):
        store.run("k", ROUTE, lambda connection: (place(connection), object())[1])
    assert database.rows("SELECT COUNT(*) FROM placed_orders") == [(0,)]
    assert store.run("k", ROUTE, place) == ANSWER


def say_commit(connection: Connection) -> None:
    connection.execute(text("COMMIT"))


@pytest.mark.parametrize(
    "end",
    [Connection.commit, Connection.rollback, Connection.close, say_commit],
)
def test_work_that_ends_the_transaction_is_refused_and_undone(
    store: StoreDriver, database: Durable, end: Callable[[Connection], object]
) -> None:
    note(database)

    def work(connection: Connection) -> object:
        place(connection)
        end(connection)
        return ANSWER

    with pytest.raises(ConfigurationError, match="committed or rolled back"):
        store.run("k", ROUTE, work)
    assert database.rows("SELECT COUNT(*) FROM placed_orders") == [(0,)]
    assert store.get_cached_response("k", ROUTE) is None
    assert store.run("k", ROUTE, place) == ANSWER


def test_many_workers_serve_a_key_once(store: StoreDriver, database: Durable) -> None:
    note(database)
    answers = store.together(8, "k", ROUTE, place)
    assert ANSWER in answers
    assert database.name != "sqlite" or answers == [ANSWER] * 8  # there is one writer: they wait
    assert [each for each in answers if each not in (ANSWER, "idempotency_in_flight")] == []
    assert database.rows("SELECT COUNT(*) FROM placed_orders") == [(1,)]


@pytest.mark.parametrize("database", ["postgresql", "mariadb"], indirect=True)
def test_work_that_outlasts_its_lease_is_not_overtaken(store: StoreDriver, database: Durable) -> None:
    """It holds its row, so that others hear that it is in flight, without waiting."""
    note(database)
    working, go_on = threading.Event(), threading.Event()

    def slow(connection: Connection) -> object:
        working.set()
        assert go_on.wait(10)
        return place(connection)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(store.run, "k", ROUTE, slow, lease=0.000001)
        assert working.wait(10)
        with pytest.raises(ConflictError, match="being served"):
            store.run("k", ROUTE, place)
        go_on.set()
        assert first.result(10) == ANSWER
    assert store.run("k", ROUTE, place) == ANSWER
    assert database.rows("SELECT COUNT(*) FROM placed_orders") == [(1,)]


def test_work_that_was_overtaken_before_it_began_does_nothing(store: StoreDriver, database: Durable) -> None:
    """Its worker slept between its claim and its transaction."""
    note(database)
    slept = claimed(store.claim("k", ROUTE, lease=0.000001))
    other = claimed(store.claim("k", ROUTE, lease=30.0))
    store.release(slept)
    store.complete(other, "other")
    assert store.run("k", ROUTE, place) == "other"


def test_responses_are_encrypted_if_keys_are_given(half: str, database: Durable) -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    store_on(database, half, encryption_keys=[old]).store_response("k", ROUTE, "+221770000001", body=b"1")
    ((kept,),) = database.rows("SELECT response FROM server_idempotency")
    assert isinstance(kept, bytes)
    assert b"22177" not in kept
    cached = store_on(database, half, encryption_keys=[new, old]).get_cached_response("k", ROUTE, body=b"1")
    assert cached is not None
    assert cached["response"] == "+221770000001"
    with pytest.raises(StorageError, match="none of encryption_keys"):
        store_on(database, half, encryption_keys=[new]).get_cached_response("k", ROUTE)
    with pytest.raises(StorageError, match="pass encryption_keys"):
        store_on(database, half).get_cached_response("k", ROUTE)
    database.execute("UPDATE server_idempotency SET route = '/moved'")
    with pytest.raises(StorageError, match="another row"):
        store_on(database, half, encryption_keys=[old]).get_cached_response("k", "/moved")


def test_what_cannot_be_looked_up_or_stored_is_refused(store: StoreDriver) -> None:
    for key in ("", "a b", "é", "k" * 256):
        with pytest.raises(ValidationError, match="idempotency_key"):
            store.claim(key, ROUTE)
    with pytest.raises(ValidationError, match="route"):
        store.claim("k", "/" * 256)
    for scope in ("é", "merchant "):
        with pytest.raises(ValidationError, match="scope"):
            store.claim("k", ROUTE, scope=scope)
    for lease in (0, -5, float("nan"), float("inf"), "60", True):
        with pytest.raises(ConfigurationError, match="lease"):
            store.claim("k", ROUTE, lease=lease)
    assert isinstance(store.claim("k", "POST /a route", lease=0.5), Claim)
    for response in (float("nan"), object(), {1: object()}):
        with pytest.raises(ValidationError, match="JSON"):
            store.store_response("k", ROUTE, response)


def test_less_than_a_day_is_refused(database: Durable) -> None:
    with pytest.raises(ConfigurationError, match="24 hours"):
        IdempotencyStore(database.engine(), keep_for=timedelta(hours=23))
