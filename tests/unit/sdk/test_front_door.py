"""What an exception takes along when it leaves the SDK: every line of the way, and no value of it."""

from __future__ import annotations

import asyncio
import inspect
import io
import subprocess
import sys
import textwrap
import traceback
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import rich.console
import rich.traceback
import sentry_sdk

from molam_sdk import Config, MolamClient, errors, webhooks
from molam_sdk._front_door import async_front_door, front_door
from tests.unit.sdk.scripted import Answer, Driver, Script, answered, driving, refused

CANARY = "canary7c1e55"
OPTIONS: dict[str, Any] = {"api_key": f"sk_test_{CANARY}", "webhook_secret": f"whsec_{CANARY}"}
CUSTOMER = {"phone": "+221780012345", "email": f"{CANARY}@example.com", "name": CANARY}


def captured(error: BaseException) -> str:
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def painted(error: BaseException) -> str:
    console = rich.console.Console(file=io.StringIO(), width=200)
    console.print(rich.traceback.Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def tracked(error: BaseException) -> str:
    sent: list[Any] = []

    def keep(event: Any, _: Any) -> None:
        sent.append(event)

    with sentry_sdk.new_scope() as scope:
        client = sentry_sdk.Client(
            dsn="http://key@127.0.0.1:1/1",
            before_send=keep,
            include_local_variables=True,
            max_request_body_size="always",
            default_integrations=False,
            send_client_reports=False,
        )
        scope.set_client(client)
        scope.capture_exception(error)
        client.close()
    (event,) = sent
    return repr(event)


@pytest.fixture(params=[captured, painted, tracked], ids=["traceback", "rich", "sentry"])
def tracker(request: pytest.FixtureRequest) -> Callable[[BaseException], str]:
    shown: Callable[[BaseException], str] = request.param
    return shown


def raised(work: Callable[[], object]) -> BaseException:
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - whatever leaves the SDK
        return error
    raise AssertionError("nothing was raised")


def buy(driver: Driver, **changes: Any) -> BaseException:
    """The values are made here, so that no frame but those of the SDK has them."""
    given = {"amount": 1, "currency": "USD", "customer": CUSTOMER, "metadata": {"note": CANARY}, "description": CANARY}
    return raised(lambda: driver.call("payment_intents.create", **(given | changes)))


ANSWERS: dict[str, Answer] = {
    "refused": refused(400, "parameter_invalid"),
    "declined": refused(402, "card_declined"),
    "failed": refused(500),
    "torn": httpx.ReadError("torn"),
    "unreadable": httpx.Response(201, content=b"<html>"),
    "interrupted": lambda _: interrupted(),
}


def interrupted() -> httpx.Response:
    raise KeyboardInterrupt


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_trackers_see_nothing_of_a_call(kind: str, answer: Answer, tracker: Callable[[BaseException], str]) -> None:
    with driving(kind, Script(answer), max_retries=1, **OPTIONS) as driver:
        error = buy(driver)
    error.__traceback__ = below(error)
    assert CANARY not in tracker(error)


def below(error: BaseException) -> Any:
    """The traceback without the frames of the tests, which have the values by right."""
    trace = error.__traceback__
    while trace is not None and Path(trace.tb_frame.f_code.co_filename).name != "_front_door.py":
        trace = trace.tb_next
    assert trace is not None
    return trace


def test_trackers_see_nothing_of_a_refused_argument(kind: str, tracker: Callable[[BaseException], str]) -> None:
    with driving(kind, Script(answered()), **OPTIONS) as driver:
        for changes in ({"amount": 1.5}, {"idempotency_key": CANARY + "\n"}, {"metadata": {"note": {CANARY}}}):
            error = buy(driver, **changes)
            assert isinstance(error, errors.ValidationError)
            error.__traceback__ = below(error)
            assert CANARY not in tracker(error)


WRONG: dict[str, Callable[[], object]] = {
    "key": lambda: Config(api_key=f"sk_test_{CANARY} "),
    "client": lambda: MolamClient(api_key=f"sk_test_{CANARY}", timeout=-1),
    "config": lambda: Config(api_key=f"sk_test_{CANARY}", region="no region"),
    "options": lambda: MolamClient(api_key=f"sk_test_{CANARY}").with_options(headers={"X": f"{CANARY}\n"}),
    "event": lambda: webhooks.construct_event("t=1,v1=00", CANARY, f"whsec_{CANARY}"),
    "signature": lambda: webhooks.verify_signature(CANARY, CANARY, f"whsec_{CANARY}"),
    "standard": lambda: webhooks.verify_standard_signature({}, CANARY, f"whsec_{CANARY}"),
    "signing": lambda: webhooks.generate_signature(CANARY, f"whsec_{CANARY}", timestamp=-1),
    "of a client": lambda: MolamClient(**OPTIONS).construct_event("t=1,v1=00", CANARY),
    "list": lambda: MolamClient(**OPTIONS).payment_intents.list(
        customer_id=CANARY, starting_after="a", ending_before="b"
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_trackers_see_nothing_of_what_is_not_even_sent(
    wrong: Callable[[], object], tracker: Callable[[BaseException], str]
) -> None:
    error = raised(wrong)
    assert isinstance(error, errors.MolamError)
    error.__traceback__ = below(error)
    assert CANARY not in tracker(error)


def test_every_line_of_the_way_stays(kind: str) -> None:
    with driving(kind, Script(refused(402, "card_declined")), **OPTIONS) as driver:
        error = buy(driver)
    files = [Path(frame.filename).name for frame in traceback.extract_tb(error.__traceback__)]
    assert files[0] == "test_front_door.py"
    assert {"payment_intents.py", "exchange.py"} <= set(files)
    assert files[-1] == "exchange.py"
    assert all(frame.line for frame in traceback.extract_tb(error.__traceback__))


def test_the_variables_of_the_caller_stay() -> None:
    order = "order-1"

    def sell() -> None:
        customer = "the shop's own"
        with MolamClient(transport=Script(refused(402)), **OPTIONS) as client:
            client.payment_intents.create(amount=1, currency="USD", description=customer + order)

    shown = captured(raised(sell))
    assert "the shop's own" in shown
    assert "the shop's ownorder-1" not in shown


class Hook:
    def __call__(self, _: object) -> None:
        note = "the hook's own"
        assert note
        raise KeyboardInterrupt


def test_the_variables_of_hooks_and_transports_stay(kind: str) -> None:
    def transport(_: httpx.Request) -> httpx.Response:
        note = "the transport's own"
        assert note
        raise KeyboardInterrupt

    hooks = {"event_hooks": {"request": Hook()}}
    for script, options, kept in (
        (Script(answered()), hooks, "the hook's own"),
        (Script(transport), {}, "the transport's own"),
    ):
        with driving(kind, script, **OPTIONS, **options) as driver:
            assert kept in captured(buy(driver))


def test_what_the_caller_was_handling_is_not_touched() -> None:
    def handle() -> None:
        def fail() -> None:
            local = "what went wrong before"
            raise LookupError(len(local))

        try:
            fail()
        except LookupError:
            Config(api_key=f"sk_test_{CANARY}", region="no region")

    error = raised(handle)
    assert isinstance(error.__context__, LookupError)
    assert "what went wrong before" in captured(error.__context__)


def test_hidden_foreign_exceptions_are_let_go(kind: str) -> None:
    with driving(kind, Script(httpx.ReadError("torn")), max_retries=0, **OPTIONS) as driver:
        error = buy(driver)
    assert (error.__context__, error.__cause__, error.__suppress_context__) == (None, None, True)


@front_door
def _opened(secret: str, inner: Callable[[str], object]) -> object:
    kept = secret
    return inner(kept)


def test_a_running_generator_goes_on() -> None:
    def numbers() -> Generator[int]:
        number = 0
        while True:
            with suppress(ValueError):
                yield number
            number += 1

    going = numbers()
    next(going)

    def inner(_: str) -> object:
        assert going.throw(ValueError("seen by the generator")) == 1
        raise KeyError

    raised(lambda: _opened(CANARY, inner))
    assert next(going) == 2


def test_a_suspended_coroutine_that_saw_the_same_exception_goes_on() -> None:
    """Two calls wait for one answer: the frame of the one is in the traceback of the other's exception."""
    program = """
async def waiting(answer, secret, log):
    try:
        await answer
    except OSError:
        await pause()
        log.append(secret)

async def failing(answer, secret):
    await answer
"""
    namespace: dict[str, Any] = {"__name__": "molam_sdk.imagined"}

    async def both() -> list[str]:
        pause = asyncio.Event()
        namespace["pause"] = pause.wait
        exec(textwrap.dedent(program), namespace)  # noqa: S102 - frames that count as the SDK's
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        log: list[str] = []
        first = asyncio.create_task(namespace["waiting"](answer, CANARY, log))
        await asyncio.sleep(0)
        answer.set_exception(OSError("torn"))
        await asyncio.sleep(0)
        with pytest.raises(OSError, match="torn") as caught:
            await async_front_door(namespace["failing"])(answer, CANARY)
        assert "failing" in captured(caught.value)
        pause.set()
        await first
        return log

    assert asyncio.run(both()) == [CANARY]


def test_a_door_changes_neither_signature_nor_words() -> None:
    def method(self: object, first: int, /, *, second: str = "x") -> bool:
        """Say what it does."""
        raise AssertionError

    async def awaited(first: int) -> bool:
        raise AssertionError

    assert inspect.signature(front_door(method)) == inspect.signature(method)
    assert front_door(method).__doc__ == "Say what it does."
    assert inspect.iscoroutinefunction(async_front_door(awaited))
    assert "api_key" in inspect.signature(Config).parameters


@pytest.mark.parametrize("kind", ["sync"])
def test_a_runner_with_locals_shows_nothing(kind: str, tmp_path: Path) -> None:
    test = tmp_path / "test_shop.py"
    test.write_text(
        textwrap.dedent(
            """
            import httpx
            from molam_sdk import MolamClient

            def refused(request):
                return httpx.Response(402, headers={"Molam-Attempt-Id": request.headers["Molam-Attempt-Id"]})

            def test_sale():
                transport = httpx.MockTransport(refused)
                with MolamClient(api_key="sk_test_" + "".join(["cana", "ry7c1e55"]), transport=transport) as client:
                    client.payment_intents.create(
                        amount=1, currency="USD", description="".join(["cana", "ry7c1e55"])
                    )
            """
        )
    )
    command = [sys.executable, "-m", "pytest", "-l", "--full-trace", "-p", "no:cacheprovider", str(test)]
    done = subprocess.run(
        command, env={"PYTHONPATH": ":".join(filter(None, sys.path))}, capture_output=True, text=True, cwd=tmp_path
    )
    assert "DeclinedError" in done.stdout
    assert "exchange.py" in done.stdout
    assert CANARY not in done.stdout
