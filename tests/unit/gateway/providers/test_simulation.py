"""The frame of the simulators: faults on the wire, what happens in its own time, notices and controls."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from molam_gateway.providers.http_client import LostError, ProviderHttp
from molam_gateway.providers.simulators.book import Book, Movement
from molam_gateway.providers.simulators.faults import KINDS, Fault, FaultError
from molam_gateway.providers.simulators.simulation import Simulation
from tests.conformance.clock import HandClock
from tests.conformance.mailbox import Mailbox
from tests.conformance.served import serve

pytestmark = pytest.mark.anyio


@dataclass
class Counter:
    """A provider that counts what it was asked to do."""

    simulation: Simulation
    clock: HandClock
    http: ProviderHttp
    url: str = ""
    done: list[str] = field(default_factory=list[str])

    async def do(self, path: str = "/do") -> int:
        return (await self.http.request("POST", f"{self.url}{path}")).status

    async def act(self, request: Request) -> JSONResponse:
        self.done.append(request.url.path)
        return JSONResponse({"done": len(self.done), "padding": "x" * 2000})


@pytest.fixture
async def counter(anyio_backend: str) -> AsyncIterator[Counter]:
    clock = HandClock()
    counter = Counter(Simulation("acme", Book(), clock.seconds), clock, ProviderHttp("acme"))
    methods = ["POST"]
    app = counter.simulation.app(
        [Route("/do", counter.act, methods=methods), Route("/other", counter.act, methods=methods)]
    )
    async with serve(app) as served:
        counter.url = served.url
        yield counter
        await counter.http.close()
    await counter.simulation.close()


@pytest.mark.parametrize(("kind", "done"), [("reset", 0), ("drop_answer", 1), ("truncate", 1)])
async def test_a_cut_connection_loses_the_answer_before_or_after_the_deed(
    counter: Counter, kind: str, done: int
) -> None:
    counter.simulation.arm(Fault(kind))
    with pytest.raises(LostError):
        await counter.do()
    assert len(counter.done) == done
    assert await counter.do() == 200


@pytest.mark.parametrize(("kind", "done"), [("error_before", 0), ("error_after", 1)])
async def test_an_error_is_answered_before_or_after_the_deed(counter: Counter, kind: str, done: int) -> None:
    counter.simulation.arm(Fault(kind, status=502, body="<html>"))
    assert await counter.do() == 502
    assert len(counter.done) == done


async def test_a_delay_delays_what_is_done(counter: Counter) -> None:
    counter.simulation.arm(Fault("delay", seconds=0.01))
    assert await counter.do() == 200
    assert len(counter.done) == 1


async def test_faults_hit_the_requests_that_they_are_for(counter: Counter) -> None:
    counter.simulation.arm(Fault("error_before", "/other", times=2, skip=1))
    answers = [await counter.do(path) for path in ("/do", "/other", "/do", "/other", "/other", "/other")]
    assert answers == [200, 200, 200, 503, 503, 200]


async def test_faults_are_armed_and_forgotten_over_http(counter: Counter) -> None:
    faults = f"{counter.url}/_control/faults"
    armed = await counter.http.request("POST", faults, json={"kind": "error_before", "times": 5})
    assert armed.status == 200
    assert await counter.do() == 503
    await counter.http.request("DELETE", faults)
    assert await counter.do() == 200


@pytest.mark.parametrize("members", [{"kind": "fire"}, {"kind": "reset", "colour": "red"}, {}])
async def test_what_is_no_fault_is_refused(counter: Counter, members: dict[str, Any]) -> None:
    with pytest.raises(FaultError):
        Fault.of(members)
    assert (await counter.http.request("POST", f"{counter.url}/_control/faults", json=members)).status == 400


def test_every_kind_of_fault_is_known() -> None:
    assert {Fault(kind).kind for kind in KINDS} == KINDS


async def test_controls_answer_under_every_fault_and_tell_the_movements(counter: Counter) -> None:
    counter.simulation.arm(Fault("reset", times=100))
    counter.simulation.book.move(Movement("charge", 5, "USD", "ref", "id", 1.0))
    reply = await counter.http.request("GET", f"{counter.url}/_control/ledger")
    movement = {"kind": "charge", "amount": 5, "currency": "USD", "reference": "ref", "subject": "id", "at": 1}
    assert reply.document() == {"provider": "acme", "movements": [movement]}


async def test_what_is_planned_happens_once_and_in_time(counter: Counter) -> None:
    happened: list[object] = []

    async def happen(document: Mapping[str, Any]) -> None:
        happened.append(document["n"])
        if document["n"] == 1:
            counter.simulation.plan(0, "k", {"n": 2})

    counter.simulation.on("k", happen)
    counter.simulation.plan(10, "k", {"n": 1})
    await counter.simulation.settle()
    assert happened == []
    next_due = await counter.simulation.next_due()
    assert next_due is not None
    assert next_due.timestamp() == counter.clock.seconds() + 10
    counter.clock.advance(10)
    await counter.simulation.settle()
    await counter.simulation.settle()
    assert happened == [1, 2]
    assert await counter.simulation.next_due() is None


async def test_notices_are_posted_when_they_are_due_and_nobody_listening_is_no_error(counter: Counter) -> None:
    mailbox = Mailbox()
    async with serve(mailbox.app()) as served:
        mailbox.url = served.url
        counter.simulation.notify(5, mailbox.webhook_url, '{"a": 1}', {"x-sign": "s"})
        await counter.simulation.settle()
        assert mailbox.messages == []
        counter.clock.advance(5)
        await counter.simulation.settle()
    assert [(each.body, each.headers["x-sign"]) for each in mailbox.messages] == [(b'{"a": 1}', "s")]
    assert await counter.simulation.post(mailbox.webhook_url, "", {}) is None


def test_a_simulation_without_an_api_has_no_faults() -> None:
    with pytest.raises(RuntimeError):
        Simulation("acme", Book()).arm(Fault("reset"))
