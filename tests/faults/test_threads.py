"""One client used by many threads or tasks at once: everybody gets the own answer."""

from __future__ import annotations

from tests.faults.actions import Action, CloseUnanswered, Respond, Truncate
from tests.faults.driver import Connect
from tests.faults.payloads import created, own_answer
from tests.faults.server import FaultServer

CALLERS = 64


def test_sixty_four_callers_get_their_own_payments(connect: Connect, server: FaultServer) -> None:
    server.otherwise = Respond(own_answer)
    driver = connect(server)
    for turn in range(5):
        orders = [f"{turn}_{caller}" for caller in range(CALLERS)]
        assert driver.together(orders) == [f"pi_{order}" for order in orders]
    assert len({request.attempt_id for request in server.requests}) == len(server.requests) == 5 * CALLERS
    assert server.accepted <= CALLERS


def test_more_callers_than_connections_take_turns(connect: Connect, server: FaultServer) -> None:
    server.otherwise = Respond(own_answer)
    driver = connect(server, max_connections=4)
    orders = [str(caller) for caller in range(CALLERS)]
    assert driver.together(orders) == [f"pi_{order}" for order in orders]
    assert server.accepted <= 4


def test_lost_answers_in_the_crowd_are_repeated(connect: Connect, server: FaultServer) -> None:
    faults: list[Action] = [CloseUnanswered(), Truncate(created()), Respond(own_answer)]
    server.then(*faults * 20)
    server.otherwise = Respond(own_answer)
    orders = [str(caller) for caller in range(CALLERS)]
    driver = connect(server, max_retries=30, retry_budget=10_000)
    assert driver.together(orders) == [f"pi_{order}" for order in orders]
    keys: dict[str | None, bytes] = {}
    for request in server.requests:
        assert keys.setdefault(request.idempotency_key, request.body) == request.body
    assert len(keys) == CALLERS
