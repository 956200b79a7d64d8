"""TLS inside the TLS of a proxy, which packs records of the server into its own as they come."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.actions import Answer
from tests.faults.certificates import make_authority
from tests.faults.connection import Connection
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer
from tests.unit.sdk.proxy import Proxy
from tests.unit.sdk.scripted import driving


@dataclass(frozen=True)
class Together:
    """Sends an answer, and others that nobody asked for, in records of their own that a proxy gets in one piece."""

    gate: threading.Lock
    answers: tuple[Answer, ...]
    cuts: int = 1

    def play(self, connection: Connection) -> None:
        request = connection.read_request()
        with self.gate:
            for answer in self.answers:
                head, body = answer.render(request)
                size = -(-len(body) // self.cuts)
                for record in (head, *(body[at : at + size] for at in range(0, len(body), size))):
                    connection.send(record)


@dataclass(frozen=True)
class Way:
    """From a client to a server, through a proxy behind TLS."""

    server: FaultServer
    proxy: Proxy
    gate: threading.Lock
    options: dict[str, Any]


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    authority = make_authority()
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(authority.pem)
    gate = threading.Lock()
    with (
        FaultServer(otherwise=created(), tls=authority.server) as server,
        Proxy(tls=authority.server, gate=gate) as proxy,
    ):
        url = f"https://localhost:{proxy.address.rpartition(':')[2]}"
        yield Way(server, proxy, gate, {"api_base": server.url, "proxy": url, "ca_bundle": str(bundle)})


@pytest.mark.parametrize("cuts", [1, 2, 40])
def test_an_answer_in_many_records_is_read_to_its_end(kind: str, way: Way, cuts: int) -> None:
    with driving(kind, **way.options, timeout=2, max_retries=0) as driver:
        for _ in range(3):
            way.server.then(Together(way.gate, (created(),), cuts))
            assert driver.create().id == INTENT_ID
    assert len(way.proxy.seen) == 1


@pytest.mark.parametrize("more", [1, 3])
def test_what_comes_after_an_answer_is_no_answer_to_the_next_call(kind: str, way: Way, more: int) -> None:
    with driving(kind, **way.options, require_attempt_id=False, max_retries=0) as driver:
        way.server.then(
            Together(way.gate, (created("pi_first"), *[Answer(201, created("pi_stray").body, echo=False)] * more))
        )
        assert [driver.create().id for _ in range(2)] == ["pi_first", INTENT_ID]
    assert (len(way.server.requests), len(way.proxy.seen)) == (2, 2)
