"""Leaks on purpose, each in another place, which the search must find; and an exclusion of a test that is not there."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select, update

import molam_sdk._front_door as door
from molam_sdk import Config, MolamClient, MolamError, RequestEvent, _problem, errors
from molam_sdk._calls.observe import Observer
from molam_sdk._calls.operation import Prepared
from molam_sdk._calls.session import Session
from molam_sdk.contrib.otel import _meters, _spans
from molam_sdk.durable import Journal
from molam_sdk.durable._journal.bodies import Bodies
from molam_sdk.durable._journal.tables import calls
from molam_sdk.durable._metadata import Quiet
from molam_sdk.durable._sealing import Seal
from molam_sdk.journal import Begun, Entry
from tests.canary import exclusions


def _in_the_log() -> None:
    real = Observer.sending

    def sending(self: Observer, prepared: Prepared[Any], *rest: Any) -> Any:
        logging.getLogger("molam_sdk").debug("sending", extra={"molam_body": prepared.content})
        return real(self, prepared, *rest)

    Observer.sending = sending  # type: ignore[assignment, method-assign]
    Observer.is_listening = property(lambda _: True)  # type: ignore[assignment, method-assign]


def _in_the_locals() -> None:
    def leave(error: BaseException, before: BaseException | None, arguments: Mapping[str, Any]) -> None: ...

    door.leave = leave


def _in_a_repr() -> None:
    def shown(self: Config) -> str:
        return f"Config({self.api_key!s})"

    Config.__repr__ = shown  # type: ignore[assignment, method-assign]


def _in_a_client() -> None:
    MolamClient.__repr__ = lambda self: f"MolamClient({self.config.api_key!s})"  # type: ignore[method-assign]


def _in_a_message() -> None:
    real = MolamError.__init__

    def init(self: MolamError, message: str, **rest: Any) -> None:
        real(self, f"{message} {SEEN[-1] if SEEN else ''}", **rest)

    MolamError.__init__ = init  # type: ignore[method-assign]


def _in_a_pickle() -> None:
    def portable(attributes: Any) -> dict[str, Any]:
        return dict(attributes) | {"seen": SEEN[-1:]}

    _problem.portable = errors.portable = portable  # type: ignore[attr-defined]


def _in_the_telemetry() -> None:
    Observer.report = lambda self: SEEN[-1].encode() if SEEN else None  # type: ignore[method-assign]


def _in_an_event() -> None:
    real = Observer.sending

    def sending(self: Observer, prepared: Prepared[Any], *rest: Any) -> Any:
        asked = prepared.operation
        prepared.operation = asked._replace(path=str(prepared.content))
        try:
            return real(self, prepared, *rest)
        finally:
            prepared.operation = asked

    Observer.sending = sending  # type: ignore[assignment, method-assign]
    Observer.is_listening = property(lambda _: True)  # type: ignore[assignment, method-assign]


def _in_a_warning() -> None:
    real = Session.request

    def request(self: Session, prepared: Prepared[Any], *rest: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.warn(f"sending {prepared.content!r}", UserWarning, stacklevel=2)
        return real(self, prepared, *rest)

    Session.request = request  # type: ignore[assignment, method-assign]


def _on_standard_output() -> None:
    real = Session.request

    def request(self: Session, prepared: Prepared[Any], *rest: Any) -> Any:
        print(prepared.content)  # noqa: T201 - the leak
        return real(self, prepared, *rest)

    Session.request = request  # type: ignore[assignment, method-assign]


def _in_sealed_rows() -> None:
    def close(self: Seal, plain: bytes, context: object) -> bytes:
        return plain

    Seal.close = close  # type: ignore[method-assign]


def _in_redacted_rows() -> None:
    real = Bodies.row

    def row(self: Bodies, entry: Entry) -> dict[str, Any]:
        made = real(self, entry)
        return made if made["content_form"] == "encrypted" else made | {"content": entry.content}

    Bodies.row = row  # type: ignore[method-assign]


def _in_overwritten_rows() -> None:
    real = Journal.begin

    def begin(self: Journal, entry: Entry) -> Begun:
        begun = real(self, entry)
        own = calls.c.idempotency_key == entry.idempotency_key
        with self._database.engine.connect() as connection:  # pyright: ignore[reportPrivateUsage]
            for content in (entry.content, connection.execute(select(calls.c.content).where(own)).scalars().first()):
                connection.execute(update(calls).where(own).values(content=content))
                connection.commit()
        return begun

    Journal.begin = begin  # type: ignore[method-assign]


def _in_echoed_rows() -> None:
    Quiet.__repr__ = bytes.__repr__  # type: ignore[method-assign]


def _in_a_seal() -> None:
    def shown(self: Seal) -> str:
        return f"Seal({self.__dict__['_digest_keys'].value!r})"

    Seal.__repr__ = shown  # type: ignore[assignment, method-assign]


def _in_the_exclusions() -> None:
    exclusions.DESELECTED["tests/unit/sdk/test_resolve.py::test_that_is_not_there"] = "planted"


def _in_spans_and_figures() -> None:
    modules: tuple[Any, ...] = (_spans, _meters)
    for module in modules:
        real = module.of_request

        def of_request(event: RequestEvent, real: Any = real) -> Any:
            return real(event) | {"url.full": SEEN[-1] if SEEN else ""}

        module.of_request = of_request


SEEN: list[str] = []
"""The keys of the clients so far."""

PLANTS: dict[str, Callable[[], None]] = {
    "log": _in_the_log,
    "locals": _in_the_locals,
    "repr of a config": _in_a_repr,
    "repr of a client": _in_a_client,
    "message": _in_a_message,
    "pickle": _in_a_pickle,
    "telemetry": _in_the_telemetry,
    "event": _in_an_event,
    "warning": _in_a_warning,
    "output": _on_standard_output,
    "sealed rows": _in_sealed_rows,
    "redacted rows": _in_redacted_rows,
    "overwritten rows": _in_overwritten_rows,
    "echoed rows": _in_echoed_rows,
    "repr of a seal": _in_a_seal,
    "span": _in_spans_and_figures,
    "exclusion": _in_the_exclusions,
}
