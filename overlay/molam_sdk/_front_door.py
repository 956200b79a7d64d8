"""The way in and out of a public method: what leaves it by an exception takes no values of the call along.

Error trackers and test runners print the local variables of every frame in a traceback, and those of the SDK hold the
key, the customer and the bytes of the request. The frames stay, with their files and lines; their variables are gone.
Frames of the caller, of hooks, of transports and adapters of one's own are never touched.
"""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from functools import wraps
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from sys import exception as being_handled
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ._idempotency import usable_key
from .errors import MolamError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType

Method = TypeVar("Method", bound="Callable[..., Any]")
Made = TypeVar("Made", bound=type)

_BELOW = sys.stdlib_module_names | {
    "aiosqlite",
    "anyio",
    "asyncmy",
    "asyncpg",
    "attr",
    "attrs",
    "certifi",
    "cryptography",
    "dateutil",
    "greenlet",
    "h11",
    "httpcore",
    "httpx",
    "idna",
    "molam_api",
    "molam_sdk",
    "psycopg",
    "pymysql",
    "sniffio",
    "socksio",
    "sqlalchemy",
    "uvloop",
    "websockets",
}
_SUSPENDABLE = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR
_CLEAR_REFUSES_SUSPENDED = sys.version_info >= (3, 13)


def front_door(method: Method) -> Method:
    """Let no exception carry values out of a method, and complete a ValidationError with the key that was given."""

    @wraps(method)
    def entered(*args: Any, **kwargs: Any) -> Any:
        before = being_handled()
        try:
            return method(*args, **kwargs)
        except BaseException as error:
            leave(error, before, kwargs)
            del args, kwargs, before
            raise

    return cast("Method", entered)


def async_front_door(method: Method) -> Method:
    """Do the same for a coroutine method."""

    @wraps(method)
    async def entered(*args: Any, **kwargs: Any) -> Any:
        before = being_handled()
        try:
            return await method(*args, **kwargs)
        except BaseException as error:
            leave(error, before, kwargs)
            del args, kwargs, before
            raise

    return cast("Method", entered)


def front_door_of(made: Made) -> Made:
    """Put the front door before the constructor of a class."""
    constructor: Callable[..., None] = vars(made)["__init__"]
    setattr(made, "__init__", front_door(constructor))  # noqa: B010 - an assignment is refused by type checkers
    return made


def leave(error: BaseException, before: BaseException | None, arguments: Mapping[str, Any]) -> None:
    """Strip an exception that is about to leave the SDK.

    Args:
        error: The exception.
        before: What the caller was handling when the SDK was entered; neither it nor what is behind it is touched.
        arguments: The keyword arguments of the call.
    """
    if isinstance(error, ValidationError) and error.idempotency_key is None:
        error.idempotency_key = usable_key(arguments.get("idempotency_key"))
    for found in _behind(error, before):
        _forget(found)
    if isinstance(error, MolamError) and error.__suppress_context__ and error.__cause__ is None:
        _cut(error, before)


def strip(error: BaseException) -> None:
    """Strip an exception that is about to be handed to a function of the user, and not raised."""
    leave(error, being_handled(), {})


def _behind(error: BaseException, before: BaseException | None) -> list[BaseException]:
    """Return an exception and every one that led to it inside the SDK."""
    found: dict[int, BaseException] = {}
    pending: list[BaseException | None] = [error]
    while pending:
        each = pending.pop()
        if each is None or each is before or id(each) in found:
            continue
        found[id(each)] = each
        pending += (each.__context__, each.__cause__)
        if isinstance(each, BaseExceptionGroup):
            pending += cast("BaseExceptionGroup[BaseException]", each).exceptions
    return list(found.values())


def _forget(error: BaseException) -> None:
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if _is_ours(frame) and _is_over(frame):
            with suppress(RuntimeError):  # it still runs
                frame.clear()
        trace = trace.tb_next


def _is_ours(frame: FrameType) -> bool:
    """Whether a frame belongs to the SDK or to what it is built on; only attrs' constructors have no module."""
    name = frame.f_globals.get("__name__")
    if not isinstance(name, str) or name == "builtins":
        return frame.f_code.co_filename.startswith("<attrs generated")
    return name.partition(".")[0] in _BELOW and name != "__main__"


def _is_over(frame: FrameType) -> bool:
    """Whether a frame will not run again: before Python 3.13 clearing a suspended one would end its coroutine.

    A frame refers to its code only once it owns its variables, which it does from its end on.
    """
    if _CLEAR_REFUSES_SUSPENDED or not frame.f_code.co_flags & _SUSPENDABLE:
        return True
    return any(each is frame.f_code for each in gc.get_referents(frame))


def _cut(error: MolamError, before: BaseException | None) -> None:
    """Let go of the foreign exceptions that `from None` only hides: they hold requests, sockets and answers."""
    each = error.__context__
    passed: set[int] = set()
    while each is not None and each is not before and id(each) not in passed:
        passed.add(id(each))
        each = each.__context__
    error.__context__ = before if each is before else None
