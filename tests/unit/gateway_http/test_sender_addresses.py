"""Attempts reach the addresses that were checked, and no others, whatever names resolve to in the meantime."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

import pytest
import trustme

from molam_gateway.delivery.sender import Reception, Sender
from molam_gateway.delivery.vetting import Lookup
from tests.gateway_fixtures import Receiver
from tests.unit.gateway_http.receivers_corpus import INSIDE, NEVER

NAME = "shop.example.com"


class Names:
    """A resolver that answers in turn, the last for ever, and counts how often it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


def attempts(lookup: Lookup, *urls: str, sandbox: bool, tls: ssl.SSLContext | None = None) -> list[Reception]:
    """One attempt after the other by one sender."""

    async def main() -> list[Reception]:
        sender = Sender(connect_timeout=1, total_timeout=5, sandbox=sandbox, lookup=lookup, tls=tls)
        async with sender:
            return [await sender.post(url, b"{}", {}) for url in urls]

    return asyncio.run(main())


class Trap:
    """A listener on every address of this machine that must never be connected to."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("0.0.0.0", 0))
        self.port: int = self._listener.getsockname()[1]

    def caught(self) -> bool:
        self._listener.settimeout(0.05)
        with contextlib.suppress(TimeoutError):
            self._listener.accept()[0].close()
            return True
        return False

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    found = Trap()
    yield found
    found.close()


@pytest.fixture
def own_address() -> str:
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has loopback only")
        return str(probe.getsockname()[0])


@contextmanager
def sealed() -> Generator[tuple[int, ssl.SSLContext, list[str | None], list[bytes]]]:
    """An HTTPS server for the name: its port, who trusts it, and what SNI and request head it saw."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - pyOpenSSL is not installed
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)  # pyright: ignore[reportUnknownMemberType] - as above
    named: list[str | None] = []
    heads: list[bytes] = []
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = listener.accept()
        with contextlib.suppress(OSError), context.wrap_socket(peer, server_side=True) as secure:
            heads.append(secure.recv(65536))
            secure.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1], trusting, named, heads
    finally:
        thread.join(5)
        listener.close()


def test_the_name_stays_in_host_and_sni_and_the_certificate_is_checked() -> None:
    with sealed() as (port, trusting, named, heads):
        lookup = Names(["127.0.0.1"])
        (reception,) = attempts(lookup, f"https://{NAME}:{port}/hook", sandbox=True, tls=trusting)
    assert reception.accepted
    assert lookup.asked == [NAME]
    assert named == [NAME]
    assert f"Host: {NAME}:{port}\r\n".encode() in heads[0]


def test_a_certificate_of_somebody_else_is_refused() -> None:
    with sealed() as (port, trusting, _, heads):
        lookup = Names(["127.0.0.1"])
        (reception,) = attempts(lookup, f"https://other.example.com:{port}/", sandbox=True, tls=trusting)
    assert reception.status is None
    assert "Certificate" in str(reception.error)
    assert heads == []


def test_a_name_that_flips_after_the_check_does_not_lead_elsewhere(trap: Trap, own_address: str) -> None:
    """The first answer passes; every later one is this machine's address inside, where the trap listens."""
    with sealed() as (port, trusting, _, heads):
        lookup = Names(["127.0.0.1"], [own_address])
        url = f"https://{NAME}:{port}/"
        first, second = attempts(lookup, url, f"https://{NAME}:{trap.port}/", sandbox=True, tls=trusting)
    assert first.accepted
    assert len(heads) == 1
    assert (second.status, second.error) == (None, "The host has an address that is not public.")
    assert lookup.asked == [NAME, NAME]
    assert not trap.caught()


@pytest.mark.parametrize("address", INSIDE)
def test_names_that_lead_inside_are_not_followed(address: str) -> None:
    """In live mode, alone and beside a public address; each attempt asks once, and again the next time."""
    lookup = Names([address], ["8.8.8.8", address])
    first, second = attempts(lookup, *[f"https://{NAME}/"] * 2, sandbox=False)
    for reception in (first, second):
        assert reception.status is None
        assert "address" in str(reception.error)
    assert lookup.asked == [NAME, NAME]


@pytest.mark.parametrize("url", NEVER)
def test_urls_of_the_corpus_are_refused_at_each_attempt_before_anything_is_asked(url: str) -> None:
    lookup = Names(["8.8.8.8"])
    for sandbox in (True, False):
        (reception,) = attempts(lookup, url, sandbox=sandbox)
        assert reception.status is None
        assert str(reception.error).startswith(("The URL", "The host", "The port"))
    assert lookup.asked == []


def test_in_live_mode_nothing_of_this_machine_is_reached(trap: Trap) -> None:
    urls = [f"http://127.0.0.1:{trap.port}/", f"https://localhost:{trap.port}/", f"https://{NAME}:{trap.port}/"]
    receptions = attempts(Names(["127.0.0.1"]), *urls, sandbox=False)
    assert all(reception.status is None for reception in receptions)
    assert not trap.caught()


def test_a_name_that_is_none_is_a_failure() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    (reception,) = attempts(unknown, f"https://{NAME}/", sandbox=False)
    assert (reception.status, reception.accepted) == (None, False)
    assert "ClientConnectorDNSError" in str(reception.error)


def test_names_that_take_for_ever_leave_others_alone() -> None:
    """Forty look-ups that hang, far more than asyncio's own threads: a receiver beside them is reached at once."""
    released = threading.Event()

    def slow(host: str, port: int) -> Sequence[str]:
        if host.startswith("dead"):
            released.wait(10)
        return ["127.0.0.1"]

    async def main(url: str) -> Reception:
        async with Sender(connect_timeout=1, total_timeout=5, sandbox=True, lookup=slow) as sender:
            dead = [asyncio.create_task(sender.post(f"https://dead{n}.example.com/", b"{}", {})) for n in range(40)]
            await asyncio.sleep(0)
            reception = await sender.post(url, b"{}", {})
            assert not any(task.done() for task in dead)
            released.set()
            await asyncio.gather(*dead)
            return reception

    with Receiver() as receiver:
        assert asyncio.run(main(receiver.url.replace("127.0.0.1", "localhost"))).accepted
