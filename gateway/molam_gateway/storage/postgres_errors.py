"""Says in the port's words what a PostgreSQL error means."""

from psycopg import AsyncConnection, Error
from psycopg.pq import TransactionStatus

from .port import BusyError, IntegrityError, Row, StoreError

_BUSY_STATES = frozenset({"40001", "40P01", "55P03", "57014"})
"""Serialisation failure, deadlock, a lock or a statement that took too long."""

_BUSY_CLASSES = ("53",)
"""Too many connections, no memory, no space."""

_LOST_STATES = frozenset({"57P01", "57P02", "57P03", "25P03", "57P05"})
"""The server shuts down or starts, or ended this connection."""


def lost(connection: AsyncConnection[Row]) -> bool:
    """Whether the connection can no longer be used."""
    return connection.closed or connection.info.transaction_status == TransactionStatus.UNKNOWN


def translated(error: Error, *, connection_lost: bool) -> StoreError:
    """The port's error for one of a statement or of a new connection, without the values of rows.

    (PostgreSQL tells them in an error's detail, psycopg in the error's text.)
    """
    state = error.sqlstate or ""
    said = error.diag.message_primary or (type(error).__name__ if state or connection_lost else str(error))
    message = f"{said} (SQLSTATE {state})" if state else said
    if state.startswith("23"):
        return IntegrityError(message)
    if connection_lost or state in _BUSY_STATES | _LOST_STATES or state.startswith(("08", *_BUSY_CLASSES)):
        return BusyError(message)
    return StoreError(message)
