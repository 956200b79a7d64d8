"""A transport that answers as it was told, for unit tests without a socket."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Self

import httpx

from . import _catalog
from ._answers import Answer, NoAnswer, response_to
from ._errors import StandInError
from ._requests import SentRequest, sent

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    Scripted = Answer | NoAnswer | Callable[[SentRequest], Answer | NoAnswer]


class _Line:
    """Answers for the requests of one kind, one after the other."""

    def __init__(self, what: str, fits: Callable[[SentRequest], bool], answers: tuple[Scripted, ...]) -> None:
        self.what = what
        self.fits = fits
        self.waiting = list(answers)


class ScriptedTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers requests in the order of a script, for both clients; every answer is to be used, and no more are there.

        with ScriptedTransport(failing("lost"), answered({...}, status=201)) as script:
            client = MolamClient(api_key="sk_test_x", transport=script, backoff_factor=0)

    At the end of the block, unless an exception ends it, it says what was not used and what came unasked.

    Args:
        answers: For whatever request has no route of its own: `answered`, `refused`, `failing`, or functions that take
            the request and return one of these.
    """

    molam_offline = True

    def __init__(self, *answers: Scripted) -> None:
        self._lines: list[_Line] = []
        self._rest = _Line("any request", lambda request: True, answers)
        self._requests: list[SentRequest] = []
        self._unasked: list[SentRequest] = []
        self._turn = threading.Lock()

    @property
    def requests(self) -> list[SentRequest]:
        """What was sent so far, unanswered requests included."""
        with self._turn:
            return list(self._requests)

    def on(self, operation: str, *answers: Scripted) -> Self:
        """Answer the requests of one operation with these, in order.

        Args:
            operation: An operationId, or a method and a path such as `GET /v1/connect/refunds/*`; a `*` stands for
                one part of it.
            answers: As for the constructor.

        Raises:
            StandInError: For an operation that does not exist, and without answers.
        """
        if not answers:
            raise StandInError(f"{operation}: give it at least one answer")
        method, separator, path = operation.partition(" ")
        if separator:
            pattern = re.compile(_pattern(path))
            self._lines.append(
                _Line(operation, lambda sent: sent.method == method and bool(pattern.search(sent.path)), answers)
            )
        else:
            name = _catalog.known(operation)
            self._lines.append(_Line(operation, lambda sent: sent.operation == name, answers))
        return self

    def then(self, *answers: Scripted) -> Self:
        """Go on with these for requests without a route of their own."""
        self._rest.waiting.extend(answers)
        return self

    def assert_all_used(self) -> None:
        """Raise StandInError if an answer was not used, or a request found none."""
        with self._turn:
            unused = [(line.what, len(line.waiting)) for line in (*self._lines, self._rest) if line.waiting]
            unasked = list(self._unasked)
        said = [f"{count} unused for {what}" for what, count in unused]
        said += [f"none for {request.method} {request.path}" for request in unasked]
        if said:
            raise StandInError(f"the script does not fit what was sent; answers: {', '.join(said)}")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of the synchronous client."""
        request.read()
        return self._answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of the asynchronous client."""
        await request.aread()
        return self._answer(request)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        if error is None:
            self.assert_all_used()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.__exit__(kind, error, traceback)

    def __repr__(self) -> str:
        return f"<ScriptedTransport, {len(self._requests)} requests>"

    def _answer(self, request: httpx.Request) -> httpx.Response:
        seen = sent(request)
        with self._turn:
            self._requests.append(seen)
            lines = [line for line in self._lines if line.fits(seen)] or [self._rest]
            line = next((line for line in lines if line.waiting), None)
            if line is None:
                self._unasked.append(seen)
                raise StandInError(
                    f"the script has no answer for {seen.method} {seen.path}, request {len(self._requests)}: "
                    f"add one to ScriptedTransport(...), or with on({seen.operation or seen.path!r}, ...)"
                )
            given = line.waiting.pop(0)
        return response_to(request, given if isinstance(given, Answer | NoAnswer) else given(seen))


def _pattern(path: str) -> str:
    return "[^/]+".join(map(re.escape, path.split("*"))) + "$"
