"""`molam-gateway cases`: lists what people have to decide, and decides it."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping

from ..domain.operator_cases import view
from ..operations.case_resolution import resolve_case
from ..storage import operator_cases
from .opening import Opened
from .reports import printed
from .services import services_of


def run(options: argparse.Namespace) -> int:
    """Do what the options say; returns the exit status."""
    return asyncio.run(printed(options, {"list": _list, "resolve": _resolve}[options.action]))


async def _list(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    async with database.store.reading() as reader:
        cases = await operator_cases.newest(reader, None if options.all else "open", options.limit)
    for case in cases:
        yield view(case)


async def _resolve(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    async with database.store.reading() as reader:
        row = await reader.fetch_one(operator_cases.TABLE.select_sql, {"id": options.case})
    livemode = row is not None and operator_cases.TABLE.read(row).livemode
    async with services_of(database, livemode=livemode) as services:
        case = await resolve_case(
            services,
            options.case,
            options.resolution,
            options.evidence,
            options.operator,
            receipt=options.receipt,
            force=options.force,
        )
    yield view(case)
