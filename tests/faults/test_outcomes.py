"""What an error says about the call as a whole: not sent, refused, or perhaps done."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from molam_sdk import errors
from tests.faults.actions import Action, Answer, CloseUnanswered, Truncate, html_page
from tests.faults.driver import Connect
from tests.faults.payloads import created, in_flight, problem
from tests.faults.server import FaultServer

DECLINED = problem(402, "card_declined", "payment_error", decline_code="generic_decline")
LOST = CloseUnanswered()


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ((DECLINED,), "rejected"),
        ((problem(400, "amount_invalid", "validation_error"),), "rejected"),
        ((problem(429, "rate_limited", "rate_limit_error"),) * 4, "rejected"),
        ((LOST,) * 4, "unknown"),
        ((Truncate(created()),) * 4, "unknown"),
        ((Answer(500),) * 4, "unknown"),
        ((html_page(502),) * 4, "unknown"),
        ((created(),), None),
        ((LOST, created()), None),
        ((LOST, DECLINED), "rejected"),
        ((LOST, problem(404, "resource_missing", "not_found_error")), "rejected"),
        ((LOST, problem(409, "invalid_state", "conflict_error")), "rejected"),
        ((LOST, problem(409, "payment_in_flight", "conflict_error")), "unknown"),
        ((LOST, problem(401, "api_key_invalid", "authentication_error")), "unknown"),
        ((LOST, problem(403, "scope_missing", "permission_error")), "unknown"),
        ((LOST, *(problem(429, "rate_limited", "rate_limit_error"),) * 3), "unknown"),
        ((LOST, problem(429, "rate_limited", "rate_limit_error"), DECLINED), "rejected"),
        ((in_flight(), problem(401, "api_key_invalid", "authentication_error")), "unknown"),
        ((in_flight(), DECLINED), "rejected"),
    ],
    ids=repr,
)
def test_the_outcome_of_a_call_is_that_of_all_its_attempts(
    connect: Connect, server: FaultServer, script: tuple[Action, ...], outcome: str | None
) -> None:
    server.then(*script)
    driver = connect(server)
    if outcome is None:
        assert driver.create().amount == 2500
    else:
        with pytest.raises(errors.MolamError) as caught:
            driver.create(idempotency_key="order-1")
        assert caught.value.outcome == outcome
        assert caught.value.idempotency_key == "order-1"
    assert len(server.requests) == len(script)


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_nothing_was_sent_when_nobody_listens(connect: Connect, server: FaultServer, closed_port: int) -> None:
    driver = connect(server, api_base=f"http://127.0.0.1:{closed_port}", max_retries=1)
    with pytest.raises(errors.NetworkError) as caught:
        driver.create()
    assert (caught.value.outcome, caught.value.phase, caught.value.attempts) == ("not_sent", "connect", 2)
    assert caught.value.cause_type
    assert caught.value.__cause__ is None


def test_a_lost_answer_then_nobody_listening_is_unknown(connect: Connect, server: FaultServer) -> None:
    with ThreadPoolExecutor(1) as pool, socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def die_after_one_request() -> None:
            connection, _ = listener.accept()
            connection.recv(65536)
            listener.close()
            connection.close()

        died = pool.submit(die_after_one_request)
        driver = connect(server, api_base=address, max_retries=1)
        with pytest.raises(errors.NetworkError) as caught:
            driver.create(idempotency_key="order-1")
        died.result()
    assert (caught.value.outcome, caught.value.phase, caught.value.attempts) == ("unknown", "connect", 2)
    assert caught.value.idempotency_key == "order-1"
