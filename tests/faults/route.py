"""The path of one test from a client to the real gateway, and the gateway's own book at its end."""

from __future__ import annotations

import contextlib
import ssl
import uuid
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamClient
from tests.faults.cuts import CrossWired
from tests.faults.names import HOST, Names, resolving, silent_listener
from tests.faults.proxy import FaultProxy
from tests.faults.table import LIMIT, Name, Row

LIVE, DEAD = "127.0.0.1", "127.0.0.2"


class Route:
    """Whole until it is broken; `attempts` counts those of its client, `charged` the payments since it was made."""

    def __init__(self, row: Row, proxy: FaultProxy, names: Names, witness: MolamClient, bundle: str) -> None:
        self.key = f"order-{uuid.uuid4()}"
        self.attempts = 0
        self._row = row
        self._proxy = proxy
        self._names = names
        self._witness = witness
        self._bundle = bundle
        self._before = self._movements()
        self._silence = contextlib.ExitStack()

    @property
    def charged(self) -> int:
        return self._movements() - self._before

    def break_for(self, attempts: int) -> None:
        """Break it for as many attempts; a name that leads elsewhere does so until the client begins another one."""
        fault = self._row.fault
        if isinstance(fault, Name):
            self._lead_astray(fault)
            return
        if isinstance(fault, CrossWired):
            self._witness_through()
            fault = replace(fault, other=self._proxy.passed[0].whole)
        self._proxy.then(*[fault] * attempts)

    def mend(self) -> None:
        if isinstance(self._row.fault, Name):
            self._names.lead_to(LIVE)
            self._silence.close()

    def hooks(self, *, mending: bool) -> dict[str, Any]:
        def count(_: object) -> None:
            self.attempts += 1
            if mending and self.attempts > 1:
                self.mend()

        return {"request": count}

    def close(self) -> None:
        self.mend()

    def _lead_astray(self, name: Name) -> None:
        if name.leads == "to silence":
            self._names.hang()
            return
        if name.leads == "to a silent host":
            self._silence.enter_context(silent_listener(DEAD, self._proxy.port))
        self._names.lead_to(*([] if name.leads == "nowhere" else [DEAD]))

    def _witness_through(self) -> None:
        """Let somebody else's call pass before."""
        config = self._witness.config
        with MolamClient(config, api_base=self._proxy.url, ca_bundle=self._bundle) as other:
            other.payment_intents.create(amount=100, currency="USD")

    def _movements(self) -> int:
        return len(self._witness.sandbox.retrieve_ledger().data)


@contextlib.contextmanager
def route_for(
    row: Row,
    gateway: Sandbox,
    tls: ssl.SSLContext | None,
    bundle: str,
    witness: MolamClient,
    monkeypatch: pytest.MonkeyPatch,
) -> Generator[tuple[Route, FaultProxy]]:
    """Put a proxy between the client and the gateway; under TLS it has a name of our own."""
    name = LIVE if tls is None else HOST
    with resolving(monkeypatch) as names, FaultProxy(gateway.url, tls=tls, name=name) as proxy:
        names.lead_to(LIVE)
        route = Route(row, proxy, names, witness, bundle)
        try:
            yield route, proxy
        finally:
            route.close()


def options_for(proxy: FaultProxy, gateway: Sandbox, bundle: str) -> dict[str, Any]:
    """What a client on the route is told."""
    return {
        "api_key": gateway.api_key,
        "api_base": proxy.url,
        "ca_bundle": bundle,
        "max_response_bytes": LIMIT,
    }
