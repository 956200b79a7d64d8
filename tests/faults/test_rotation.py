"""Certificates that are renewed while a client runs: its next connection uses them, whatever the files look like."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from molam_sdk import errors
from molam_sdk._network import tls
from tests.faults.certificates import Issued, Issuer
from tests.faults.cuts import CutAnswer
from tests.faults.driver import Connect
from tests.faults.payloads import INTENT_ID, created
from tests.faults.proxy import FaultProxy
from tests.faults.server import FaultServer

LOCALHOST = "localhost"


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def proxy(issuer: Issuer) -> Iterator[FaultProxy]:
    """A gateway that wants to see a certificate, and closes each connection after its answer."""
    tls = issuer.server(issuer.issue(LOCALHOST), clients_of=issuer)
    with (
        FaultServer(otherwise=created()) as gateway,
        FaultProxy(gateway.url, otherwise=CutAnswer("end"), tls=tls) as running,
    ):
        yield running


class Secret:
    """A secret as Kubernetes mounts it: files that are links through `..data` into a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._versions = 0

    @property
    def options(self) -> dict[str, Any]:
        paths = {"mtls_cert": "tls.crt", "mtls_key": "tls.key", "ca_bundle": "ca.crt"}
        return {option: str(self.folder / name) for option, name in paths.items()}

    def swap(self, issued: Issued, authority: bytes) -> None:
        """Put a new version in the place of the old one, whole and at once."""
        self._versions += 1
        version = self.folder / f"..v{self._versions}"
        version.mkdir()
        for name, data in (("tls.crt", issued.cert), ("tls.key", issued.key), ("ca.crt", authority)):
            (version / name).write_bytes(data)
            if not (self.folder / name).is_symlink():
                (self.folder / name).symlink_to(Path("..data") / name)
        link = self.folder / "..data_tmp"
        link.symlink_to(version.name)
        link.replace(self.folder / "..data")

    def write(self, issued: Issued) -> None:
        """Write a new version into the files that are there."""
        (self.folder / "tls.crt").write_bytes(issued.cert)
        (self.folder / "tls.key").write_bytes(issued.key)

    def rename(self, issued: Issued) -> None:
        """Put new files in the place of the old ones, one after the other."""
        for name, data in (("tls.crt", issued.cert), ("tls.key", issued.key)):
            fresh = self.folder / f"{name}.new"
            fresh.write_bytes(data)
            fresh.replace(self.folder / name)


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[Secret]:
    tls.forget()
    yield Secret(tmp_path)
    tls.forget()


@pytest.mark.parametrize("how", ["swap", "write", "rename"])
def test_the_next_connection_shows_the_renewed_certificate(
    connect: Connect, proxy: FaultProxy, issuer: Issuer, secret: Secret, how: str
) -> None:
    before, after = issuer.client(), issuer.client()
    secret.swap(before, issuer.pem)
    driver = connect(proxy, **secret.options)
    assert driver.create().id == INTENT_ID
    if how == "swap":
        secret.swap(after, issuer.pem)
    elif how == "write":
        secret.write(after)
    else:
        secret.rename(after)
    assert driver.create().id == INTENT_ID
    assert proxy.peers == [before.serial, after.serial]


def test_the_next_connection_trusts_the_renewed_authorities(
    connect: Connect, proxy: FaultProxy, issuer: Issuer, secret: Secret
) -> None:
    issued = issuer.client()
    secret.swap(issued, Issuer().pem)
    driver = connect(proxy, max_retries=0, **secret.options)
    with pytest.raises(errors.NetworkError) as caught:
        driver.create()
    assert (caught.value.phase, caught.value.outcome) == ("tls", "not_sent")
    secret.swap(issued, issuer.pem)
    assert driver.create().id == INTENT_ID
    secret.swap(issued, Issuer().pem)
    with pytest.raises(errors.NetworkError):
        driver.create()


def test_a_swap_that_is_not_done_breaks_nothing(
    connect: Connect, proxy: FaultProxy, issuer: Issuer, secret: Secret, caplog: pytest.LogCaptureFixture
) -> None:
    """A certificate without its key, half a file, no file: the last whole pair serves, and the log says it once."""
    before, after = issuer.client(), issuer.client()
    secret.swap(before, issuer.pem)
    driver = connect(proxy, **secret.options)
    cert, key, bundle = (Path(secret.options[name]) for name in ("mtls_cert", "mtls_key", "ca_bundle"))
    with caplog.at_level(logging.WARNING, "molam_sdk"):
        driver.create()
        for broken in (
            lambda: cert.write_bytes(after.cert),
            lambda: key.write_bytes(after.key[:80]),
            lambda: key.unlink(),
            lambda: bundle.write_bytes(b""),
        ):
            broken()
            driver.create()
        assert proxy.peers == [before.serial] * 5
        (record,) = caplog.records
        bundle.write_bytes(issuer.pem)
        key.write_bytes(after.key)
        driver.create()
    assert proxy.peers[-1] == after.serial
    assert "TLS goes on with the files that were read last" in record.getMessage()
    assert after.key.decode()[40:60] not in caplog.text


def test_a_connection_that_is_kept_keeps_its_certificate(connect: Connect, issuer: Issuer, secret: Secret) -> None:
    tls = issuer.server(issuer.issue(LOCALHOST), clients_of=issuer)
    before = issuer.client()
    secret.swap(before, issuer.pem)
    with FaultServer(otherwise=created()) as gateway, FaultProxy(gateway.url, tls=tls) as proxy:
        driver = connect(proxy, **secret.options)
        driver.create()
        secret.swap(issuer.client(), issuer.pem)
        driver.create()
        assert proxy.peers == [before.serial]


def test_a_client_made_in_the_middle_of_a_swap_is_refused_if_there_is_nothing_to_go_on_with(
    connect: Connect, proxy: FaultProxy, issuer: Issuer, secret: Secret
) -> None:
    secret.swap(issuer.client(), issuer.pem)
    (secret.folder / "tls.key").write_bytes(issuer.client().key)
    for _ in range(2):
        with pytest.raises(errors.ConfigurationError, match="do not belong together"):
            connect(proxy, **secret.options)
        os.utime(secret.folder / "tls.key", ns=(1, 1))
    secret.write(issuer.client())
    assert connect(proxy, **secret.options).create().id == INTENT_ID
