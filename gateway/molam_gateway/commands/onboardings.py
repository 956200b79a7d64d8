"""`molam-gateway onboardings`: lists the merchants that wait for a decision, and takes it."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping

from ..domain.merchant_onboardings import Verdict, view
from ..operations.merchant_onboardings import decide
from ..storage import merchant_onboardings
from .opening import Opened
from .reports import printed
from .services import services_of


def run(options: argparse.Namespace) -> int:
    """Do what the options say; returns the exit status."""
    return asyncio.run(printed(options, {"list": _list, "approve": _approve, "reject": _reject}[options.action]))


async def _list(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    async with database.store.reading() as reader:
        found = await merchant_onboardings.newest(reader, None if options.all else "under_review", options.limit)
    for onboarding in found:
        yield {"account": onboarding.account_id, **view(onboarding)}


async def _approve(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    yield await _decided(options, database, Verdict.APPROVED)


async def _reject(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    yield await _decided(options, database, Verdict.REJECTED)


async def _decided(options: argparse.Namespace, database: Opened, verdict: Verdict) -> Mapping[str, object]:
    async with database.store.reading() as reader:
        row = await reader.fetch_one(merchant_onboardings.TABLE.select_sql, {"id": options.onboarding})
    livemode = row is not None and merchant_onboardings.TABLE.read(row).livemode
    async with services_of(database, livemode=livemode) as services:
        return view(await decide(services, options.onboarding, verdict, options.operator))
