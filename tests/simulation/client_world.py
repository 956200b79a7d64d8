"""A world around a real client: its wire, its clock, and a gateway that answers whole objects."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from molam_sdk._exchange.attempt import Attempt
from molam_sdk._exchange.reply import Lost, Reply
from molam_sdk._network.request import Request as Sent
from tests.simulation.gateway import KEPT, Request
from tests.simulation.schedule import Order, Schedule
from tests.simulation.state import State
from tests.simulation.world import REGIONS, World
from tests.unit.sdk.spec_examples import example_answer, example_intent

WALL = 1_790_000_000.0
"""Unix time at the monotonic time 0."""

_ID = "pi_0000000000000000000000"


class Killed(BaseException):
    """The process is gone."""


class Shop(State):
    """An order, and what is noted of it for the checks."""

    def __init__(self, number: int, order: Order) -> None:
        super().__init__(number, order)
        self.beliefs = ["nothing"]
        self.sent: list[str] = []
        self.last_key = ""
        self.given_key: str | None = None
        self.first_sent = 0.0
        self.asked_again = False
        self.same_key = False

    def intent(self) -> str:
        """Return the id of the intent that is confirmed, or nothing."""
        return f"pi_of_order_{self.number}" if self.order.confirms else ""

    def dies(self, *where: str) -> None:
        """End the process if it is to die here."""
        if self.crash in where:
            self.crash = ""
            raise Killed


class ClientWorld(World):
    """A world whose gateway answers whole objects, and which keeps what was sent, byte by byte."""

    def __init__(self, schedule: Schedule) -> None:
        super().__init__(schedule)
        self.wire: list[str] = []
        self._names: dict[str, str] = {}
        self.skew = 0.0
        self.slept = 0.0

    def reply(self, request: Request, status: int, code: str, retry_after: float | None = None) -> Reply:
        if status != 201:
            return super().reply(request, status, code, retry_after)
        return Reply(201, {"molam-attempt-id": request.attempt}, _intent().replace(_ID.encode(), code.encode()))

    def name(self, drawn: str) -> str:
        """Return a number for an id that was drawn at random."""
        return self._names.setdefault(drawn, f"drawn-{len(self._names) + 1}")

    def clock(self) -> float:
        """Return monotonic time, which stands still on some machines while they sleep."""
        return self.now - self.slept if self.schedule.stops else self.now

    def wall(self) -> float:
        """Return the Unix time."""
        return WALL + self.now + self.skew

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.pass_until(self.now + seconds)

    def send(self, shop: Shop, sent: Sent, attempt: Attempt) -> Reply | Lost:
        """Be the wire of a process that serves an order."""
        if sent.method == "GET":
            return self._looked_up(sent, attempt)
        if not shop.order.journal:
            shop.dies("before", "begun")
        headers = dict(sent.headers)
        shop.last_key = key = headers[b"Idempotency-Key"].decode()
        content = sent.content or b""
        drawn = attempt.id, *([key] if shop.order.minted else [])
        headers_sent = repr(sent.headers)
        for each in drawn:
            headers_sent = headers_sent.replace(each, self.name(each))
        self.wire.append(f"{self.now:.6f} {sent.method} {sent.url} {headers_sent} {content!r}")
        about = json.loads(content)
        number, _, tries = about.get("return_url", about.get("description", "")).rpartition("/")[2].partition("-")
        if number != str(shop.number):
            self.fail(f"wrong bytes: order {number} is sent for {shop.number}")
        if shop.asked_again and self.now - shop.used.setdefault(key, self.now) > KEPT:
            self.fail(f"old key: {key} is sent after its guaranteed retention")
        shop.used.setdefault(key, self.now)
        shop.sent.append(attempt.id)
        verdict = shop.order.verdict if tries == "0" else shop.order.after
        region = REGIONS.index(sent.origin.base_url)
        request = Request(attempt.id, key, shop.number, content.decode(), verdict, shop.intent(), shop.order.tenant)
        if headers.get(b"Molam-Account", b"").decode() != shop.order.tenant:
            self.fail(f"wrong account: order {shop.number} is sent for another one than {shop.order.tenant}")
        if attempt.number > 1 and self.now - shop.first_sent > KEPT:
            self.fail(f"old key: {key} is repeated after its guaranteed retention")
        if attempt.number == 1:
            shop.first_sent = self.now
        outcome, at = self.transmit(attempt, request, region)
        self.pass_until(at)
        self.slept += self.asleep.pop(attempt.id, 0.0)
        self.wire.append(f"{self.now:.6f} {outcome.status if isinstance(outcome, Reply) else outcome.phase}")
        shop.dies("flying")
        return outcome

    def _looked_up(self, sent: Sent, attempt: Attempt) -> Reply:
        """Answer a read, as recovery makes them about old keys, with what the account that asks has; all go well."""
        path, _, query = sent.target.partition("?")
        account = dict(sent.headers).get(b"Molam-Account", b"").decode()
        rows = [row for row in self.regions[REGIONS.index(sent.origin.base_url)].ledger if row.account == account]
        headers = {"molam-attempt-id": attempt.id}
        self.wire.append(f"{self.now:.6f} {sent.url}")
        if path != "/v1/events":
            found = path.rpartition("/")[2]
            return Reply(200, headers, _intent().replace(_ID.encode(), found.encode()))
        asked = parse_qs(query)
        since, until = (_seconds(asked[name][0]) if name in asked else None for name in _WINDOW)
        data = [
            _event(row.object, row.key)
            for row in rows
            if asked.get("object_id", [row.object]) == [row.object]
            and (since is None or WALL + row.at >= since)
            and (until is None or WALL + row.at <= until)
        ]
        page = {"object": "list", "data": data, "has_more": False, "next_cursor": None, "url": "/v1/events"}
        return Reply(200, headers, json.dumps(page).encode())


_WINDOW = ("created_at_gte", "created_at_lte")


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


def _event(found: str, key: str) -> dict[str, Any]:
    event = example_answer("retrieve_event")[1]
    event["type"] = "payment_intent.created"
    event["data"] = {"object": example_intent(id=found), "previous_attributes": None}
    event["request"] = {"id": "req_1", "idempotency_key": key}
    return event


class Wire:
    """Stands where the synchronous client sends."""

    def __init__(self, world: ClientWorld, shop: Shop) -> None:
        self._world = world
        self._shop = shop

    def send(self, request: Sent, attempt: Attempt) -> Reply | Lost:
        return self._world.send(self._shop, request, attempt)

    def close(self) -> None: ...


class AsyncWire:
    """Stands where the asynchronous client sends."""

    def __init__(self, world: ClientWorld, shop: Shop) -> None:
        self._world = world
        self._shop = shop

    async def send(self, request: Sent, attempt: Attempt) -> Reply | Lost:
        return self._world.send(self._shop, request, attempt)

    async def aclose(self) -> None: ...


@lru_cache(maxsize=1)
def _intent() -> bytes:
    return json.dumps(example_intent(id=_ID)).encode()
