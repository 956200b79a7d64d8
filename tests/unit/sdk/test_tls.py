"""TLS as configured: authorities, client certificates, and no check only where nobody else can listen."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from molam_sdk import _tls, errors
from molam_sdk.config import Config
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer
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

    def server(self, *, wants_client: bool = False) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued = self.authority.issue_cert("localhost", "127.0.0.1")
        issued.configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - pyOpenSSL is not installed
        if wants_client:
            context.verify_mode = ssl.CERT_REQUIRED
            self.authority.configure_trust(context)  # pyright: ignore[reportUnknownMemberType] - as above
        return context


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    _tls.forget()
    yield Files(tmp_path)
    _tls.forget()


def test_a_bundle_of_authorities_is_trusted(kind: str, files: Files) -> None:
    with FaultServer(otherwise=created(), tls=files.server()) as server:
        with driving(kind, api_base=server.url, ca_bundle=files.ca) as driver:
            assert driver.create().id == INTENT_ID
        with driving(kind, api_base=server.url, max_retries=0) as driver:
            assert driver.fail(errors.NetworkError).phase == "tls"


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


@pytest.mark.parametrize("name", ["ca_bundle", "mtls_cert"])
def test_files_that_are_no_certificates(kind: str, files: Files, name: str, tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.pem"
    garbage.write_text("no certificate")
    options: dict[str, Any] = {name: garbage}
    with driving(kind, api_base="https://localhost:1", **options) as driver:
        error = driver.fail(errors.ConfigurationError, idempotency_key="order-1")
    assert (error.outcome, error.idempotency_key, error.attempts) == ("not_sent", "order-1", 0)
    assert "PEM" in error.message


def test_a_key_that_does_not_belong_to_its_certificate(kind: str, files: Files) -> None:
    other = files.authority.issue_cert("other@shop.example")
    files.key.write_bytes(other.private_key_pem.bytes())
    with driving(kind, api_base="https://localhost:1", mtls_cert=files.cert, mtls_key=files.key) as driver:
        assert "belong together" in driver.fail(errors.ConfigurationError).message


def test_nobody_is_asked_for_a_passphrase(kind: str, files: Files) -> None:
    locked = files.key.with_suffix(".locked")
    command = ["openssl", "pkcs8", "-topk8", "-in", str(files.key), "-out", str(locked), "-passout", "pass:secret"]
    subprocess.run(command, check=True, capture_output=True)
    with driving(kind, api_base="https://localhost:1", mtls_cert=files.cert, mtls_key=locked) as driver:
        assert "without a passphrase" in driver.fail(errors.ConfigurationError).message


def test_a_certificate_that_goes_away_is_an_error(kind: str, files: Files) -> None:
    options: dict[str, Any] = {"mtls_cert": str(files.cert), "mtls_key": str(files.key)}
    with driving(kind, api_base="https://localhost:1", **options) as driver:
        files.cert.unlink()
        driver.fail(errors.ConfigurationError)


def test_contexts_are_shared_by_clients_with_the_same_options(files: Files) -> None:
    first, second = (Config(api_key=API_KEY, ca_bundle=str(files.ca)) for _ in range(2))
    assert _tls.context_for(first) is _tls.context_for(second)
    assert _tls.context_for(first) is not _tls.context_for(Config(api_key=API_KEY))


def test_a_renewed_certificate_is_read_by_clients_made_later(files: Files) -> None:
    options: dict[str, Any] = {"mtls_cert": str(files.cert), "mtls_key": str(files.key), "ca_bundle": str(files.ca)}
    before = _tls.context_for(Config(api_key=API_KEY, **options))
    files.issue("renewed@shop.example")
    for path in (files.cert, files.key):
        os.utime(path, ns=(1, 1))
    assert _tls.context_for(Config(api_key=API_KEY, **options)) is not before


def test_old_protocols_are_off(files: Files) -> None:
    assert _tls.context_for(Config(api_key=API_KEY)).minimum_version is ssl.TLSVersion.TLSv1_2
