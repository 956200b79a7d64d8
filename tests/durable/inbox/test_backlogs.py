"""A look for work reads each waiting event a few times at most, however many wait; the database counts."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from molam_sdk.durable._inbox.queue import candidates
from molam_sdk.durable._inbox.tables import received_webhooks
from tests.durable.databases import Durable

DUE, WAITS = datetime(2026, 11, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def waiting(database: Durable, count: int, per_object: int, *, held: bool) -> Connection:
    """Due events; if they are held back, then by the first of each object, which was tried and waits."""
    tried = [held and number % per_object == 0 for number in range(count)]
    rows = [
        {
            "tenant": "",
            "event_id": f"evt_{number:04}",
            "type": "payout.updated",
            "object_id": f"po_{number // per_object}",
            "sequence": number,
            "body_form": "dropped",
            "digest": "",
            "conflicting": False,
            "state": "pending",
            "attempts": int(tried[number]),
            "received_at": DUE,
            "next_at": WAITS if tried[number] else DUE,
        }
        for number in range(count)
    ]
    connection = database.engine().connect()
    connection.execute(received_webhooks.delete())
    connection.execute(insert(received_webhooks), rows)
    connection.commit()
    return connection


def rows_in(plan: dict[str, Any]) -> int:
    """How many rows the parts of a plan of PostgreSQL gave or left out, each time that they were run."""
    rows = sum(value for name, value in plan.items() if name == "Actual Rows" or name.startswith("Rows Removed"))
    own: int = round(plan["Actual Loops"] * rows)
    return own + sum(map(rows_in, plan.get("Plans", [])))


def work_on_sqlite(connection: Connection) -> int:
    """Hundreds of instructions."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(count, 100)
    candidates(connection, ())
    driver.set_progress_handler(None, 0)
    return steps


def work_on_postgresql(connection: Connection) -> int:
    """Rows of all parts of the plan."""
    seen: list[tuple[str, Any]] = []

    def remember(_: object, cursor: object, statement: str, parameters: Any, *__: object) -> None:
        seen.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", remember)
    candidates(connection, ())
    event.remove(connection, "before_cursor_execute", remember)
    ((statement, parameters),) = seen
    explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
    plan: dict[str, Any] = explained.scalar_one()[0]["Plan"]
    return rows_in(plan)


def work_on_mariadb(connection: Connection) -> int:
    """Rows that were asked for."""
    connection.exec_driver_sql("FLUSH STATUS")
    candidates(connection, ())
    counted = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Handler_read%%'")
    return sum(int(number) for _, number in counted)


WORK = {"sqlite": work_on_sqlite, "postgresql": work_on_postgresql, "mariadb": work_on_mariadb}


@pytest.mark.parametrize(
    ("per_object", "held"), [(4000, False), (4000, True), (2, True)], ids=["new ones", "held back", "many objects"]
)
def test_four_times_the_events_are_some_four_times_the_work(database: Durable, per_object: int, held: bool) -> None:
    work: list[int] = []
    for count in (1000, 4000):
        with waiting(database, count, per_object, held=held) as connection:
            if database.name == "postgresql" and per_object == 2:
                # Until it has statistics it takes the table for an empty one, and any join for a small one.
                connection.exec_driver_sql("ANALYZE received_webhooks")
            work.append(WORK[database.name](connection))
            assert len(candidates(connection, ())) == (0 if held else 1)
    assert 0 < work[1] < 8 * work[0], work
