"""Stories of a receiver that dies over its webhooks: each event must have its effect exactly once."""

import json
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from molam_sdk import webhooks
from molam_sdk.durable import metadata
from tests.crashes.databases import effects, statuses
from tests.crashes.postbox import SECRET
from tests.crashes.stage import Ended, Stage, Story

_THINGS = 2
_STATUSES = ("processing", "succeeded")


class Events(Stage):
    """Deliveries out of order, some of them twice, to handlers that fail at times."""

    program = "tests.crashes.postbox"
    lenses = ("line", "sql", "time")
    variants = ("calm", "moody")
    shared = variants

    def prepare(self, told: Story) -> Mapping[str, Any]:
        """Sign deliveries of some events each about one of some things."""
        chance = random.Random(told.seed)
        bodies = {
            f"evt_{thing}_{sequence}": _body(f"evt_{thing}_{sequence}", f"thing_{thing}", sequence, status)
            for thing in range(_THINGS)
            for sequence, status in enumerate(_STATUSES)
        }
        arriving = [*bodies.values(), chance.choice(list(bodies.values()))]
        chance.shuffle(arriving)
        return {
            "deliveries": [(webhooks.generate_signature(body, SECRET), body) for body in arriving],
            "refused": [chance.choice(list(bodies))] if told.variant == "moody" else [],
        }

    def look(self, ended: Ended) -> None:
        """Each event has had its effect, once, and each thing is as its newest event says."""
        received = metadata.tables["received_webhooks"]
        states = {row.event_id: row.state for row in self.database.rows(select(received))}
        done = Counter(row.event for row in self.database.rows(select(effects)))
        for thing in range(_THINGS):
            for sequence in range(len(_STATUSES)):
                event = f"evt_{thing}_{sequence}"
                if done[event] != 1:
                    ended.defects.append(f"{event} was done {done[event]} times")
                if states.get(event) != "done":
                    ended.defects.append(f"the inbox has {event} as {states.get(event)}")
        things = {row.id: row.status for row in self.database.rows(select(statuses))}
        if things != {f"thing_{thing}": _STATUSES[-1] for thing in range(_THINGS)}:
            ended.defects.append(f"the things are {things}")


def _body(event_id: str, thing: str, sequence: int, status: str) -> str:
    return json.dumps(
        {
            "id": event_id,
            "object": "event",
            "type": "thing.changed",
            "api_version": "2026-11-01",
            "livemode": False,
            "account": "acct_1",
            "sequence": sequence,
            "created_at": "2026-11-21T04:00:00Z",
            "data": {"object": {"id": thing, "status": status}, "previous_attributes": None},
            "request": None,
        }
    )
