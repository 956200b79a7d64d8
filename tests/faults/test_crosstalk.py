"""Answers that belong to another call: never believed, whatever a middlebox repeats."""

from __future__ import annotations

import threading

import pytest

from molam_sdk import errors
from tests.faults.actions import Action, Duplicate, RepeatEarlier, Stray, json_answer
from tests.faults.driver import Connect
from tests.faults.payloads import INTENT_ID, created, payment_intent, retrieved
from tests.faults.server import FaultServer

EVIL = "pi_EVIL"
OTHER_ATTEMPT = json_answer(payment_intent(EVIL), 201, {"Molam-Attempt-Id": "att_other"})
WITHOUT_ECHO = json_answer(payment_intent(EVIL), 201, echo=False)


@pytest.mark.parametrize("stray", [OTHER_ATTEMPT, WITHOUT_ECHO], ids=["other attempt", "no echo"])
def test_an_answer_to_another_attempt_is_repeated_on_a_new_connection(
    connect: Connect, server: FaultServer, stray: Action
) -> None:
    server.then(stray, created())
    assert connect(server).create().id == INTENT_ID
    first, second = server.requests
    assert first.idempotency_key == second.idempotency_key
    assert first.connection != second.connection


@pytest.mark.parametrize("stray", [OTHER_ATTEMPT, WITHOUT_ECHO], ids=["other attempt", "no echo"])
def test_nothing_but_such_answers_is_an_unknown_outcome(connect: Connect, server: FaultServer, stray: Action) -> None:
    server.otherwise = stray
    with pytest.raises(errors.UnexpectedResponseError) as caught:
        connect(server).create(idempotency_key="order-1")
    assert (caught.value.outcome, caught.value.attempts, caught.value.idempotency_key) == ("unknown", 4, "order-1")
    assert caught.value.object_id is None


def test_a_missing_echo_is_believed_where_it_is_not_required(connect: Connect, server: FaultServer) -> None:
    server.then(json_answer(payment_intent(), 201, echo=False), OTHER_ATTEMPT, created())
    driver = connect(server, require_attempt_id=False)
    assert driver.create().id == INTENT_ID
    assert driver.create().id == INTENT_ID
    assert len(server.requests) == 3


def test_another_objects_answer_is_repeated(connect: Connect, server: FaultServer) -> None:
    server.then(retrieved(EVIL), retrieved(), retrieved(EVIL), retrieved(INTENT_ID))
    driver = connect(server)
    assert driver.retrieve(INTENT_ID).id == INTENT_ID
    assert driver.confirm(INTENT_ID).id == INTENT_ID
    *_, third, fourth = server.requests
    assert third.idempotency_key == fourth.idempotency_key
    assert third.connection != fourth.connection


def test_nothing_but_another_objects_answers(connect: Connect, server: FaultServer) -> None:
    server.otherwise = retrieved(EVIL)
    with pytest.raises(errors.UnexpectedResponseError) as caught:
        connect(server).confirm(INTENT_ID, idempotency_key="order-1")
    assert (caught.value.outcome, caught.value.attempts) == ("unknown", 4)


def test_an_unsolicited_second_answer_reaches_nobody(connect: Connect, server: FaultServer) -> None:
    server.then(Duplicate(retrieved(), retrieved(EVIL)))
    server.otherwise = retrieved("pi_B")
    driver = connect(server)
    assert driver.retrieve(INTENT_ID).id == INTENT_ID
    assert [driver.retrieve("pi_B").id for _ in range(3)] == ["pi_B"] * 3


@pytest.mark.parametrize("required", [True, False])
def test_an_answer_that_arrives_while_nobody_asks_reaches_nobody(
    connect: Connect, server: FaultServer, required: bool
) -> None:
    sent = threading.Event()
    server.then(Stray(created("pi_A"), WITHOUT_ECHO, sent), created("pi_B"))
    driver = connect(server, require_attempt_id=required)
    assert driver.create().id == "pi_A"
    assert sent.wait(5)
    assert driver.create().id == "pi_B"
    first, second = server.requests
    assert first.connection != second.connection


def test_a_connection_that_the_server_has_closed_is_not_used_again(connect: Connect, server: FaultServer) -> None:
    server.otherwise = created()
    driver = connect(server, max_retries=0)
    driver.create()
    server.drop_connections()
    assert driver.create().id == INTENT_ID
    assert server.accepted == 2


def test_a_repeated_earlier_answer_reaches_nobody(connect: Connect, server: FaultServer) -> None:
    server.then(created("pi_A"), RepeatEarlier(), created("pi_B"))
    driver = connect(server)
    assert driver.create().id == "pi_A"
    assert driver.create().id == "pi_B"
