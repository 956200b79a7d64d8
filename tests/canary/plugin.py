"""The pytest plugin: marks the values of every call, watches every sink, reports what it found.

    python -m pytest -p tests.canary.plugin tests/unit/sdk tests/durable tests/faults tests/contract

A leak fails the run, and with `MOLAM_CANARY_REPORT` the counts and leaks are written there as JSON. Tests that fail
because of the marks do not count; what they wrote down does.
"""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest

import molam_sdk
import molam_sdk._front_door as door
from molam_sdk import Config, MolamError
from molam_sdk._calls.async_caller import AsyncCaller
from molam_sdk._calls.caller import Caller
from molam_sdk._calls.observe import Observer
from molam_sdk._calls.pagination import AsyncPage, AsyncPages, Page, Pages
from molam_sdk._calls.session import Session
from molam_sdk.resources.aio.payment_intents import AsyncPaymentIntents
from molam_sdk.resources.payment_intents import PaymentIntents
from tests.canary import durable, plants
from tests.canary.marks import CUSTOMER, DESCRIPTION, NOTE, Marks
from tests.canary.sinks import of_error, of_object, of_traceback

OUR_HEADERS = (b"accept", b"host", b"molam-client-telemetry", b"molam-version", b"user-agent")


class Canary:
    """What was seen since the last search, and what the searches found."""

    def __init__(self) -> None:
        self.marks = Marks()
        self.texts: list[tuple[str, str]] = []
        self.errors: list[BaseException] = []
        self.objects: WeakSet[Any] = WeakSet()
        self.searched: Counter[str] = Counter()
        self.leaks: dict[str, str] = {}
        self.test = ""
        self.quiet = False

    def write(self, sink: str, text: str) -> None:
        """Take what went into a sink; it is searched at once, or with the marks that the test brings."""
        if not self.quiet:
            self.texts.append((sink, text))

    def search(self) -> None:
        """Search all that was seen."""
        self.quiet = True
        try:
            for sink, text in self.texts:
                self._look(sink, text)
            for error in self.errors:
                for sink, text in of_error(error):
                    self._look(f"{type(error).__name__}: {sink}", text, "error")
            for each in list(self.objects):
                with suppress(AttributeError):  # one whose constructor refused
                    for sink, text in of_object(each):
                        self._look(f"{type(each).__name__}: {sink}", text, "object")
        finally:
            self.texts.clear()
            self.errors.clear()
            self.objects.clear()
            self.quiet = False

    def _look(self, sink: str, text: str, kind: str | None = None) -> None:
        self.searched[kind or sink.partition(" ")[0]] += 1
        for name in self.marks.found_in(text):
            self.leaks.setdefault(f"{name} in {sink}", f"{self.test}: {self.marks.masked(text)[:600]}")


canary = Canary()


def watch(owner: Any, name: str, seen: Callable[..., None]) -> None:
    """Have a function called with the arguments and the result of a method."""
    real = getattr(owner, name)

    @wraps(real)
    def watched(*args: Any, **kwargs: Any) -> Any:
        try:
            result = real(*args, **kwargs)
        except BaseException:
            del args, kwargs  # for the tests that look at tracebacks themselves
            raise
        if not canary.quiet:
            seen(result, *args)
        return result

    setattr(owner, name, watched)


def keep(_: object, each: Any, *__: object) -> None:
    with suppress(TypeError):
        canary.objects.add(each)


def made(_: object, error: MolamError, *__: object) -> None:
    canary.errors.append(error)


def told(_: object, __: object, name: str, event: object, *___: object) -> None:
    canary.write(f"event {name}", repr(event))


def warned(_: object, message: object, *__: object) -> None:
    canary.write("warning", f"{message!r} {message}")


def configured(_: object, config: Config, *__: object) -> None:
    canary.marks.add_secrets(config)
    if isinstance(config.api_key, str) and len(config.api_key) > 20:
        plants.SEEN[:] = [str(config.api_key)]


def logged(_: object, __: logging.Logger, record: logging.LogRecord) -> None:
    if record.name.startswith(("tests", "faker", "hypothesis")) or durable.is_the_tests_own(record.name):
        return
    about = f"log {record.name}"
    with suppress(TypeError, ValueError):
        canary.write(about, record.getMessage())
    canary.write(about, repr({name: value for name, value in vars(record).items() if name != "exc_info"}))
    if record.exc_info and record.exc_info[1] is not None:
        for sink, text in of_traceback(record.exc_info[1]):
            canary.write(f"{about} {sink}", text)


def sent(request: Any, *_: object) -> None:
    shown = [(name, value) for name, value in request.headers if name.lower().startswith(OUR_HEADERS)]
    canary.write("headers", repr(shown))


def marked(real: Any) -> Any:
    @wraps(real)
    def create(*args: Any, **kwargs: Any) -> Any:
        given = {"customer": dict(CUSTOMER), "description": DESCRIPTION, "metadata": {"note": NOTE}}
        return real(*args, **given | kwargs)

    return create


def pytest_configure(config: pytest.Config) -> None:
    """Put the watchers in place, and leaks on purpose if some are asked for."""
    for plant in filter(None, os.environ.get("MOLAM_CANARY_PLANT", "").split(",")):
        plants.PLANTS[plant]()
    leave = door.leave

    def leaving(error: BaseException, before: BaseException | None, arguments: Any) -> None:
        canary.errors.append(error)
        leave(error, before, arguments)

    door.leave = leaving
    watch(MolamError, "__init__", made)
    watch(Config, "__attrs_post_init__", configured)
    for each in (Caller, AsyncCaller, Session, Config, Page, Pages, AsyncPage, AsyncPages, *durable.OBJECTS):
        watch(each, "__init__", keep)
    # SQLAlchemy's echo would print what a test does itself as well; its records are searched where they are made.
    logging.getLogger("sqlalchemy.engine.Engine").addHandler(logging.NullHandler())
    durable.mark(canary.marks)
    durable.watch_rows(canary.write)
    watch(Session, "request", sent)
    watch(Observer, "_tell", told)
    watch(warnings, "warn", warned)
    watch(logging.Logger, "handle", logged)
    for resource in (PaymentIntents, AsyncPaymentIntents):
        resource.create = marked(resource.create)  # type: ignore[method-assign]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Open every logger before a test and search everything after it."""
    canary.test = item.nodeid
    logging.getLogger().setLevel(1)
    for logger in [each for each in logging.Logger.manager.loggerDict.values() if isinstance(each, logging.Logger)]:
        logger.setLevel(logging.NOTSET)
    try:
        return (yield)
    finally:
        canary.search()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take what a test printed."""
    canary.write("output", report.capstdout + report.capstderr)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let the run fail for a leak and for nothing else."""
    canary.search()
    session.exitstatus = 1 if canary.leaks else 0
    report = os.environ.get("MOLAM_CANARY_REPORT")
    if report:
        counted = {"searched": canary.searched, "leaks": canary.leaks, "failed": session.testsfailed}
        Path(report).write_text(json.dumps(counted, indent=1), encoding="utf-8")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show the leaks, the values masked."""
    shown = ", ".join(f"{count} {kind}" for kind, count in sorted(canary.searched.items()))
    terminalreporter.section(f"canary {molam_sdk.__version__}: {len(canary.leaks)} leaks in {shown}")
    for leak, where in sorted(canary.leaks.items()):
        terminalreporter.line(f"{leak}\n    {where}")
