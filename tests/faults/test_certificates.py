"""Whom a client trusts under TLS, and what it says of those whom it does not; nothing is sent to them."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from molam_sdk import errors
from tests.faults.certificates import CLIENT, DAY, Issued, Issuer
from tests.faults.driver import Connect
from tests.faults.names import HOST, Names, resolving
from tests.faults.payloads import INTENT_ID, created
from tests.faults.proxy import FaultProxy
from tests.faults.server import FaultServer


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="module")
def bundle(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("authority") / "authority.pem"
    path.write_bytes(issuer.pem)
    return str(path)


@pytest.fixture
def gateway() -> Iterator[FaultServer]:
    with FaultServer(otherwise=created()) as running:
        yield running


@pytest.fixture(autouse=True)
def names(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    del connect
    with resolving(monkeypatch) as resolver:
        resolver.lead_to("127.0.0.1")
        yield resolver


Issue = Callable[[Issuer], Issued]
BAD: dict[str, tuple[Issue, str]] = {
    "expired": (lambda issuer: issuer.issue(HOST, begins=-2 * DAY, ends=-DAY), "certificate has expired"),
    "not yet valid": (lambda issuer: issuer.issue(HOST, begins=DAY, ends=2 * DAY), "certificate is not yet valid"),
    "unknown authority": (lambda _: Issuer().issue(HOST), "unable to get local issuer certificate"),
    "self-signed": (lambda issuer: issuer.issue(HOST, self_signed=True), "self-signed certificate"),
    "for clients": (lambda issuer: issuer.issue(HOST, usages=(CLIENT,)), "certificate purpose"),
    "another name": (lambda issuer: issuer.issue("other.test"), f"not valid for '{HOST}'"),
    "a name that only begins so": (lambda issuer: issuer.issue(f"{HOST}.example.com"), f"not valid for '{HOST}'"),
    "a wildcard above": (lambda issuer: issuer.issue("*.gateway.test"), f"not valid for '{HOST}'"),
    "an address only": (lambda issuer: issuer.issue("127.0.0.1"), f"not valid for '{HOST}'"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_certificate_that_must_not_be_trusted(
    connect: Connect, gateway: FaultServer, issuer: Issuer, bundle: str, bad: str
) -> None:
    issue, words = BAD[bad]
    with FaultProxy(gateway.url, tls=issuer.server(issue(issuer)), name=HOST) as proxy:
        with pytest.raises(errors.NetworkError) as caught:
            connect(proxy, ca_bundle=bundle, max_retries=0).create()
        assert type(caught.value) is errors.NetworkError
        assert (caught.value.phase, caught.value.outcome, caught.value.attempts) == ("tls", "not_sent", 1)
        assert words in caught.value.message
        assert ("pass ca_bundle" in caught.value.message) == (bad in ("unknown authority", "self-signed"))
        assert HOST in caught.value.message
    assert gateway.requests == []


@pytest.mark.parametrize(
    ("host", "certified"),
    [
        (HOST, HOST),
        ("pay.shop.test", "*.shop.test"),
        ("GATEWAY.test", HOST),
        ("xn--bcher-kva.test", "xn--bcher-kva.test"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_a_certificate_that_fits(
    connect: Connect, gateway: FaultServer, issuer: Issuer, bundle: str, host: str, certified: str
) -> None:
    with FaultProxy(gateway.url, tls=issuer.server(issuer.issue(certified)), name=host) as proxy:
        assert connect(proxy, ca_bundle=bundle, max_retries=0).create().id == INTENT_ID


def test_an_address_that_its_certificate_does_not_name(
    connect: Connect, gateway: FaultServer, issuer: Issuer, bundle: str
) -> None:
    tls = issuer.server(issuer.issue("127.0.0.2", "localhost"))
    with FaultProxy(gateway.url, tls=tls, name="127.0.0.1") as proxy:
        with pytest.raises(errors.NetworkError, match="IP address mismatch") as caught:
            connect(proxy, ca_bundle=bundle, max_retries=0).create()
        assert (caught.value.phase, caught.value.outcome) == ("tls", "not_sent")


@pytest.mark.parametrize("version", ["TLSv1_1", "TLSv1_2", "TLSv1_3"])
def test_tls_begins_with_1_2(connect: Connect, gateway: FaultServer, issuer: Issuer, bundle: str, version: str) -> None:
    tls = issuer.server(issuer.issue(HOST))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        tls.minimum_version = ssl.TLSVersion.TLSv1_1
        tls.maximum_version = ssl.TLSVersion[version]
        tls.set_ciphers("ALL:@SECLEVEL=0")
    with FaultProxy(gateway.url, tls=tls, name=HOST) as proxy:
        driver = connect(proxy, ca_bundle=bundle, max_retries=0)
        if version != "TLSv1_1":
            assert driver.create().id == INTENT_ID
            return
        with pytest.raises(errors.NetworkError) as caught:
            driver.create()
        assert (caught.value.phase, caught.value.outcome) == ("tls", "not_sent")


@pytest.mark.parametrize("wire", ["molam", "httpx"])
@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
@pytest.mark.parametrize("shown", ["none", "a stranger's", "an expired one"])
def test_a_gateway_that_refuses_the_clients_certificate(
    connect: Connect,
    gateway: FaultServer,
    issuer: Issuer,
    bundle: str,
    tmp_path: Path,
    version: str,
    shown: str,
    wire: str,
) -> None:
    """With TLS 1.3 the refusal comes after the request has left, when the client begins to read."""
    tls = issuer.server(issuer.issue(HOST), clients_of=issuer)
    tls.maximum_version = ssl.TLSVersion[version]
    options: dict[str, str] = {"wire": wire}
    if shown != "none":
        issued = Issuer().client() if shown == "a stranger's" else issuer.client(begins=-2 * DAY, ends=-DAY)
        options |= written(tmp_path, issued)
    with FaultProxy(gateway.url, tls=tls, name=HOST) as proxy, pytest.raises(errors.NetworkError) as caught:
        connect(proxy, ca_bundle=bundle, max_retries=0, **options).create()
    error = caught.value
    assert (type(error), error.phase) == (errors.NetworkError, "tls")
    assert error.outcome == ("not_sent" if version == "TLSv1_2" else "unknown")
    assert "mtls_cert" in error.message
    assert gateway.requests == []


def written(folder: Path, issued: Issued) -> dict[str, str]:
    """The options of a client that shows this certificate."""
    (folder / "client.pem").write_bytes(issued.cert)
    (folder / "client.key").write_bytes(issued.key)
    return {"mtls_cert": str(folder / "client.pem"), "mtls_key": str(folder / "client.key")}


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_a_gateway_that_requires_a_certificate_and_gets_it(
    connect: Connect, gateway: FaultServer, issuer: Issuer, bundle: str, tmp_path: Path, version: str
) -> None:
    tls = issuer.server(issuer.issue(HOST), clients_of=issuer)
    tls.maximum_version = ssl.TLSVersion[version]
    issued = issuer.client()
    with FaultProxy(gateway.url, tls=tls, name=HOST) as proxy:
        driver = connect(proxy, ca_bundle=bundle, max_retries=0, **written(tmp_path, issued))
        assert driver.create().id == INTENT_ID
        assert proxy.peers == [issued.serial]
