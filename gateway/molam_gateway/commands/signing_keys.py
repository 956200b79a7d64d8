"""`molam-gateway signing-keys`: rotates and retires the keys that sign access tokens."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping

from ..operations.signing_keys import retire, rotate
from .opening import Opened
from .reports import OPERATOR, printed


def run(options: argparse.Namespace) -> int:
    """Do what the options say; returns the exit status."""
    return asyncio.run(printed(options, {"rotate": _rotate, "retire": _retire}[options.action]))


async def _rotate(_: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    yield {"kid": await rotate(database, OPERATOR)}


async def _retire(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    yield {"retired": await retire(database, OPERATOR, at_once=options.now)}
