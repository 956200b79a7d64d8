"""Calls to providers over real sockets: what was not sent, what was lost, and what never happens by itself."""

import asyncio
import contextlib
import json
import socket
import ssl
from collections.abc import AsyncGenerator, Generator
from decimal import Decimal
from typing import Any

import pytest
import trustme

from molam_gateway.providers.breaker import Breaker
from molam_gateway.providers.http_client import MOST_BYTES, LostError, NotSentError, ProviderHttp, Reply

from .scripted_server import Answer, hangs_up, is_silent, resets, says, scripted

pytestmark = pytest.mark.anyio


@contextlib.asynccontextmanager
async def client(**options: Any) -> AsyncGenerator[ProviderHttp]:
    http = ProviderHttp("acme", **options)
    try:
        yield http
    finally:
        await http.close()


async def test_an_answer_of_any_status_is_returned() -> None:
    async with scripted(says(b'{"a": 1.10}', status="503 Gone", headers="X-Id: 7\r\n")) as server, client() as http:
        reply = await http.request("POST", server.url, json={"b": 2})
        assert (reply.status, reply.headers["x-id"]) == (503, "7")
        assert reply.document() == {"a": Decimal("1.10")}
        assert http.in_flight == 0


async def test_nobody_listens_so_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with client() as http:
        with pytest.raises(NotSentError, match="acme cannot be reached"):
            await http.request("POST", url)


async def test_no_connection_in_time_so_nothing_was_sent() -> None:
    with full_listener() as url:
        async with client(connect_timeout=0.1) as http:
            with pytest.raises(NotSentError):
                await http.request("POST", url)


@pytest.mark.parametrize("url", ["http://nobody.invalid/", "ftp://127.0.0.1/", "http://[::1/"])
async def test_an_address_that_leads_nowhere_so_nothing_was_sent(url: str) -> None:
    async with client() as http:
        with pytest.raises(NotSentError):
            await http.request("POST", url)


async def test_a_certificate_of_somebody_else_so_nothing_was_sent() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - pyOpenSSL is not installed
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())

    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=context)
    async with server, client() as http:
        with pytest.raises(NotSentError):
            await http.request("POST", f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert heard in ([], [b""])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(hangs_up, id="closed"),
        pytest.param(resets, id="reset"),
        pytest.param(says(b'{"a"', length=100), id="truncated"),
        pytest.param(says(b"x" * (MOST_BYTES + 1)), id="too long"),
        pytest.param(says(headers="A: " + "x" * 20_000 + "\r\n"), id="long header"),
        pytest.param(is_silent, id="silent"),
    ],
)
async def test_without_a_whole_answer_the_request_is_lost_and_not_repeated(answer: Answer) -> None:
    async with scripted(answer) as server, client(total_timeout=0.3) as http:
        with pytest.raises(LostError, match="acme"):
            await http.request("POST", server.url, json={"secret": "s3cr3t"})
        assert len(server.heads) == 1
        assert http.in_flight == 0


async def test_on_a_kept_connection_only_a_get_is_made_a_second_time() -> None:
    async with scripted(says(), resets, says()) as server, client() as http:
        await http.request("POST", server.url)
        with pytest.raises(LostError):
            await http.request("POST", server.url)
        assert len(server.heads) == 2
    async with scripted(says(), resets, says()) as server, client() as http:
        await http.request("GET", server.url)
        assert (await http.request("GET", server.url)).status == 200
        assert len(server.heads) == 3


async def test_fresh_connections_are_used_once() -> None:
    async with scripted(says()) as server, client(fresh_connections=True) as http:
        for _ in range(3):
            await http.request("POST", server.url)
        assert server.connections == 3
        assert all("connection: close" in head.lower() for head in server.heads)


async def test_connections_are_kept_otherwise() -> None:
    async with scripted(says()) as server, client() as http:
        for _ in range(3):
            await http.request("POST", server.url)
        assert server.connections == 1


async def test_redirects_are_not_followed() -> None:
    async with scripted(says()) as elsewhere:
        moved = says(status="307 Temporary Redirect", headers=f"Location: {elsewhere.url}/\r\n")
        async with scripted(moved) as server, client() as http:
            reply = await http.request("POST", server.url, basic=("user", "pässword"))
            assert reply.status == 307
            assert elsewhere.heads == []


async def test_cookies_are_not_kept() -> None:
    async with scripted(says(headers="Set-Cookie: a=b\r\n")) as server, client() as http:
        for _ in range(2):
            await http.request("GET", server.url)
        assert not any("cookie" in head.lower() for head in server.heads)


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scripted(says()) as proxy, scripted(says()) as server, client() as http:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        await http.request("GET", server.url)
        assert (len(server.heads), proxy.heads) == (1, [])


async def test_a_full_bulkhead_sends_nothing_and_frees_itself() -> None:
    async with scripted(is_silent) as server, client(most_calls=2) as http:
        under_way = [asyncio.ensure_future(http.request("POST", server.url)) for _ in range(2)]
        await server.read(2)
        with pytest.raises(NotSentError, match="2 calls to acme"):
            await http.request("POST", server.url)
        for call in under_way:
            call.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        assert http.in_flight == 0


async def test_the_circuit_opens_and_one_probe_decides() -> None:
    seconds = [0.0]
    breaker = Breaker(3, lambda: seconds[0])
    async with scripted(hangs_up, hangs_up, hangs_up, says()) as server, client(breaker=breaker) as http:
        for _ in range(3):
            with pytest.raises(LostError):
                await http.request("POST", server.url)
        with pytest.raises(NotSentError, match="circuit"):
            await http.request("POST", server.url)
        assert len(server.heads) == 3
        seconds[0] = 5.0
        outcomes = await asyncio.gather(*(http.request("POST", server.url) for _ in range(5)), return_exceptions=True)
        assert [type(each) for each in outcomes].count(Reply) == 1
        assert len(server.heads) == 4
        assert not breaker.open


async def test_an_error_of_the_provider_keeps_the_circuit_closed() -> None:
    async with scripted(says(status="500 Oops")) as server, client(breaker=Breaker(2)) as http:
        for _ in range(5):
            assert (await http.request("POST", server.url)).status == 500


async def test_a_probe_that_is_called_off_leaves_the_next_one_to_decide() -> None:
    seconds = [0.0]
    breaker = Breaker(1, lambda: seconds[0])
    async with scripted(hangs_up, is_silent, says()) as server, client(breaker=breaker) as http:
        with pytest.raises(LostError):
            await http.request("POST", server.url)
        seconds[0] = 5.0
        probe = asyncio.ensure_future(http.request("POST", server.url))
        await server.read(2)
        probe.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probe
        assert (await http.request("POST", server.url)).status == 200


async def test_a_slow_provider_does_not_slow_another() -> None:
    calls = 1000
    allow_files(3 * calls)
    async with (
        scripted(is_silent) as slow,
        scripted(says()) as fast,
        client(most_calls=calls, connect_timeout=20) as to_slow,
        client() as to_fast,
    ):
        waiting = [asyncio.ensure_future(to_slow.request("POST", slow.url)) for _ in range(calls)]
        await slow.read(calls)
        assert to_slow.in_flight == calls
        async with asyncio.timeout(5):
            replies = await asyncio.gather(*(to_fast.request("POST", fast.url) for _ in range(100)))
        assert {reply.status for reply in replies} == {200}
        for call in waiting:
            call.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"1", b"{", b"\xff", b"[" * 100_000, b'"x"'], ids=lambda body: repr(body[:9])
)
def test_a_body_that_is_no_object_is_none(body: bytes) -> None:
    assert Reply(200, {}, body).document() is None


def test_replies_do_not_show_their_body() -> None:
    assert "s3cr3t" not in repr(Reply(200, {}, json.dumps({"key": "s3cr3t"}).encode()))


@contextlib.contextmanager
def full_listener() -> Generator[str]:
    """An address whose queue of connections is full, so that no further one is ever made."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1))
        address = listener.getsockname()
        for _ in range(8):
            caller = stack.enter_context(contextlib.closing(socket.socket()))
            caller.settimeout(0.05)
            try:
                caller.connect(address)
            except TimeoutError:
                break
        else:
            pytest.skip("this system never says that a queue is full")
        yield f"http://127.0.0.1:{address[1]}"


def allow_files(count: int) -> None:
    """Let the process have that many open files."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        pytest.skip(f"needs {count} open files")
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
