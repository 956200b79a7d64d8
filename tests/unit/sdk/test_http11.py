"""One connection's worth of HTTP/1.1 without a socket: however it is split, whatever it says."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from molam_sdk._network.faults import LocalProtocolError, ReadTimeout, RemoteProtocolError, WireError
from molam_sdk._network.http11 import LARGEST_HEAD, MOST_FRAMING, Conversation, head_of

LIMIT = 10_000
Result = tuple[int, list[tuple[bytes, bytes]], bytes, bool]


def asked(method: str = "GET", limit: int = LIMIT) -> Conversation:
    said = Conversation()
    said.ask(method, limit)
    return said


def heard(*pieces: bytes, method: str = "GET", limit: int = LIMIT) -> Conversation:
    """A conversation whose answer came in these pieces, up to the one that completed it."""
    said = asked(method, limit)
    for piece in pieces:
        if said.receive(piece):
            break
    return said


def result(said: Conversation) -> Result:
    return said.status, said.headers, said.body, said.is_reusable


TOKEN = st.from_regex(rb"[A-Za-z][A-Za-z0-9-]{0,10}", fullmatch=True).filter(
    lambda name: name.lower() not in (b"content-length", b"transfer-encoding", b"connection", b"upgrade")
)
VALUE = st.from_regex(rb"([!-~]([ -~]{0,20}[!-~])?)?", fullmatch=True)
HEADERS = st.lists(st.tuples(TOKEN, VALUE), max_size=5)


@st.composite
def answers(draw: st.DrawFn) -> tuple[bytes, Result]:
    """The bytes of an answer that is allowed, and what is to be read from them."""
    status = draw(st.integers(200, 599).filter(lambda code: code not in (204, 304)))
    body = draw(st.binary(max_size=200))
    headers = draw(HEADERS)
    keeps = True
    if draw(st.booleans()):
        headers.append((b"Connection", b"close"))
        keeps = False
    if draw(st.booleans()):
        headers.append((b"Content-Length", b"%d" % len(body)))
        framed = body
    else:
        headers.append((b"Transfer-Encoding", b"chunked"))
        cuts = sorted(draw(st.lists(st.integers(0, len(body)), max_size=4)))
        parts = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
        framed = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts if part) + b"0\r\n\r\n"
    head = b"".join(b"%b: %b\r\n" % header for header in headers)
    early = b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" * draw(st.integers(0, 2))
    whole = early + b"HTTP/1.1 %d Reason\r\n%b\r\n%b" % (status, head, framed)
    return whole, (status, headers, body, keeps)


@given(answers(), st.data())
def test_any_split_of_an_answer_gives_the_same(answer: tuple[bytes, Result], data: st.DataObject) -> None:
    whole, expected = answer
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert result(heard(*filter(None, pieces))) == expected


@given(answers(), st.data())
def test_an_answer_that_ends_early_is_none(answer: tuple[bytes, Result], data: st.DataObject) -> None:
    whole, _ = answer
    said = asked()
    assert not said.receive(whole[: data.draw(st.integers(1, len(whole) - 1))])
    with pytest.raises(RemoteProtocolError):
        said.receive(b"")


@given(answers(), st.binary(min_size=1, max_size=50))
def test_whatever_comes_after_an_answer_spoils_the_connection(answer: tuple[bytes, Result], more: bytes) -> None:
    whole, expected = answer
    assert result(heard(whole + more)) == (*expected[:3], False)


@given(st.lists(st.binary(max_size=60), max_size=8))
@example([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n"])
@example([b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", b"anything"])
@example([b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n"])
@example([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\xff\r\n"])
def test_any_bytes_give_an_answer_or_a_clean_failure(pieces: list[bytes]) -> None:
    try:
        said = heard(*pieces, b"")
    except RemoteProtocolError:
        return
    assert 200 <= said.status <= 999


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: nameless\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        *(
            head % version
            for head in (b"HTTP/%b 200 OK\r\nContent-Length: 2\r\n\r\nok", b"HTTP/%b 103 Early Hints\r\n\r\n")
            for version in (b"2.0", b"3.7", b"0.9", b"1.2")
        ),
    ],
)
def test_what_can_be_read_in_two_ways_is_not_read(head: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        heard(head)


@pytest.mark.parametrize(
    ("first", "more"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-A: ", b"bbbbbbbb"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["headers", "one header", "informational"],
)
def test_a_head_without_end_is_cut_off(first: bytes, more: bytes) -> None:
    said = asked()
    said.receive(first + more)
    for _ in range(LARGEST_HEAD // len(more) - 5):
        assert not said.receive(more)
    with pytest.raises(RemoteProtocolError):
        said.receive(more * 10)


def test_a_head_that_is_too_large_is_refused_in_one_piece_too() -> None:
    for size, allowed in ((LARGEST_HEAD - 100, True), (LARGEST_HEAD, False)):
        whole = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX-A: %b\r\n\r\nx" % (b"b" * size)
        if allowed:
            assert heard(whole).is_complete
        else:
            with pytest.raises(RemoteProtocolError):
                heard(whole)


@pytest.mark.parametrize("framing", [b"Content-Length: 50000", b"Transfer-Encoding: chunked", b"X-Ends: with the rest"])
def test_a_body_is_read_no_further_than_the_limit(framing: bytes) -> None:
    said = asked(limit=1000)
    said.receive(b"HTTP/1.1 200 OK\r\n%b\r\n\r\n" % framing)
    fed = 0
    while not said.receive(b"64\r\n%b\r\n" % (b"x" * 100)):
        fed += 106
        assert fed < 2000
    assert said.is_cut
    assert not said.is_reusable
    assert len(said.body) == 1000


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("piece", [1, 100, 1_000_000])
@pytest.mark.parametrize(
    ("chunk", "framing"),
    [(b"1\r\nx\r\n", 5), (b"1;%b\r\nx\r\n" % (b"a" * 1000), 1006)],
    ids=["tiny", "extended"],
)
def test_a_body_that_is_mostly_framing_is_left(chunk: bytes, framing: int, piece: int) -> None:
    said = asked(limit=10_000_000)
    said.receive(CHUNKED)
    data = chunk * (2 * MOST_FRAMING // framing)
    for at in range(0, len(data), piece):
        if said.receive(data[at : at + piece]):
            break
    assert (said.is_cut, said.is_complete, said.is_reusable) == (True, False, False)
    assert said.body == b"x" * len(said.body)
    assert len(said.body) < 1.5 * MOST_FRAMING / framing + 20


def test_a_large_head_is_not_taken_for_framing_of_the_body() -> None:
    head = CHUNKED[:-2] + b"X-A: %b\r\n\r\n" % (b"a" * 90_000)
    data = b"5\r\nhello\r\n" * 5000 + b"0\r\n\r\n"
    said = heard(head + data, limit=1_000_000)
    assert (said.is_reusable, len(said.body)) == (True, 25_000)


def test_parsing_stops_when_time_is_over() -> None:
    said = Conversation()
    said.ask("GET", LIMIT * 100, time.monotonic())
    with pytest.raises(ReadTimeout):
        said.receive(CHUNKED + b"28\r\n%b\r\n" % (b"x" * 40) * 10_000)
    assert 0 < len(said.body) < 20_000


def test_what_comes_after_an_answer_of_many_pieces_is_seen() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000
    assert result(heard(whole, limit=100_000))[3]
    for more in (b"y", b"y" * 100_000):
        assert result(heard(whole + more, limit=100_000))[2:] == (b"x" * 100_000, False)


@pytest.mark.parametrize(
    ("method", "status", "ends"), [("HEAD", 200, True), ("GET", 204, True), ("GET", 304, True), ("GET", 200, False)]
)
def test_answers_that_never_have_a_body(method: str, status: int, ends: bool) -> None:
    said = heard(b"HTTP/1.1 %d OK\r\nContent-Length: 9\r\n\r\n" % status, method=method)
    assert (said.is_complete, said.is_reusable, said.body) == (ends, ends, b"")


def test_a_body_that_ends_with_the_connection() -> None:
    said = asked()
    assert not said.receive(b"HTTP/1.1 200 OK\r\n\r\nab")
    assert said.ends_with_the_connection
    assert not said.receive(b"c")
    assert said.receive(b"")
    assert result(said)[2:] == (b"abc", False)


def test_one_request_after_another() -> None:
    said = Conversation()
    for number in range(5):
        said.ask("POST", LIMIT)
        assert (said.status, said.begun, said.body) == (0, False, b"")
        said.begun = True
        assert said.receive(b"HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n%d" % number)
        assert said.body == b"%d" % number
        assert said.is_reusable


@pytest.mark.parametrize("more", [b"", b"Connection: close\r\n", b"X-A: b\r\n"])
def test_a_head_may_come_alone(more: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n%b\r\n" % more
    said = asked()
    assert not said.receive(head)
    assert (said.status, said.is_complete, said.is_reusable, said.body) == (200, False, False, b"")
    assert said.receive(b"hello")
    assert result(said) == result(heard(head + b"hello")) == (200, said.headers, b"hello", b"close" not in more)


def test_an_answer_of_http_1_0_ends_its_connection() -> None:
    assert not heard(b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx").is_reusable


@given(st.text(max_size=5), st.binary(max_size=10), st.binary(max_size=8), st.binary(max_size=8))
def test_nothing_can_be_put_into_a_request(method: str, target: bytes, name: bytes, value: bytes) -> None:
    try:
        head = head_of(method, target, [(b"Host", b"h"), (name, value)])
    except LocalProtocolError:
        return
    first, *lines = head.split(b"\r\n")
    assert first.split(b" ") == [method.encode("latin-1"), target, b"HTTP/1.1"]
    assert lines == [b"Host: h", name + b": " + value, b"", b""]


@pytest.mark.parametrize("value", [b"a\r\nX: b", b"a\nX: b", b"a\rb", b"a\0b"])
def test_a_line_break_in_a_header_is_refused(value: bytes) -> None:
    with pytest.raises(LocalProtocolError):
        head_of("GET", b"/", [(b"Host", b"h"), (b"X-A", value)])


def test_a_method_that_is_none() -> None:
    with pytest.raises(LocalProtocolError):
        Conversation().ask("G T", LIMIT)


@pytest.mark.parametrize("method", ["HEAD", "CONNECT"])
def test_a_plain_head_does_not_tell_of_a_body_where_the_request_has_none(method: str) -> None:
    said = asked(method)
    said.receive(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
    assert (said.status, said.body, said.is_silent) == (200, b"", True)


def test_nothing_is_asked_while_an_answer_is_under_way() -> None:
    said = asked()
    assert not said.receive(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
    with pytest.raises(WireError):
        said.ask("GET", LIMIT)
    assert not said.begun
    assert said.receive(b"bc")
    with pytest.raises(WireError):
        said.ask("GET", LIMIT)
