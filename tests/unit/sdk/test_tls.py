"""TLS as configured: authorities, client certificates, and no check only where nobody else can listen."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import trustme

from molam_sdk import errors
from molam_sdk._network import tls
from molam_sdk.config import Config
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer
from tests.unit.sdk.proxy import Proxy
from tests.unit.sdk.scripted import API_KEY, driving


class Files:
    """A certificate authority with a server's and a client's certificate, as files."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(self.authority.cert_pem.bytes())
        self.cert, self.key = folder / "client.pem", folder / "client.key"
        self.issue("client@shop.example")

    def issue(self, identity: str) -> None:
        """Renew the client's certificate in its place."""
        issued = self.authority.issue_cert(identity)
        self.cert.write_bytes(issued.cert_chain_pems[0].bytes())
        self.key.write_bytes(issued.private_key_pem.bytes())

    def server(self, *names: str, wants_client: bool = False) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued = self.authority.issue_cert(*(names or ("localhost", "127.0.0.1")))
        issued.configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - pyOpenSSL is not installed
        if wants_client:
            context.verify_mode = ssl.CERT_REQUIRED
            self.authority.configure_trust(context)  # pyright: ignore[reportUnknownMemberType] - as above
        return context


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    tls.forget()
    yield Files(tmp_path)
    tls.forget()


def test_a_bundle_of_authorities_is_trusted(kind: str, files: Files) -> None:
    with FaultServer(otherwise=created(), tls=files.server()) as server:
        with driving(kind, api_base=server.url, ca_bundle=files.ca) as driver:
            assert driver.create().id == INTENT_ID
        for wire in ("molam", "httpx"):
            with driving(kind, api_base=server.url, max_retries=0, wire=wire) as driver:
                error = driver.fail(errors.NetworkError)
            assert error.phase == "tls"
            assert "pass ca_bundle" in error.message


@pytest.mark.parametrize("wire", ["molam", "httpx"])
def test_the_dot_at_the_end_of_a_name_is_for_dns_only(
    kind: str, files: Files, wire: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    told: list[str | None] = []

    def look_up(host: str | bytes, port: int, *_: object, **__: object) -> Any:
        asked.add(host if isinstance(host, str) else host.decode())
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    context = files.server("gateway.test")
    context.sni_callback = lambda _, name, __: told.append(name)
    with FaultServer(otherwise=created(), tls=context) as server:
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        base = f"https://gateway.test.:{server.port}"
        with driving(kind, api_base=base, ca_bundle=files.ca, wire=wire, max_retries=0) as driver:
            assert driver.create().id == INTENT_ID
        assert server.requests[0].headers["host"] == f"gateway.test.:{server.port}"
    assert (asked, told) == ({"gateway.test."}, ["gateway.test"])


@pytest.mark.parametrize("sealed", [False, True], ids=["proxy", "sealed proxy"])
def test_nor_is_it_for_tls_in_a_tunnel(kind: str, files: Files, sealed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(host: str, port: int, *_: object, **__: object) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    tls = files.server("gateway.test", "proxy.test")
    with FaultServer(otherwise=created(), tls=tls) as server, Proxy(tls=tls if sealed else None) as proxy:
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        address = f"http{'s' if sealed else ''}://proxy.test.:{proxy.address.rpartition(':')[2]}"
        base = f"https://gateway.test.:{server.port}"
        with driving(kind, api_base=base, ca_bundle=files.ca, proxy=address, max_retries=0) as driver:
            assert driver.create().id == INTENT_ID
    assert len(proxy.seen) == 1


def test_no_check_on_loopback(kind: str, files: Files) -> None:
    server = FaultServer(otherwise=created(), tls=files.server())
    with server, driving(kind, api_base=server.url, verify=False) as driver:
        assert driver.create().id == INTENT_ID


def test_a_client_shows_its_certificate(kind: str, files: Files) -> None:
    with FaultServer(otherwise=created(), tls=files.server(wants_client=True)) as server:
        shared: dict[str, Any] = {"api_base": server.url, "ca_bundle": str(files.ca), "max_retries": 0}
        with driving(kind, mtls_cert=files.cert, mtls_key=files.key, **shared) as driver:
            assert driver.create().id == INTENT_ID
        with driving(kind, **shared) as driver:
            driver.fail(errors.NetworkError)
        assert len(server.requests) == 1


def test_a_certificate_and_its_key_may_share_a_file(kind: str, files: Files) -> None:
    files.cert.write_bytes(files.key.read_bytes() + files.cert.read_bytes())
    server = FaultServer(otherwise=created(), tls=files.server(wants_client=True))
    with server, driving(kind, api_base=server.url, ca_bundle=files.ca, mtls_cert=files.cert) as driver:
        assert driver.create().id == INTENT_ID


def test_variables_name_authorities_only_where_they_are_trusted(
    kind: str, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(files.ca))
    with FaultServer(otherwise=created(), tls=files.server()) as server:
        with driving(kind, api_base=server.url, trust_env=True) as driver:
            assert driver.create().id == INTENT_ID
        with driving(kind, api_base=server.url, max_retries=0) as driver:
            driver.fail(errors.NetworkError)


def test_a_directory_of_authorities(kind: str, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "hashed"
    folder.mkdir()
    command = ["openssl", "x509", "-noout", "-subject_hash", "-in", str(files.ca)]
    named = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    (folder / f"{named}.0").write_bytes(files.ca.read_bytes())
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    server = FaultServer(otherwise=created(), tls=files.server())
    with server, driving(kind, api_base=server.url, trust_env=True) as driver:
        assert driver.create().id == INTENT_ID


@pytest.mark.parametrize("wire", ["molam", "httpx"])
@pytest.mark.parametrize("name", ["ca_bundle", "mtls_cert"])
def test_files_that_are_no_certificates(kind: str, files: Files, name: str, wire: str, tmp_path: Path) -> None:
    """They are read when the client is made, whether or not the first call will need them."""
    garbage = tmp_path / "garbage.pem"
    garbage.write_text("no certificate")
    for more in ({}, {"verify": False}) if name == "mtls_cert" else ({},):
        refuse(kind, f"{name}.*PEM", {name: garbage, "wire": wire, **more})


def test_a_file_that_is_no_certificate_any_more(kind: str, files: Files) -> None:
    with driving(kind, api_base="https://localhost:1", mtls_cert=files.cert, mtls_key=files.key) as driver:
        files.cert.write_text("no certificate")
        tls.forget()
        error = driver.fail(errors.ConfigurationError, idempotency_key="order-1")
    assert (error.outcome, error.idempotency_key, error.attempts) == ("not_sent", "order-1", 0)
    assert "PEM" in error.message


def refuse(kind: str, words: str, options: dict[str, Any]) -> None:
    with (
        pytest.raises(errors.ConfigurationError, match=words),
        driving(kind, api_base="https://localhost:1", **options),
    ):
        pass


def test_a_key_that_does_not_belong_to_its_certificate(kind: str, files: Files) -> None:
    other = files.authority.issue_cert("other@shop.example")
    files.key.write_bytes(other.private_key_pem.bytes())
    refuse(kind, "belong together", {"mtls_cert": files.cert, "mtls_key": files.key})


def test_nobody_is_asked_for_a_passphrase(kind: str, files: Files) -> None:
    locked = files.key.with_suffix(".locked")
    command = ["openssl", "pkcs8", "-topk8", "-in", str(files.key), "-out", str(locked), "-passout", "pass:secret"]
    subprocess.run(command, check=True, capture_output=True)
    refuse(kind, "is encrypted", {"mtls_cert": files.cert, "mtls_key": locked})


def test_a_certificate_that_goes_away_stays_in_use(kind: str, files: Files, caplog: pytest.LogCaptureFixture) -> None:
    server = FaultServer(otherwise=created(), tls=files.server(wants_client=True))
    options: dict[str, Any] = {"ca_bundle": files.ca, "mtls_cert": files.cert, "mtls_key": files.key}
    with server, driving(kind, api_base=server.url, **options) as driver:
        files.cert.unlink()
        assert driver.create().id == INTENT_ID
        refuse(kind, "existing file", options)
    assert "were read last" in caplog.text


def test_nothing_is_read_without_need(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "context_for", None)
    with driving(kind, api_base="https://localhost:1", verify=False):
        pass


def test_contexts_are_shared_by_clients_with_the_same_options(files: Files) -> None:
    first, second = (Config(api_key=API_KEY, ca_bundle=str(files.ca)) for _ in range(2))
    assert tls.context_for(first) is tls.context_for(second)
    assert tls.context_for(first) is not tls.context_for(Config(api_key=API_KEY))


@pytest.fixture
def config(files: Files) -> Config:
    options: dict[str, Any] = {"mtls_cert": str(files.cert), "mtls_key": str(files.key), "ca_bundle": str(files.ca)}
    return Config(api_key=API_KEY, **options)


def test_files_that_do_not_change_are_read_once(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tls.context_for(config)
    monkeypatch.setattr(ssl, "SSLContext", None)
    assert all(tls.context_for(config) is first for _ in range(100))


@pytest.mark.parametrize("name", ["mtls_cert", "mtls_key", "ca_bundle"])
def test_a_file_that_changes_is_read_again(config: Config, name: str) -> None:
    """Even if only its time tells, or only its size, or only which file it is."""
    path = Path(getattr(config, name))
    seen = [tls.context_for(config)]

    def changed() -> bool:
        seen.append(tls.context_for(config))
        return seen[-1] not in seen[:-1] and tls.context_for(config) is seen[-1]

    before = path.stat()
    os.utime(path, ns=(1, 1))
    assert changed()
    path.write_bytes(path.read_bytes() + b"\n")
    os.utime(path, ns=(1, 1))
    assert changed()
    copy = path.with_suffix(".copy")
    copy.write_bytes(path.read_bytes())
    os.utime(copy, ns=(1, 1))
    copy.replace(path)
    assert changed()
    assert path.stat().st_ino != before.st_ino


def test_a_renewed_certificate_is_for_whoever_comes_next(config: Config, files: Files) -> None:
    before = tls.context_for(config)
    files.issue("renewed@shop.example")
    assert tls.context_for(config) is not before


def test_half_a_renewal_leaves_the_last_context_and_one_warning(
    config: Config, files: Files, caplog: pytest.LogCaptureFixture
) -> None:
    before = tls.context_for(config)
    whole = files.key.read_bytes()
    for broken in (b"", whole[:50], b"no key"):
        files.key.write_bytes(broken)
        assert tls.context_for(config) is before
    files.ca.unlink()
    assert tls.context_for(config) is before
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("molam_sdk", "WARNING")
    files.issue("renewed@shop.example")
    files.ca.write_bytes(files.authority.cert_pem.bytes())
    renewed = tls.context_for(config)
    assert renewed is not before
    files.cert.write_bytes(b"")
    assert tls.context_for(config) is renewed
    assert len(caplog.records) == 2


def test_threads_that_come_together_share_one_context(config: Config) -> None:
    together = threading.Barrier(16)

    def ask(_: int) -> ssl.SSLContext:
        together.wait(10)
        return tls.context_for(config)

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(ask, range(16)))) == 1


def test_a_child_does_not_wait_for_a_thread_of_its_parent(config: Config) -> None:
    private = vars(tls)
    with private["_building"]:
        private["_after_fork"]()
        assert tls.context_for(config) is tls.context_for(config)


def test_old_protocols_are_off(files: Files) -> None:
    assert tls.context_for(Config(api_key=API_KEY)).minimum_version is ssl.TLSVersion.TLSv1_2
