"""Turns what SQLAlchemy and the drivers raise into StorageError, without a statement or its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

FOREIGN = (SQLAlchemyError, OSError, EOFError)
"""What can come out of a database: some drivers let the socket's own errors through."""

_NO_TABLE = ("42P01", "1146", "no such table")
_NO_COLUMN = ("42703", "1054", "no such column", "has no column named")
_CONFLICT = ("40001", "40P01", "1213", "1020")
_LOCKED = ("1205", "55P03", "database is locked", "database table is locked")
_READ_ONLY = ("25006", "1290", "1792", "1836", "readonly database")
_UNREACHABLE = ("2002", "2003", "2006", "2013", "08001", "08006", "57P01", "57P03")
_UNTOLD = ("08007", "40003", "08003", "08006", "57P01", "57P02", "2006", "2013", "2055", "4031")
"""The server or the driver did not learn how a statement, and so perhaps the COMMIT, ended."""
_NO_DATABASE = ("3D000", "1049", "FATAL:  database ")
_NO_ENTRY = (
    "28P01",
    "28000",
    "1045",
    "1698",
    "FATAL:  role ",
    "password authentication failed",
    "no pg_hba.conf entry",
)
_NO_RIGHT = ("42501", "1044", "1142", "1143", "1227", "1370")
_NO_FILE = ("SQLITE_CANTOPEN", "unable to open database file")
_NO_SQLITE = ("SQLITE_NOTADB", "file is not a database")
_FULL = ("53100", "1114", "1021", "database or disk is full")


def storage_error(subject: str, error: Exception, *, begun: bool = True) -> StorageError:
    """What happened to `subject` ("the journal") and what to do about it; raise it outside the `except` block.

    A driver's own message may quote rows, so only its class and code are told. The outcome is unknown if the
    connection broke when something could be committed.

    Args:
        subject: What is kept in the database.
        error: What came out of SQLAlchemy or the driver.
        begun: Whether a COMMIT, or a statement that needs none, can have been sent: not while a connection is made.
    """
    driver = getattr(error, "orig", None) or error
    kind = type(driver).__name__
    code = _code(error)
    shown = f"{kind} {code}" if code else kind
    return StorageError(
        f"{subject} cannot be used ({shown}): {_advice(error)}",
        cause_type=kind,
        outcome="unknown" if begun and _broke(error) else "not_sent",
    )


def guarded(subject: str, step: Callable[[], T], *, begun: bool = True) -> T:
    """Take a step that may fail in the database; see `storage_error`.

    Raises:
        StorageError: It did; nothing hangs on the error that knows the parameters.
    """
    try:
        return step()
    except FOREIGN as error:
        failure = storage_error(subject, error, begun=begun)
    raise failure


async def guarded_async(subject: str, step: Awaitable[T], *, begun: bool = True) -> T:
    """The same for a step that is awaited."""
    try:
        return await step
    except FOREIGN as error:
        failure = storage_error(subject, error, begun=begun)
    raise failure


def is_conflict(error: Exception) -> bool:
    """Whether the database gave up this transaction for another one, so that it can be run again."""
    return _is(error, _CONFLICT)


def is_locked(error: Exception) -> bool:
    """Whether somebody else has had a lock for as long as the driver waits for one."""
    return _is(error, _LOCKED)


def is_duplicate(error: Exception) -> bool:
    """Whether a row with the same key is there already."""
    return _is(error, ("23505", "1062", "UNIQUE constraint failed"))


def is_there_already(error: Exception) -> bool:
    """Whether a table or index could not be made because somebody else has just made it."""
    return _is(error, ("42P07", "23505", "1050", "1061", "already exists"))


def _advice(error: Exception) -> str:
    if isinstance(error, PoolTimeout):
        return "no connection became free in time; make the engine's pool larger than what your transactions hold"
    if _is(error, _NO_TABLE):
        return "its table is missing; run molam_sdk.durable.create_tables(engine) or the migrations"
    if _is(error, _NO_DATABASE):
        return "there is no database of that name on the server; check the engine's URL, or create it"
    if _is(error, _NO_FILE):
        return (
            "its file cannot be opened; check the path in the engine's URL, that its folder exists and may be written"
        )
    if _is(error, _NO_ENTRY):
        return "the server does not let this user in; check the user, the password and the host in the engine's URL"
    if _is(error, _NO_RIGHT):
        return "this user may not do that in this database; check its name in the engine's URL, or grant the right"
    if _is(error, _NO_COLUMN):
        return "its table is of another version; run the migrations of this version of the SDK"
    if _is(error, _LOCKED):
        return "another transaction holds the lock; end your own before the call, and keep transactions short"
    if _is(error, _READ_ONLY):
        return "the database is read-only; use the primary"
    if _is(error, _NO_SQLITE):
        return "its file is not a database; check the path in the engine's URL"
    if _is(error, _FULL):
        return "the database has no space left"
    if _is(error, _CONFLICT):
        return "it conflicts with other transactions each time; repeat it later"
    code = _code(error)
    if isinstance(error, DBAPIError) and not error.connection_invalidated and code and code not in _UNREACHABLE:
        return "the database refused it; look this code up, and see the log of the database"
    return "check that the database is up and can be reached, and the engine's URL: host, port, name and user"


def _broke(error: Exception) -> bool:
    if isinstance(error, (OSError, EOFError)):  # of a socket, which some drivers let through
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = _code(error)
    return error.connection_invalidated or code in _UNTOLD or code.startswith("SQLITE_IOERR")


def _code(error: Exception) -> str:
    """SQLSTATE, or the number of MySQL's error."""
    driver: BaseException = getattr(error, "orig", None) or error
    arguments: tuple[object, ...] = driver.args
    if arguments and isinstance(arguments[0], int):
        return str(arguments[0])
    codes = (getattr(driver, name, None) for name in ("sqlstate", "pgcode", "sqlite_errorname"))
    return next((code for code in codes if isinstance(code, str)), "")


def _is(error: Exception, marks: tuple[str, ...]) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    code = _code(error)
    if code in marks:
        return True
    text = str(error.orig) if code.startswith("SQLITE") or not code else ""
    return any(mark in text for mark in marks if " " in mark)
