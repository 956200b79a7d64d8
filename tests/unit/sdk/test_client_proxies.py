"""Proxies: named by an option, or by the environment where it is trusted; never otherwise."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from molam_sdk import MolamAsyncClient, errors
from tests.faults.certificates import Authority, Issuer, make_authority
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer
from tests.unit.sdk.proxy import Proxy
from tests.unit.sdk.scripted import API_KEY, driving

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
BASIC = "Basic " + base64.b64encode(b"till:s3c ret").decode()


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(otherwise=created()) as running:
        yield running


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority()


@pytest.fixture
def sealed(authority: Authority) -> Iterator[FaultServer]:
    with FaultServer(otherwise=created(), tls=authority.server) as running:
        yield running


@pytest.fixture
def bundle(authority: Authority, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    path.write_bytes(authority.pem)
    return str(path)


def test_plain_http_is_forwarded(kind: str, server: FaultServer) -> None:
    with Proxy() as proxy, driving(kind, api_base=server.url, proxy=f"http://{proxy.address}") as driver:
        assert driver.create().id == INTENT_ID
        assert driver.create().id == INTENT_ID
    assert {line for line, _ in proxy.seen} == {f"POST {server.url}/v1/connect/payment_intents HTTP/1.1"}
    assert len(server.requests) == 2


def test_https_goes_through_a_tunnel_that_sees_nothing(kind: str, sealed: FaultServer, bundle: str) -> None:
    with (
        Proxy() as proxy,
        driving(kind, api_base=sealed.url, ca_bundle=bundle, proxy=f"http://{proxy.address}") as driver,
    ):
        assert driver.create().id == INTENT_ID
    ((line, headers),) = proxy.seen
    assert line == f"CONNECT localhost:{sealed.port} HTTP/1.1"
    assert not {"authorization", "idempotency-key", "molam-attempt-id"} & set(headers)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_credentials_of_the_proxy_reach_it_only(
    kind: str, scheme: str, server: FaultServer, sealed: FaultServer, bundle: str
) -> None:
    target = sealed if scheme == "https" else server
    options: dict[str, Any] = {"ca_bundle": bundle} if scheme == "https" else {}
    with Proxy(credentials=BASIC) as proxy:
        url = f"http://till:s3c%20ret@{proxy.address}"
        with driving(kind, api_base=target.url, proxy=url, **options) as driver:
            assert driver.create().id == INTENT_ID
            assert "s3c" not in repr(driver.client)
    assert proxy.seen[0][1]["proxy-authorization"] == BASIC.lower()
    if scheme == "https":
        assert "proxy-authorization" not in target.requests[0].headers


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "the proxy answered 403"),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "the proxy answered 407"),
        (b"", "the proxy closed"),
        (b"220 mail.example ESMTP\r\n", "the proxy closed"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "localhost"),
        (None, "localhost"),
    ],
    ids=["403", "407", "closes", "speaks another protocol", "closes the tunnel", "silent"],
)
def test_a_tunnel_that_is_not_dug_sent_nothing(
    kind: str, sealed: FaultServer, bundle: str, says: bytes | None, words: str
) -> None:
    with (
        Proxy(says=says) as proxy,
        driving(
            kind,
            api_base=sealed.url,
            ca_bundle=bundle,
            proxy=f"http://{proxy.address}",
            max_retries=0,
            timeout=(0.3 if says is None else 5, 5),
        ) as driver,
    ):
        error = driver.fail(errors.NetworkError)
    assert (error.outcome, sealed.requests) == ("not_sent", [])
    assert words in error.message
    assert isinstance(error, errors.TimeoutError) == (says is None)
    assert len(proxy.seen) == 1


def test_a_tunnel_is_used_again(kind: str, sealed: FaultServer, bundle: str) -> None:
    with (
        Proxy() as proxy,
        driving(kind, api_base=sealed.url, ca_bundle=bundle, proxy=f"http://{proxy.address}") as driver,
    ):
        assert [driver.create().id for _ in range(3)] == [INTENT_ID] * 3
    assert len(proxy.seen) == 1


@pytest.mark.parametrize("wire", ["molam", "httpx"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_behind_tls(kind: str, scheme: str, wire: str, server: FaultServer, tmp_path: Path) -> None:
    """The proxy and the host behind it are each called by their own name, which is all that their certificates say."""
    issuer = Issuer()
    bundle = tmp_path / "both.pem"
    bundle.write_bytes(issuer.pem)
    with (
        FaultServer(otherwise=created(), tls=issuer.server(issuer.issue("127.0.0.1"))) as sealed,
        Proxy(tls=issuer.server(issuer.issue("localhost"))) as proxy,
    ):
        url = f"https://localhost:{proxy.address.rpartition(':')[2]}"
        base = f"https://127.0.0.1:{sealed.port}" if scheme == "https" else server.url
        with driving(kind, api_base=base, ca_bundle=str(bundle), proxy=url, wire=wire) as driver:
            assert driver.create().id == INTENT_ID
        with driving(kind, api_base=base, proxy=url, verify=False, wire=wire, max_retries=0) as driver:
            error = driver.fail(errors.NetworkError)
    assert (error.phase, error.outcome, len(proxy.seen)) == ("tls", "not_sent", 1)


@pytest.mark.parametrize("wire", ["molam", "httpx"])
def test_a_proxy_behind_tls_is_not_called_by_the_name_of_a_host_that_ends_with_a_dot(
    kind: str, wire: str, tmp_path: Path
) -> None:
    issuer = Issuer()
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(issuer.pem)
    says = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    with Proxy(says=says, tls=issuer.server(issuer.issue("127.0.0.1"))) as proxy:
        options: dict[str, Any] = {"ca_bundle": str(bundle), "proxy": f"https://{proxy.address}", "wire": wire}
        with driving(kind, api_base="https://localhost.:1", max_retries=0, **options) as driver:
            error = driver.fail(errors.NetworkError)
    assert ([line for line, _ in proxy.seen], error.outcome) == (["CONNECT localhost.:1 HTTP/1.1"], "not_sent")


@pytest.mark.parametrize("wire", ["molam", "httpx"])
def test_a_host_whose_name_ends_with_a_dot(
    kind: str, wire: str, sealed: FaultServer, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = socket.getaddrinfo("127.0.0.1", sealed.port, type=socket.SOCK_STREAM)

    def look_up(*_: object, **__: object) -> Any:
        return known

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    base = f"https://localhost.:{sealed.port}"
    with driving(kind, api_base=base, ca_bundle=bundle, wire=wire, max_retries=0) as driver:
        assert driver.create().id == INTENT_ID


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("times", [1, 2])
def test_cancelling_behind_a_proxy_loses_no_slot(
    scheme: str, times: int, server: FaultServer, sealed: FaultServer, bundle: str
) -> None:
    target = sealed if scheme == "https" else server

    async def cancel_everywhere(client: MolamAsyncClient) -> int:
        async def create() -> str:
            return (await client.payment_intents.create(amount=1, currency="USD")).id

        cancelled = 0
        for steps in range(60):
            call = asyncio.ensure_future(create())
            for _ in range(steps):
                await asyncio.sleep(0)
            for _ in range(times):
                call.cancel("enough")
                await asyncio.sleep(0)
            with suppress(asyncio.CancelledError):
                await call
            cancelled += call.cancelled()
            assert set(await asyncio.gather(create(), create())) == {INTENT_ID}
        return cancelled

    async def use(proxy: Proxy) -> int:
        async with MolamAsyncClient(
            api_key=API_KEY,
            api_base=target.url,
            proxy=f"http://{proxy.address}",
            ca_bundle=bundle,
            max_connections=2,
            max_retries=0,
            deadline=5,
        ) as client:
            return await cancel_everywhere(client)

    with Proxy() as proxy:
        assert asyncio.run(use(proxy)) > 2


def test_a_proxy_that_has_no_address(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with driving(kind, api_base="https://127.0.0.1:1", proxy="http://proxy.invalid:3128", max_retries=0) as driver:
        error = driver.fail(errors.NetworkError)
    assert (error.phase, error.outcome) == ("dns", "not_sent")
    assert "the proxy proxy.invalid cannot be reached" in error.message


def test_a_proxy_that_is_not_there(kind: str, server: FaultServer) -> None:
    with driving(kind, api_base=server.url, proxy="http://127.0.0.1:1", max_retries=0) as driver:
        error = driver.fail(errors.NetworkError)
    assert (error.phase, error.outcome, server.requests) == ("connect", "not_sent", [])


def test_the_environment_names_a_proxy_where_it_is_trusted(
    kind: str, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        with driving(kind, api_base=server.url) as driver:
            driver.create()
        assert proxy.seen == []
        with driving(kind, api_base=server.url, trust_env=True) as driver:
            driver.create()
    assert len(proxy.seen) == 1


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY", "https_proxy"])
def test_each_scheme_has_its_variable(
    kind: str, sealed: FaultServer, bundle: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv(name, f"http://{proxy.address}")
        with driving(kind, api_base=sealed.url, ca_bundle=bundle, trust_env=True) as driver:
            driver.create()
    assert len(proxy.seen) == 1


@pytest.mark.parametrize("exceptions", ["127.0.0.1", "*", "example.com, 127.0.0.1"])
def test_no_proxy_is_honoured(kind: str, server: FaultServer, exceptions: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        monkeypatch.setenv("NO_PROXY", exceptions)
        with driving(kind, api_base=server.url, trust_env=True) as driver:
            driver.create()
    assert proxy.seen == []


def test_an_option_wins_over_the_environment(kind: str, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with (
        Proxy() as proxy,
        driving(kind, api_base=server.url, proxy=f"http://{proxy.address}", trust_env=True) as driver,
    ):
        driver.create()
    assert len(proxy.seen) == 1


@pytest.mark.skipif(find_spec("socksio") is not None, reason="socksio is installed here")
@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_a_socks_proxy_says_which_package_is_missing(kind: str, scheme: str) -> None:
    with driving(kind, proxy=f"{scheme}://127.0.0.1:1080") as driver:
        error = driver.fail(errors.ConfigurationError, idempotency_key="order-1")
    assert "httpx[socks]" in error.message
    assert (error.outcome, error.idempotency_key) == ("not_sent", "order-1")


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:3128",
        "ftp://127.0.0.1",
        "http://",
        "http://a b",
        "http://a..b",
        "http://till:80/s3c@127.0.0.1",
        7,
        "",
    ],
)
def test_what_is_no_proxy(kind: str, url: object) -> None:
    with pytest.raises(errors.ConfigurationError, match="proxy"), driving(kind, proxy=url):
        pass


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://exämple:1", "http://h:99999", "http://", "ftp://p:1", "socks4://p:1"]
)
def test_a_variable_that_is_no_proxy(kind: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", url)
    with driving(kind, trust_env=True) as driver:
        error = driver.fail(errors.ConfigurationError)
    assert "HTTP_PROXY" in error.message


def test_a_variable_without_a_scheme_means_http(
    kind: str, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.address)
        with driving(kind, api_base=server.url, trust_env=True) as driver:
            driver.create()
    assert len(proxy.seen) == 1


def test_a_password_with_an_at_sign_is_not_shown(kind: str) -> None:
    with driving(kind, proxy="http://till:p@ssw0rd@127.0.0.1:1") as driver:
        shown = repr(driver.client)
    assert "http://***@127.0.0.1:1" in shown
    assert "ssw0rd" not in shown
