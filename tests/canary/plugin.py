"""The pytest plugin: marks the values of every call, watches every sink, reports what it found.

    python -m pytest -p tests.canary.plugin tests/unit/sdk tests/durable tests/faults tests/contract

A leak fails the run, and so does a test that fails or an exclusion of a test that is not there. With `--numprocesses`
each process searches what its tests do, and the figures are added up. `MOLAM_CANARY_REPORT` names a file for them, as
JSON.
"""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

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
from tests.canary import durable, files, observed, plants
from tests.canary.exclusions import AT_ONCE, DESELECTED, UNMARKED, reason, unknown
from tests.canary.marks import CUSTOMER, DESCRIPTION, NOTE
from tests.canary.search import Search
from tests.canary.sinks import of_traceback

OUR_HEADERS = (b"accept", b"host", b"molam-client-telemetry", b"molam-version", b"user-agent")

canary = Search()

ENDS: list[Callable[[], None]] = []
"""What writes the figures of all tests down at the end."""


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
    canary.error(error)


def told(_: object, __: object, name: str, event: object, *___: object) -> None:
    canary.write(f"event {name}", repr(event))


def configured(_: object, config: Config, *__: object) -> None:
    canary.marks.add_secrets(config)
    if isinstance(config.api_key, str) and len(config.api_key) > 20:
        plants.SEEN[:] = [str(config.api_key)]


def logged(record: logging.LogRecord) -> None:
    if record.name.startswith(("tests", "faker", "hypothesis")) or durable.is_the_tests_own(record.name):
        return
    about = f"log {record.name}"
    with suppress(TypeError, ValueError):
        canary.write(about, record.getMessage())
    canary.write(about, repr({name: value for name, value in vars(record).items() if name != "exc_info"}))
    if record.exc_info and record.exc_info[1] is not None:
        for sink, text in of_traceback(record.exc_info[1]):
            canary.write(f"{about} {sink}", text)


def watch_logs() -> None:
    """Have a record made at every level; handlers get those that they would get without the plugin."""
    is_enabled, handle = logging.Logger.isEnabledFor, logging.Logger.handle

    def always(self: logging.Logger, level: int) -> bool:
        return not canary.quiet or is_enabled(self, level)

    def handling(self: logging.Logger, record: logging.LogRecord) -> None:
        if not canary.quiet:
            logged(record)
        if is_enabled(self, record.levelno):
            handle(self, record)

    logging.Logger.isEnabledFor = always  # type: ignore[method-assign]
    logging.Logger.handle = handling  # type: ignore[method-assign]


def watch_warnings() -> None:
    """Have every warning searched; it points to where it would point without the plugin."""
    real = warnings.warn

    def warn(message: Any, category: Any = None, stacklevel: int = 1, *rest: Any, **more: Any) -> None:
        canary.write("warning", f"{message!r} {message}")
        real(message, category, stacklevel + 1, *rest, **more)

    warnings.warn = warn


def sent(request: Any, *_: object) -> None:
    shown = [(name, value) for name, value in request.headers if name.lower().startswith(OUR_HEADERS)]
    canary.write("headers", repr(shown))


def marked(real: Any) -> Any:
    @wraps(real)
    def create(*args: Any, **kwargs: Any) -> Any:
        given = {"customer": dict(CUSTOMER), "description": DESCRIPTION, "metadata": {"note": NOTE}}
        if canary.marking:
            kwargs = given | kwargs
        try:
            return real(*args, **kwargs)
        finally:  # for the tests that look at tracebacks themselves
            del args, kwargs, given

    return create


def pytest_configure(config: pytest.Config) -> None:
    """Put the watchers in place, and leaks on purpose if some are asked for."""
    for plant in filter(None, os.environ.get("MOLAM_CANARY_PLANT", "").split(",")):
        plants.PLANTS[plant]()
    leave = door.leave

    def leaving(error: BaseException, before: BaseException | None, arguments: Any) -> None:
        leave(error, before, arguments)
        canary.error(error)

    door.leave = leaving
    watch(MolamError, "__init__", made)
    watch(Config, "__attrs_post_init__", configured)
    for each in (Caller, AsyncCaller, Session, Config, Page, Pages, AsyncPage, AsyncPages, *durable.OBJECTS):
        watch(each, "__init__", keep)
    # SQLAlchemy's echo would print what a test does itself as well; its records are searched where they are made.
    logging.getLogger("sqlalchemy.engine.Engine").addHandler(logging.NullHandler())
    durable.mark(canary.marks)
    durable.watch_rows(canary.write)
    files.watch(canary.files)
    ENDS.append(observed.follow(canary.write))
    watch(Session, "request", sent)
    watch(Observer, "_tell", told)
    watch_warnings()
    watch_logs()
    for resource in (PaymentIntents, AsyncPaymentIntents):
        resource.create = marked(resource.create)  # type: ignore[method-assign]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot be run in this way, and look that what is excluded is there."""
    for test in unknown([item.nodeid for item in items], config.args, config.rootpath):
        canary.totals.faults.add(f"exclusions.py names {test}, which is not there")
    left_out = [item for item in items if reason(item.nodeid, DESELECTED)]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Search everything after a test."""
    canary.test = item.nodeid
    canary.marking = reason(item.nodeid, UNMARKED) is None
    canary.at_once = reason(item.nodeid, AT_ONCE) is not None
    try:
        return (yield)
    finally:
        canary.run()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take what a test printed, in the process that ran it."""
    if not hasattr(report, "node"):
        canary.write("output", report.capstdout + report.capstderr)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add what a process of `--numprocesses` found."""
    found = getattr(node, "workeroutput", {}).get("canary")
    if found is None:
        canary.totals.faults.add("a process ended without saying what it found")
    else:
        canary.totals.add(found)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let the run fail for a leak too."""
    for end in ENDS:
        end()
    canary.run()
    totals = canary.totals
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["canary"] = totals.plain()
        return
    if totals.leaks or totals.faults:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    report = os.environ.get("MOLAM_CANARY_REPORT")
    if report:
        counted = totals.plain() | {"failed": session.testsfailed}
        Path(report).write_text(json.dumps(counted, indent=1), encoding="utf-8")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show the totals, what was left out, and the leaks with the values masked."""
    terminalreporter.section(f"canary {molam_sdk.__version__}")
    terminalreporter.line(str(canary.totals))
    listed = {"with its own customer data": UNMARKED, "searched at once": AT_ONCE, "not run": DESELECTED}
    for what, tests in listed.items():
        for test, why in tests.items():
            terminalreporter.line(f"{what}: {test}: {why}")
    for fault in sorted(canary.totals.faults):
        terminalreporter.line(f"FAULT: {fault}")
    for leak, where in sorted(canary.totals.leaks.items()):
        terminalreporter.line(f"LEAK: {leak}\n    {where}")
