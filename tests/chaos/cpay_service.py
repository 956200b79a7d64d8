"""CPay over HTTP among the simulators of a process of their own, with a book on disk."""

import os
import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from molam_gateway.providers.cpay_http import NAME
from molam_gateway.providers.simulators.book import Book
from molam_gateway.providers.simulators.cpay_http import CPayHttpSimulator
from molam_gateway.providers.simulators.simulation import Simulation
from molam_gateway.sandbox_simulators import OPENERS, OpenSimulator, Premises
from molam_gateway.storage.port import Store
from molam_gateway.storage.sqlite import SqliteStore
from tests.chaos.variables import TABLES

SECRETS = {"api_key": "cpay_key_9f8e7d6c5b", "webhook_secret": "cpay_whsec_1a2b3c4d"}
_ACCOUNTS = "SELECT DISTINCT account_id, livemode FROM cpay_operations ORDER BY account_id, livemode"


def offer() -> None:
    """Serve it beside the others."""
    cast(dict[str, Callable[[Premises], OpenSimulator]], OPENERS)[NAME] = _open


def _open(premises: Premises) -> OpenSimulator:
    assert premises.book is not None
    file = premises.book.with_name(f"{premises.book.name}.db")
    if not file.exists():
        made = Path(shutil.copy(os.environ[TABLES], file.with_suffix(".new")))
        made.rename(file)
    store = SqliteStore(file, durable=False)
    frame = Simulation(NAME, Book(premises.book), premises.now)
    simulator = CPayHttpSimulator(store, frame, webhook_url=premises.webhook_url, **SECRETS)
    return OpenSimulator(frame, partial(_serve, store, simulator, simulator.app()), {}, SECRETS)


async def _serve(
    store: Store, simulator: CPayHttpSimulator, api: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    """Its API; what the others tell of their books, this one tells of its tables."""
    if not str(scope.get("path", "")).endswith("/_control/ledger"):
        await api(scope, receive, send)
        return
    async with store.reading() as reader:
        accounts = await reader.fetch_all(_ACCOUNTS, {})
    movements: list[Mapping[str, Any]] = []
    for each in accounts:
        account, livemode = str(each["account_id"]), bool(each["livemode"])
        movements += await simulator.simulator.movements(account, livemode, None)
    await JSONResponse({"movements": movements})(scope, Request(scope, receive).receive, send)
