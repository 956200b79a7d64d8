"""Interrupted at every line of a call that looks a name up and agrees on TLS: the next call is answered."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from molam_sdk import MolamClient, MolamError
from tests.faults.certificates import make_authority
from tests.faults.names import HOST, resolving
from tests.faults.payloads import created
from tests.faults.server import FaultServer
from tests.faults.test_interrupts import EVERY_OPCODE, OPTIONS, InterruptAt, apart


@pytest.mark.timeout(0 if EVERY_OPCODE else 60)
@pytest.mark.filterwarnings("ignore:unclosed <:ResourceWarning")  # interrupted before anybody had the socket
@pytest.mark.filterwarnings("ignore:Exception ignored in. <:pytest.PytestUnraisableExceptionWarning")
def test_interrupted_at_every_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = make_authority(HOST)
    bundle = tmp_path / "authority.pem"
    bundle.write_bytes(authority.pem)
    broken: dict[str, str] = {}
    point = 0
    with resolving(monkeypatch) as names, FaultServer(tls=authority.server, otherwise=created()) as server:
        names.lead_to("127.0.0.1")
        options: dict[str, Any] = {**OPTIONS, "api_base": f"https://{HOST}:{server.port}", "ca_bundle": bundle}
        while True:
            with MolamClient(**options) as client:
                interrupt = InterruptAt(point)
                with suppress(KeyboardInterrupt):
                    apart(interrupt, client)
                if interrupt.where is None:
                    break
                try:
                    client.with_options(deadline=2).payment_intents.create(amount=2500, currency="USD")
                except MolamError as error:
                    broken[interrupt.where] = str(error)
            point += 1
        server.wait_for_open_connections(0)
    assert broken == {}
    assert point > 200
