"""How the synchronous half works on a connection; `_async_steps` has the same names for the asynchronous one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from . import _arguments
from ._failures import guarded

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from sqlalchemy import Connection, Engine

    from ._guard import Guard

P = ParamSpec("P")
T = TypeVar("T")


def connect(subject: str, engine: Engine, stack: ExitStack) -> Connection:
    """Take a connection out of the pool for as long as `stack` is open; see `guarded`."""
    return guarded(subject, lambda: stack.enter_context(engine.connect()), begun=False)


def take(step: Callable[Concatenate[Connection, P], T], connection: Connection, *args: P.args, **kwargs: P.kwargs) -> T:
    """Take a step on a connection."""
    return step(connection, *args, **kwargs)


def take_guarded(subject: str, step: Callable[[Connection], T], connection: Connection, *, begun: bool = True) -> T:
    """Take a step that may fail in the database; see `guarded`."""
    return guarded(subject, lambda: step(connection), begun=begun)


def check_work(work: object) -> None:
    """Refuse what is no plain function; see `_arguments.check_work`."""
    _arguments.check_work(work, coroutines=False)


def lend(guard: Guard, _: Connection, work: Callable[[Connection], T]) -> T:
    """Lend a connection to a function; see `Guard.run`."""
    return guard.run(work)
