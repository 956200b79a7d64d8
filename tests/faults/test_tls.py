"""The same faults under TLS, and certificates that must not be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from molam_sdk import errors
from tests.faults.actions import Action, CloseUnanswered, Drip, ResetUnanswered, Truncate
from tests.faults.certificates import Authority, make_authority
from tests.faults.driver import Connect
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer
from tests.faults.timing import SLACK, lateness


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority()


@pytest.fixture
def sealed(authority: Authority) -> Iterator[FaultServer]:
    with FaultServer(tls=authority.server) as running:
        yield running


@pytest.fixture
def bundle(authority: Authority, tmp_path: Path) -> str:
    path = tmp_path / "authority.pem"
    path.write_bytes(authority.pem)
    return str(path)


@pytest.mark.parametrize("fault", [CloseUnanswered(), ResetUnanswered(), Truncate(created())], ids=repr)
def test_lost_answers_are_repeated_with_one_key(
    connect: Connect, sealed: FaultServer, bundle: str, fault: Action
) -> None:
    sealed.then(fault, created())
    assert connect(sealed, ca_bundle=bundle).create().id == INTENT_ID
    first, second = sealed.requests
    assert first.idempotency_key == second.idempotency_key


def test_a_sealed_connection_is_used_again(connect: Connect, sealed: FaultServer, bundle: str) -> None:
    sealed.otherwise = created()
    driver = connect(sealed, ca_bundle=bundle)
    assert [driver.create().id for _ in range(3)] == [INTENT_ID] * 3
    assert sealed.accepted == 1


@pytest.mark.parametrize("part", ["body", "headers"])
def test_the_deadline_holds(connect: Connect, sealed: FaultServer, bundle: str, part: str) -> None:
    sealed.otherwise = Drip(created(), 0.02, "body" if part == "body" else "headers")
    driver = connect(sealed, ca_bundle=bundle, deadline=0.8)

    def call() -> None:
        with pytest.raises(errors.TimeoutError) as caught:
            driver.create()
        assert caught.value.phase == part

    assert lateness(call, 0.8) <= SLACK


def test_an_address_in_capitals_is_sealed_like_any_other(connect: Connect, sealed: FaultServer, bundle: str) -> None:
    sealed.otherwise = created()
    driver = connect(sealed, api_base=sealed.url.upper() + "/", ca_bundle=bundle, max_retries=0)
    assert driver.create().id == INTENT_ID
    assert sealed.requests[0].headers["host"] == f"localhost:{sealed.port}"


def test_an_unknown_authority_is_refused_before_anything_is_sent(connect: Connect, sealed: FaultServer) -> None:
    with pytest.raises(errors.NetworkError) as caught:
        connect(sealed, max_retries=1).create()
    assert (caught.value.phase, caught.value.outcome) == ("tls", "not_sent")
    assert sealed.requests == []


def test_another_hosts_certificate_is_refused(connect: Connect, tmp_path: Path) -> None:
    stranger = make_authority("elsewhere.example.com")
    bundle = tmp_path / "stranger.pem"
    bundle.write_bytes(stranger.pem)
    with FaultServer(tls=stranger.server) as server:
        with pytest.raises(errors.NetworkError) as caught:
            connect(server, ca_bundle=str(bundle), max_retries=0).create()
        assert caught.value.phase == "tls"
        assert server.requests == []
