"""Binds the spec's operations to their handlers and takes each request through the checks in the documented order."""

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from starlette.types import Receive, Scope, Send

from ..access.refusals import RefusedError
from ..domain.call import Account, Answer, Call
from ..domain.fingerprint import fingerprint
from ..domain.problems import ProblemError
from ..services import Services
from ..settings import Settings
from ..telemetry import work
from . import body, failures, faults, headers, origin, parameters, permissions, replies
from .admission import Admission
from .reference import DOCS
from .replies import Reply
from .routes import Found, Routes, WrongMethod
from .spec import Operation

Handler: TypeAlias = Callable[[Services, Call], Awaitable[Answer]]

_NOTHING: Mapping[str, str] = MappingProxyType({})
_BODY_UNREAD = frozenset({"body_too_large", "malformed_http"})

logger = logging.getLogger("molam_gateway.http")


class BindingError(Exception):
    """The spec and the handlers do not name the same operations."""


class SpecRouter:
    """An ASGI application that answers every operation of the spec, and a problem for everything else."""

    def __init__(
        self,
        operations: Iterable[Operation],
        handlers: Mapping[str, Handler],
        services: Services,
        settings: Settings,
        admission: Admission,
    ) -> None:
        declared = list(operations)
        names = {each.operation_id for each in declared}
        if names != set(handlers):
            raise BindingError(
                f"operations without a handler: {sorted(names - set(handlers))}; "
                f"handlers without an operation: {sorted(set(handlers) - names)}"
            )
        served = [each for each in declared if not (settings.livemode and faults.is_sandbox(each))]
        self._routes = Routes(served)
        self._handlers = handlers
        self._services = services
        self._settings = settings
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        arrived = time.monotonic()
        request_id = self._services.ids.new("req", self._services.clock.real_now())
        fields = headers.read(scope)
        found = self._routes.find(scope["method"], scope["raw_path"].decode("latin-1"))
        seen = work.current()
        seen.request_id = request_id
        if not isinstance(found, Found):
            await _stamped(self._no_operation(found, scope, request_id), request_id, fields).send(send)
            return
        seen.operation, seen.route = found.operation.operation_id, found.operation.path
        fault, unread, told = None, False, _NOTHING
        try:
            admitted = await self._admission.admit(found.operation, fields, origin.address(scope))
            account, told = admitted.account, admitted.headers
            seen.account = account.id
            permissions.check(found.operation, account, fields)
            if not self._settings.livemode and account.id:
                fault = await faults.take(self._services.store, account, found.operation, self._services.clock.catch_up)
                await faults.before(fault, scope, receive)
            call = await self._read(found, account, request_id, fields, arrived, scope, receive)
            reply = replies.of_answer(await self._handlers[call.operation_id](self._services, call))
        except (body.DisconnectedError, faults.ResetError):
            return
        except Exception as error:  # noqa: BLE001 - whatever fails, the caller gets a problem
            unread = isinstance(error, ProblemError) and error.code in _BODY_UNREAD
            told = error.headers if isinstance(error, RefusedError) else told
            reply = self._problem(failures.as_problem(error, request_id), request_id)
        finally:
            if found.operation.method != "GET":
                self._services.wake()
        replacement = faults.replacement(fault)
        if replacement is not None:
            reply = self._problem(replacement, request_id)
        if self._settings.validate_responses:
            reply = self._checked(found.operation, reply, request_id)
        reply = replies.with_headers(_stamped(reply, request_id, fields), told)
        if unread:
            await replies.send_and_linger(reply, receive, send)
        else:
            await faults.send(fault, reply, scope, receive, send)

    async def _read(
        self,
        found: Found,
        account: Account,
        request_id: str,
        fields: Mapping[str, str],
        arrived: float,
        scope: Scope,
        receive: Receive,
    ) -> Call:
        """The call that the request makes. Raises ProblemError for the first check that it fails."""
        operation = found.operation
        document, raw = None, b""
        if operation.method != "GET":
            raw = await body.read(receive, fields, self._settings.max_body_bytes)
            document = body.interpret(operation, raw, fields)
        given = parameters.read(operation, found.path, scope["query_string"], fields)
        if given.violations:
            raise replies.of_violations(given.violations)
        return Call(
            operation_id=operation.operation_id,
            account=account,
            request_id=request_id,
            path=given.path,
            query=given.query,
            body=document,
            idempotency_key=headers.idempotency_key(fields) if operation.needs_idempotency_key else None,
            fingerprint=fingerprint(operation.method, operation.operation_id, given.path, document),
            deadline=headers.deadline(fields, self._settings.max_deadline, arrived),
            attempt_id=headers.attempt_id(fields),
            origin=origin.of_request(scope, fields, raw),
        )

    def _problem(self, error: ProblemError, request_id: str) -> Reply:
        return replies.of_problem(error, request_id, self._settings.doc_url)

    def _no_operation(self, found: WrongMethod | None, scope: Scope, request_id: str) -> Reply:
        if found is None:
            return self._problem(ProblemError("route_missing", _nothing_at(scope["path"])), request_id)
        return replies.of_wrong_method(scope["method"], found.allowed, request_id, self._settings.doc_url)

    def _checked(self, operation: Operation, reply: Reply, request_id: str) -> Reply:
        """The reply, or a 500 that says where it breaks the spec."""
        complaint = operation.complaint(reply.status, reply.media_type, reply.body)
        if complaint is None:
            return reply
        detail = f"The answer {reply.status} of {operation.operation_id} breaks the spec: {complaint}"
        logger.error("%s: %s", request_id, detail)
        return self._problem(ProblemError("internal_error", detail), request_id)


def _nothing_at(path: str) -> str:
    """What to say of an unknown path; a doubled prefix comes from a base URL that holds it already."""
    first, _, rest = path.removeprefix("/").partition("/")
    if rest.partition("/")[0] == first == "v1":
        return "There is nothing at this path: /v1 is in it twice, so leave it out of the base URL."
    return f"There is nothing at this path: {DOCS} shows what there is."


def _stamped(reply: Reply, request_id: str, fields: Mapping[str, str]) -> Reply:
    """The reply with what every answer carries."""
    extra = {"Request-Id": request_id, "Cache-Control": "no-store"}
    attempt_id = headers.attempt_id(fields)
    if attempt_id is not None:
        extra["Molam-Attempt-Id"] = attempt_id
    return replies.with_headers(reply, extra)
