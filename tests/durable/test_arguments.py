"""Arguments of a wrong type are refused by name, before anything is done: ids are numbers in many databases."""

import asyncio
import inspect
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet

from molam_sdk.durable import (
    AsyncIdempotencyStore,
    AsyncInbox,
    AsyncJournal,
    AsyncWebhookSubscriptions,
    IdempotencyStore,
    Inbox,
    Journal,
    WebhookSubscriptions,
)
from molam_sdk.errors import ConfigurationError, ValidationError
from tests.durable.databases import Durable
from tests.durable.inbox.driver import SECRET, signed, webhook

KEYS = [Fernet.generate_key()]
BODY = webhook()


@pytest.fixture
def sqlite(durable: Callable[[str], Durable]) -> Iterator[Durable]:
    database = durable("sqlite")
    yield database
    database.clean()


def made(database: Durable, half: str) -> dict[str, Any]:
    """A store, the subscriptions, an inbox with tenants and a journal."""
    if half == "sync":
        engine = database.engine()
        return {
            "store": IdempotencyStore(engine),
            "subscriptions": WebhookSubscriptions(engine, encryption_keys=KEYS),
            "inbox": Inbox(engine, tenants={"a": SECRET}),
            "journal": Journal(engine),
        }
    own = database.async_engine()
    return {
        "store": AsyncIdempotencyStore(own),
        "subscriptions": AsyncWebhookSubscriptions(own, encryption_keys=KEYS),
        "inbox": AsyncInbox(own, tenants={"a": SECRET}),
        "journal": AsyncJournal(own),
    }


def work(_: object) -> int:
    return 1


async def awaited(_: object) -> int:
    return 1


WORK = object()
"""Stands for a function of the right kind."""

NO_KEYS: list[object] = [1, [], None, "", "é", "a\0", "k" * 256]
NO_OWNERS: list[object] = [0, 1, "", "é"]

CALLS: list[tuple[str, str, tuple[object, ...], dict[str, object]]] = [
    ("idempotency_key", "store.run", (17, "r", WORK), {}),
    ("route", "store.run", ("k", 17, WORK), {}),
    ("scope", "store.run", ("k", "r", WORK), {"scope": 17}),
    ("work", "store.run", ("k", "r", 5), {}),
    ("idempotency_key", "store.claim", (17, "r"), {}),
    ("idempotency_key", "store.get_cached_response", (17, "r"), {}),
    ("scope", "store.get_cached_response", ("k", "r"), {"scope": None}),
    ("tenant", "subscriptions.create", (17,), {"secret": "whsec_a"}),
    ("secret", "subscriptions.create", ("a",), {"secret": b"whsec_a"}),
    ("secret", "subscriptions.create", ("a",), {"secret": "   "}),
    ("secret_env", "subscriptions.create", ("a",), {"secret_env": "MOLAM_TEST_UNSET"}),
    ("secret_env", "subscriptions.create", ("a",), {"secret_env": 17}),
    ("endpoint_id", "subscriptions.create", ("a",), {"secret": "whsec_a", "endpoint_id": 17}),
    ("subscription_id", "subscriptions.disable", (17,), {}),
    ("tenant", "subscriptions.list", (17,), {}),
    ("tenant", "subscriptions.secrets", (17,), {}),
    ("tenant", "inbox.receive", (signed(BODY), BODY), {"tenant": 17}),
    ("event_id", "inbox.redrive", (17,), {}),
    ("type", "inbox.redrive", (), {"type": 17}),
    ("tenant", "inbox.redrive", ("evt_1",), {"tenant": 17}),
    ("tenant", "inbox.dead_letters", (), {"tenant": 17}),
    ("limit", "inbox.dead_letters", (), {"limit": 0}),
    ("limit", "inbox.process", (), {"limit": 0}),
    ("limit", "inbox.process", (), {"limit": 0.5}),
    ("stop", "inbox.run", (5,), {}),
    ("poll", "inbox.run", (), {"poll": "1"}),
    ("status", "store.store_response", ("k", "r", {}, "201"), {}),
    ("status", "store.store_response", ("k", "r", {}), {"status": 201}),
    ("status", "store.store_response", ("k", "r", {}), {"status": "in_flight"}),
    ("claim", "store.complete", (None, {}), {}),
    ("claim", "store.complete", ({"idempotency_key": "k"}, {}), {}),
    ("claim", "store.release", ("x",), {}),
    *(("limit", "journal.unfinished", (limit,), {}) for limit in (0, "1", 1.5, True, -1, 10**30, -(10**5000))),
    ("limit", "inbox.dead_letters", (), {"limit": 2**63}),
    ("after", "journal.unfinished", (), {"after": 1}),
    ("state", "journal.unfinished", (), {"state": []}),
    *(("idempotency_key", "journal.close", (key, "succeeded"), {}) for key in NO_KEYS),
    *(("account", "journal.close", ("k", "succeeded", account), {}) for account in (1, "é", "a\0", "a ")),
    *(("owner", "journal.close", ("k", "succeeded"), {"owner": owner}) for owner in NO_OWNERS),
    ("livemode", "journal.close", ("k", "succeeded"), {"livemode": "live"}),
    ("livemode", "journal.close", ("k", "succeeded"), {"livemode": 1}),
    ("ending", "journal.close", ("k", []), {}),
]


@pytest.mark.parametrize("half", ["sync", "async"])
@pytest.mark.parametrize(("param", "name", "given", "options"), CALLS)
def test_the_argument_is_named(
    sqlite: Durable, half: str, param: str, name: str, given: tuple[object, ...], options: dict[str, object]
) -> None:
    subject, _, method = name.partition(".")
    call: Any = getattr(made(sqlite, half)[subject], method)
    right = work if half == "sync" else awaited

    async def finished(begun: Any) -> object:
        return await begun

    def called() -> object:
        begun = call(*(right if each is WORK else each for each in given), **options)
        return asyncio.run(finished(begun)) if inspect.isawaitable(begun) else begun

    with pytest.raises(ValidationError) as caught:
        called()
    assert caught.value.param == param
    assert param in str(caught.value) or "environment variable" in str(caught.value)
    assert caught.value.outcome == "not_sent"


class Made(threading.Event):
    """An event of one's own is one too."""


def test_a_worker_waits_for_events_of_its_own_kind(sqlite: Durable) -> None:
    """The other kind would hold up the event loop, or fail with the first pause only."""
    inbox, own = Inbox(sqlite.engine(), SECRET), AsyncInbox(sqlite.async_engine(), SECRET)
    wrong: Any = asyncio.Event()
    with pytest.raises(ValidationError, match=r"a threading\.Event, not asyncio\.locks\.Event") as caught:
        inbox.run(wrong)
    assert caught.value.param == "stop"
    wrong = Made()
    with pytest.raises(ValidationError, match=r"an asyncio\.Event, not .*Made") as caught:
        asyncio.run(own.run(wrong))
    assert caught.value.param == "stop"
    over, ended = Made(), asyncio.Event()
    over.set()
    ended.set()
    inbox.run(over)
    asyncio.run(own.run(ended))


NO_LISTS: dict[str, object] = {
    "number": 1,
    "text": KEYS[0].decode(),
    "bytes": KEYS[0],
    "set": {KEYS[0]},
    "nothing": [],
    "short": ["short"],
    "none": [KEYS[0], None],
    "numbers": [1],
}


@pytest.mark.parametrize("keys", NO_LISTS.values(), ids=NO_LISTS)
def test_keys_are_a_list_of_those_that_fernet_makes(sqlite: Durable, keys: Any) -> None:
    engine, own = sqlite.engine(), sqlite.async_engine()
    for make in (Journal, IdempotencyStore, WebhookSubscriptions, Inbox):
        with pytest.raises(ConfigurationError, match="encryption_keys must be a list"):
            make(engine, encryption_keys=keys)
    for make_async in (AsyncJournal, AsyncIdempotencyStore, AsyncWebhookSubscriptions, AsyncInbox):
        with pytest.raises(ConfigurationError, match="encryption_keys must be a list"):
            make_async(own, encryption_keys=keys)
    IdempotencyStore(engine, encryption_keys=tuple(KEYS))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"secret": 5}, "secret must be a string"),
        ({"secret": b"whsec_a"}, "secret must be a string"),
        ({"secret": ["whsec_a", 5]}, "secret must be a string"),
        ({"tenants": {"a": 5}}, "secret must be a string"),
        ({"tenants": 5}, "tenants must map"),
        ({"secret": SECRET, "attempts": "x"}, "attempts"),
        ({"secret": SECRET, "attempts": 1.5}, "attempts"),
        ({"secret": SECRET, "backoff": "x"}, "backoff"),
        ({"secret": SECRET, "tolerance": "x"}, "tolerance"),
        ({"secret": SECRET, "on_error": 5}, "on_error"),
        ({"secret": SECRET, "keep_bodies": "x"}, "keep_bodies"),
    ],
)
def test_an_inbox_is_not_made_with_what_cannot_work(sqlite: Durable, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Inbox(sqlite.engine(), **options)
    with pytest.raises(ConfigurationError, match=message):
        AsyncInbox(sqlite.async_engine(), **options)


def test_a_store_runs_functions_of_its_own_kind(sqlite: Durable) -> None:
    ran: list[str] = []

    def plain(_: object) -> None:
        ran.append("plain")

    async def asynchronous(_: object) -> None:
        ran.append("asynchronous")

    def lambda_of(function: Any) -> Any:
        made: Callable[[object], object] = lambda connection: function(connection)  # noqa: E731 - its name is the point
        return made

    store, own = IdempotencyStore(sqlite.engine()), AsyncIdempotencyStore(sqlite.async_engine())
    for wrong in (asynchronous, lambda_of(asynchronous)):
        with pytest.raises(ValidationError, match="IdempotencyStore needs `def`"):
            store.run("k", "r", wrong)
    unfit: Any = plain
    with pytest.raises(ValidationError, match="AsyncIdempotencyStore needs `async def`"):
        asyncio.run(own.run("k", "r", unfit))
    assert ran == []
    with pytest.raises(ValidationError, match="AsyncIdempotencyStore needs `async def`"):
        asyncio.run(own.run("k", "r", lambda_of(plain)))
    assert sqlite.rows("SELECT COUNT(*) FROM server_idempotency") == [(0,)]
    assert asyncio.run(own.run("k", "r", lambda_of(awaited))) == 1
