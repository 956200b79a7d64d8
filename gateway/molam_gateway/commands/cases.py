"""`molam-gateway cases`: lists what people have to decide, and decides it."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping

from ..domain.operator_cases import view
from ..operations.case_resolution import resolve_case
from ..sandbox_providers import sandbox_providers
from ..sandbox_simulators import Simulators
from ..services import Services
from ..settings import Settings
from ..storage import operator_cases
from .opening import Opened
from .reports import printed


def run(options: argparse.Namespace) -> int:
    """Do what the options say; returns the exit status."""
    return asyncio.run(printed(options, {"list": _list, "resolve": _resolve}[options.action]))


async def _list(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    async with database.store.reading() as reader:
        cases = await operator_cases.newest(reader, None if options.all else "open", options.limit)
    for case in cases:
        yield view(case)


async def _resolve(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    store, vault, clock, ids = database.store, database.vault, database.clock, database.ids
    simulators = Simulators(None, clock.now, "", vault.derive)
    providers = sandbox_providers(store, clock.now, ids, lambda: "", simulators)
    services = Services(store, clock, providers, Settings(), vault, lambda: None, ids)
    yield view(
        await resolve_case(
            services,
            options.case,
            options.resolution,
            options.evidence,
            options.operator,
            receipt=options.receipt,
        )
    )
