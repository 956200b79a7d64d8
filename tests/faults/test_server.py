"""The fault server itself: each action does to a plain socket what its name says."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import socket
import ssl
import threading
import time
from email.message import Message
from typing import NamedTuple

import pytest

from tests.faults.actions import (
    Action,
    Answer,
    CloseUnanswered,
    Delay,
    Drip,
    Duplicate,
    Flood,
    Hold,
    Raw,
    RepeatEarlier,
    ResetUnanswered,
    ResetUnread,
    Respond,
    Truncate,
    gzip_bomb,
    html_page,
    json_answer,
    redirect,
)
from tests.faults.certificates import make_authority, trusting
from tests.faults.server import FaultServer


class Reply(NamedTuple):
    status: int
    headers: Message
    body: bytes


def ask(server: FaultServer) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    with contextlib.closing(connection):
        connection.request("POST", "/v1/things?a=b", b"hello", {"Molam-Attempt-Id": "att_1"})
        with connection.getresponse() as answer:
            return Reply(answer.status, answer.headers, answer.read())


def test_an_answer_echoes_the_attempt_and_the_request_is_recorded() -> None:
    with FaultServer(json_answer({"id": "pi_1"}, 201)) as server:
        reply = ask(server)
        assert (reply.status, json.loads(reply.body)) == (201, {"id": "pi_1"})
        assert reply.headers["Molam-Attempt-Id"] == "att_1"
        (seen,) = server.requests
    assert (seen.method, seen.target, seen.body) == ("POST", "/v1/things?a=b", b"hello")
    assert (seen.connection, seen.attempt_id, seen.idempotency_key) == (1, "att_1", None)


@pytest.mark.parametrize(("answer", "echo"), [(Answer(echo=False), None), (Answer(attempt_id="x"), "x")])
def test_the_echo_can_be_left_out_or_wrong(answer: Answer, echo: str | None) -> None:
    with FaultServer(answer) as server:
        reply = ask(server)
        assert reply.headers.get("Molam-Attempt-Id") == echo


def test_actions_are_played_in_order_and_then_the_default_for_ever() -> None:
    with FaultServer(Answer(500), Answer(429), otherwise=Answer(204, b"")) as server:
        statuses = [ask(server).status for _ in range(4)]
        server.then(Answer(418))
        assert [*statuses, ask(server).status] == [500, 429, 204, 204, 418]
        assert server.accepted == 5


@pytest.mark.parametrize("action", [ResetUnread(), ResetUnanswered()])
def test_a_reset_reaches_the_client_as_one(action: Action) -> None:
    with FaultServer(action) as server, pytest.raises(ConnectionResetError):
        ask(server)


def test_a_lost_answer_was_read_whole() -> None:
    with FaultServer(CloseUnanswered()) as server:
        with pytest.raises(http.client.RemoteDisconnected):
            ask(server)
        assert server.requests[0].body == b"hello"


def test_a_truncated_answer_announces_more_than_it_sends() -> None:
    with FaultServer(Truncate(Answer(body=b"0123456789"), keep=0.5)) as server:
        with pytest.raises(http.client.IncompleteRead) as caught:
            ask(server)
        assert caught.value.partial == b"01234"


def test_a_wrong_length_is_sent_as_told() -> None:
    with FaultServer(Answer(body=b"0123456789", content_length=3)) as server:
        assert ask(server).body == b"012"


@pytest.mark.parametrize("part", ["body", "headers"])
def test_a_drip_takes_at_least_its_intervals(part: str) -> None:
    drip = Drip(Answer(body=b"01234"), 0.01, "body" if part == "body" else "headers")
    with FaultServer(drip) as server:
        begun = time.monotonic()
        assert ask(server).body == b"01234"
        assert time.monotonic() - begun >= 0.04


def test_a_delay_is_waited_and_a_stop_ends_it() -> None:
    with FaultServer(Delay(0.05, Answer()), Delay(60, Answer())) as server:
        begun = time.monotonic()
        ask(server)
        assert time.monotonic() - begun >= 0.04

        def expect_the_end() -> None:
            with pytest.raises((OSError, http.client.HTTPException)):
                ask(server)

        waiting = threading.Thread(target=expect_the_end)
        waiting.start()
        server.wait_for_requests(2)
    waiting.join(5)
    assert not waiting.is_alive()


def test_a_held_request_is_answered_when_released() -> None:
    release = threading.Event()
    answered = threading.Event()
    with FaultServer(Hold(release, Answer())) as server:

        def call() -> None:
            ask(server)
            answered.set()

        thread = threading.Thread(target=call)
        thread.start()
        server.wait_for_requests(1)
        assert not answered.is_set()
        release.set()
        thread.join(5)
        assert answered.is_set()


@pytest.mark.parametrize(
    ("answer", "status", "kind"),
    [
        (html_page(), 502, "text/html"),
        (html_page(520), 520, "text/html"),
        (redirect("/elsewhere"), 307, "application/json"),
    ],
)
def test_answers_that_are_not_from_the_api(answer: Answer, status: int, kind: str) -> None:
    with FaultServer(answer) as server:
        reply = ask(server)
        assert (reply.status, reply.headers["Content-Type"]) == (status, kind)


def test_a_bomb_is_small_until_unpacked() -> None:
    with FaultServer(gzip_bomb(1_000_000)) as server:
        packed = ask(server).body
    assert len(packed) < 5_000
    assert len(gzip.decompress(packed)) > 1_000_000


def test_a_flood_has_the_size_it_was_given() -> None:
    with FaultServer(Flood(chunks=3, size=1000)) as server:
        assert len(ask(server).body) == 3000


def test_stop_ends_a_flood_that_nobody_reads() -> None:
    with (
        FaultServer(Flood(chunks=10_000)) as server,
        socket.create_connection(("127.0.0.1", server.port), 5) as sock,
    ):
        sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        server.wait_for_requests(1)
        begun = time.monotonic()
        server.stop()
    assert time.monotonic() - begun < 5


def pipelined(server: FaultServer, *attempts: str) -> bytes:
    request = "GET /{0} HTTP/1.1\r\nHost: x\r\nMolam-Attempt-Id: {0}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 5) as sock:
        sock.sendall("".join(request.format(attempt) for attempt in attempts).encode())
        sock.shutdown(socket.SHUT_WR)
        received = b""
        while data := sock.recv(65536):
            received += data
        return received


def test_a_duplicate_is_two_answers_to_one_request() -> None:
    with FaultServer(Duplicate(Answer(body=b"first"), Answer(body=b"second"))) as server:
        received = pipelined(server, "a")
    assert received.count(b"HTTP/1.1 200") == 2
    assert received.endswith(b"second")


def test_a_repeated_answer_carries_the_earlier_attempt() -> None:
    with FaultServer(Answer(body=b"one"), RepeatEarlier()) as server:
        received = pipelined(server, "a", "b")
        assert [request.connection for request in server.requests] == [1, 1]
    assert received.count(b"Molam-Attempt-Id: a\r\n") == 2
    assert b"Molam-Attempt-Id: b" not in received


def test_raw_bytes_and_closing_after_an_answer() -> None:
    def choose(request: object) -> Answer:
        return Answer(body=b"last", keep_alive=False)

    with FaultServer(Raw(b"SMTP ready\r\n"), Respond(choose)) as server:
        assert pipelined(server, "a") == b"SMTP ready\r\n"
        assert pipelined(server, "a", "b").count(b"HTTP/1.1") == 1


def test_open_connections_are_counted() -> None:
    with FaultServer() as server:
        sock = socket.create_connection(("127.0.0.1", server.port), 5)
        server.wait_for_open_connections(1)
        sock.close()
        server.wait_for_open_connections(0)
        with pytest.raises(AssertionError, match="0 connections open, not 3"):
            server.wait_for_open_connections(3, timeout=0.01)
        with pytest.raises(AssertionError, match="0 of 1 requests"):
            server.wait_for_requests(1, timeout=0.01)


def test_the_same_over_tls() -> None:
    authority = make_authority()
    client_side = trusting(authority.pem)
    with FaultServer(Answer(body=b"sealed"), CloseUnanswered(), tls=authority.server) as server:
        for expected in (b"sealed", None):
            connection = http.client.HTTPSConnection("localhost", server.port, context=client_side)
            connection.request("GET", "/")
            if expected is None:
                with pytest.raises((http.client.RemoteDisconnected, ssl.SSLEOFError)):
                    connection.getresponse()
            else:
                assert connection.getresponse().read() == expected
            connection.close()
        assert server.url.startswith("https://localhost:")
