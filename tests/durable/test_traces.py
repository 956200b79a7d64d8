"""What an exception takes along when it leaves the durable package: no bodies, secrets or keys, and all of handlers."""

import asyncio
import inspect
import pprint
import threading
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Connection, create_engine

from molam_sdk import durable, errors
from molam_sdk._front_door import front_door
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
from tests.canary.marks import PHONE
from tests.durable.databases import Durable
from tests.durable.inbox.driver import signed, webhook
from tests.durable.journals import entry

pytestmark = pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")

SECRET = "whsec_canary5e1d0a"
BODY = webhook()
GOOD = Fernet.generate_key().decode()
SEEN = ("canary5e1d0a", GOOD, PHONE)
DOOR = inspect.getfile(front_door)


@pytest.fixture
def sqlite(durable: Callable[[str], Durable]) -> Iterator[Durable]:
    database = durable("sqlite")
    yield database
    database.clean()


def shown(error: BaseException) -> str:
    """What a tracker shows from the first door on, with the variables of every frame and of what led to it."""
    return "".join(traceback.TracebackException.from_exception(_below(error), capture_locals=True).format())


def _below(error: BaseException) -> BaseException:
    trace: TracebackType | None = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != DOOR:
        trace = trace.tb_next
    assert trace is not None, "it came through no door"
    return error.with_traceback(trace)


def raised(work: Callable[[], object]) -> BaseException:
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - whatever leaves the SDK
        return error
    raise AssertionError("nothing was raised")


WRONG: dict[str, Callable[[Any, Any], object]] = {
    "inbox": lambda plain, _: Inbox(plain, SECRET, lease=-1),
    "async inbox": lambda _, own: AsyncInbox(own, SECRET, lease=-1),
    "tenants": lambda plain, _: Inbox(plain, SECRET, tenants={"a": SECRET}),
    "inbox keys": lambda plain, _: Inbox(plain, encryption_keys=[GOOD, "bad"]),
    "journal keys": lambda plain, _: Journal(plain, encryption_keys=[GOOD, "bad"]),
    "async journal keys": lambda _, own: AsyncJournal(own, encryption_keys=[GOOD, "bad"]),
    "store keys": lambda plain, _: IdempotencyStore(plain, encryption_keys=[GOOD, "bad"]),
    "async store keys": lambda _, own: AsyncIdempotencyStore(own, encryption_keys=[GOOD, "bad"]),
    "subscription keys": lambda plain, _: WebhookSubscriptions(plain, encryption_keys=[GOOD, "bad"]),
    "secret without keys": lambda plain, _: WebhookSubscriptions(plain).create("shop", secret=SECRET),
    "async secret without keys": lambda _, own: asyncio.run(
        AsyncWebhookSubscriptions(own).create("shop", secret=SECRET)
    ),
    "signature": lambda plain, _: Inbox(plain, SECRET).receive("t=1,v1=00", BODY),
    "response": lambda plain, _: IdempotencyStore(plain).store_response("k", "r", {SECRET: {SECRET}}),
    "engine": lambda *_: Journal("postgresql://molam:canary5e1d0a@db/shop", encryption_keys=[GOOD]),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_refusal_shows_nothing(sqlite: Durable, wrong: Callable[[Any, Any], object]) -> None:
    error = raised(lambda: wrong(sqlite.engine(), sqlite.async_engine()))
    assert isinstance(error, errors.MolamError)
    text = shown(error) + repr(error) + repr(vars(error))
    assert [each for each in SEEN if each in text] == []


CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "receive": lambda plain, _: Inbox(plain, SECRET).receive(signed(BODY, SECRET), BODY),
    "async receive": lambda _, own: AsyncInbox(own, SECRET).receive(signed(BODY, SECRET), BODY),
    "begin": lambda plain, _: Journal(plain).begin(entry(content=BODY)),
    "async begin": lambda _, own: AsyncJournal(own).begin(entry(content=BODY)),
    "store": lambda plain, _: IdempotencyStore(plain).store_response("k", "r", {"secret": SECRET}),
    "async store": lambda _, own: AsyncIdempotencyStore(own).store_response("k", "r", {"secret": SECRET}),
    "run": lambda plain, _: IdempotencyStore(plain).run("k", "r", lambda _: {"secret": SECRET}),
    "create": lambda plain, _: WebhookSubscriptions(plain, encryption_keys=[GOOD]).create("shop", secret=SECRET),
}


@pytest.mark.parametrize("raising", [KeyboardInterrupt, TypeError, asyncio.CancelledError])
@pytest.mark.parametrize("name", CALLS)
def test_what_comes_out_of_a_driver_shows_nothing(database: Durable, name: str, raising: type[BaseException]) -> None:
    plain, own = database.engine(), database.async_engine()
    for engine in (plain, own.sync_engine):
        _interrupt(engine, raising)

    def call() -> object:
        made = CALLS[name](plain, own)
        return asyncio.run(_awaited(made)) if inspect.isawaitable(made) else made

    error = raised(call)
    assert type(error) is raising
    text = shown(error)
    assert "do_execute" in text or "interrupted" in text
    assert [each for each in SEEN if each in text] == []


async def _awaited(made: Any) -> object:
    return await made


def _interrupt(engine: Any, raising: type[BaseException]) -> None:
    """Let every INSERT and every UPDATE with values end like that, in the driver."""
    execute = engine.dialect.do_execute

    def interrupted(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        if statement.startswith(("INSERT", "UPDATE")):
            del parameters  # the test has them by right
            raise raising
        execute(cursor, statement, parameters, context)

    engine.dialect.do_execute = interrupted


def test_a_cancelled_delivery_shows_nothing(sqlite: Durable) -> None:
    inbox = AsyncInbox(sqlite.async_engine(), SECRET)

    async def cancelled(turns: int) -> BaseException | None:
        going = asyncio.ensure_future(inbox.receive(signed(BODY, SECRET), BODY))
        for _ in range(turns):
            await asyncio.sleep(0)
        going.cancel()
        try:
            await going
        except asyncio.CancelledError as error:
            return error
        return None

    async def each() -> list[BaseException]:
        found = [error for turns in range(1, 30) if (error := await cancelled(turns)) is not None]
        for thread in threading.enumerate():
            if "connection_worker" in thread.name:
                await asyncio.to_thread(thread.join)
        return found

    inside = [error for error in asyncio.run(each()) if DOOR in _files(error)]
    assert inside
    for error in inside:
        text = shown(error)
        assert [each for each in SEEN if each in text] == []


def _files(error: BaseException) -> list[str]:
    return [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]


def test_the_variables_of_handlers_stay(sqlite: Durable) -> None:
    inbox = Inbox(sqlite.engine(), SECRET)

    @inbox.on("*")
    def paid(event: object, connection: Connection) -> None:
        note = "the handler's own"
        assert note
        raise KeyboardInterrupt

    def serve(connection: Connection) -> object:
        note = "the route's own"
        assert note
        raise LookupError

    inbox.receive(signed(BODY, SECRET), BODY)
    text = shown(raised(inbox.process))
    assert "the handler's own" in text
    assert SECRET not in text
    assert text.count(PHONE) == 1  # in the handler's event
    kept = shown(raised(lambda: IdempotencyStore(sqlite.engine()).run("k", "r", serve, body={"secret": SECRET})))
    assert "the route's own" in kept
    assert SECRET not in kept


def test_what_a_tracker_gets_from_on_error_has_the_handler_only(sqlite: Durable) -> None:
    seen: list[BaseException] = []
    inbox = Inbox(sqlite.engine(), SECRET, on_error=lambda _, error: seen.append(error))

    @inbox.on("*")
    def paid(event: Any, connection: Connection) -> None:
        note = "the handler's own"
        del event
        raise LookupError(len(note))

    inbox.receive(signed(BODY, SECRET), BODY)
    assert inbox.process().failed == 1
    (error,) = seen
    text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "the handler's own" in text
    assert SECRET not in text
    assert PHONE not in text


def test_an_engine_with_a_password_is_not_shown() -> None:
    engine = create_engine("postgresql+psycopg://molam:canary5e1d0a@127.0.0.1:1/shop")
    calls: list[Callable[[], object]] = [
        Journal(engine).cleanup,
        IdempotencyStore(engine).cleanup,
        WebhookSubscriptions(engine).list,
        Inbox(engine, SECRET).cleanup,
        lambda: durable.create_tables(engine),
    ]
    for call in calls:
        error = raised(call)
        assert isinstance(error, errors.StorageError)
        text = shown(error) + str(error) + repr(vars(error))
        assert [each for each in SEEN if each in text] == []


def test_objects_show_none_of_their_secrets(sqlite: Durable) -> None:
    engine = sqlite.engine()
    made: list[object] = [
        Journal(engine, encryption_keys=[GOOD]),
        IdempotencyStore(engine, encryption_keys=[GOOD]),
        WebhookSubscriptions(engine, encryption_keys=[GOOD]),
        Inbox(engine, SECRET, encryption_keys=[GOOD]),
        Inbox(engine, tenants={"shop": SECRET}),
    ]
    for each in _reached(made, 4):
        text = repr(each) + pprint.pformat(vars(each) if hasattr(each, "__dict__") else each)
        assert [word for word in SEEN if word in text] == [], type(each)


def _reached(objects: list[object], depth: int) -> list[object]:
    """The objects of the SDK, and those that they refer to."""
    found = [each for each in objects if type(each).__module__.startswith("molam_sdk")]
    inner = [value for each in found if hasattr(each, "__dict__") for value in vars(each).values()]
    return found + (_reached(inner, depth - 1) if depth else [])
