"""A receiver of webhooks: keeps what it gets and works at it; may die anywhere and is started again."""

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from molam_sdk.durable import AsyncInbox, Inbox
from tests.crashes.databases import async_engine_of, effects, engine_of, statuses
from tests.crashes.planted import ANSWERS_FIRST, plant_in_inbox
from tests.crashes.points import Points

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwLCQxMFZ0a3M="


class MoodError(Exception):
    """A handler does not feel like it, after it has written."""


def live(specification: Mapping[str, Any]) -> None:
    """Receive what was not acknowledged yet, then work until nothing is due.

    Args:
        specification: As for a shop, and: `deliveries`, headers with bodies in the order in which they arrive;
            `refused`, ids of the events for which the handlers of a life that dies fail.
    """
    points = Points.of(specification)
    plant_in_inbox(specification["planted"])
    if specification["asynchronous"]:
        asyncio.run(_asynchronous(specification, points))
    else:
        _synchronous(specification, points)
    points.note(f"passed {points.count}")


def _synchronous(specification: Mapping[str, Any], points: Points) -> None:
    engine = engine_of(specification["database"])
    points.watch(engine)
    inbox = Inbox(engine, SECRET)
    work = _Work(specification)

    @inbox.on("*", order="every")
    def act(event: Any, connection: Connection) -> None:
        work.act(event, connection)

    @inbox.on("thing.*", order="current")
    def copy(event: Any, connection: Connection) -> None:
        work.copy(event, connection)

    assert act is not copy
    points.arm()
    for number, header, body in _unanswered(specification):
        if specification["planted"] == ANSWERS_FIRST:
            points.note(f"answered {number}")
        inbox.receive(header, body.encode())
        points.note(f"answered {number}")
    while inbox.process().total:
        pass


async def _asynchronous(specification: Mapping[str, Any], points: Points) -> None:
    engine = async_engine_of(specification["database"])
    points.watch(engine.sync_engine)
    inbox = AsyncInbox(engine, SECRET)
    work = _Work(specification)

    @inbox.on("*", order="every")
    async def act(event: Any, connection: AsyncConnection) -> None:
        await connection.run_sync(partial(work.act, event))

    @inbox.on("thing.*", order="current")
    async def copy(event: Any, connection: AsyncConnection) -> None:
        await connection.run_sync(partial(work.copy, event))

    assert act is not copy
    points.arm()
    for number, header, body in _unanswered(specification):
        await inbox.receive(header, body.encode())
        points.note(f"answered {number}")
    while (await inbox.process()).total:
        pass
    await engine.dispose()


def _unanswered(specification: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    answered = Path(specification["notes"]).read_text().splitlines()
    return [
        (number, header, body)
        for number, (header, body) in enumerate(specification["deliveries"])
        if f"answered {number}" not in answered
    ]


class _Work:
    """What the handlers do."""

    def __init__(self, specification: Mapping[str, Any]) -> None:
        self._refused = set(specification["refused"]) if specification["number"] else set[str]()

    def act(self, event: Any, connection: Connection) -> None:
        """Do what may be done once."""
        connection.execute(insert(effects).values(event=event.id))
        if event.id in self._refused:
            self._refused.discard(event.id)
            raise MoodError

    def copy(self, event: Any, connection: Connection) -> None:
        """Write down what the object is now."""
        thing = event.data.object_
        changed = update(statuses).where(statuses.c.id == thing["id"]).values(status=thing["status"])
        if connection.execute(changed).rowcount == 0:
            connection.execute(insert(statuses).values(id=thing["id"], status=thing["status"]))
