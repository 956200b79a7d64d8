"""Runs a command on a database that it may change, and prints what it tells as lines of JSON."""

import argparse
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TypeAlias

from ..domain.audit.actors import Actor
from ..domain.problems import ProblemError
from ..operations.api_keys import KeyChangeError
from ..operations.auditing import ring
from ..operations.signing_keys import RetirementError
from ..sealing import Sealer
from ..storage.port import StoreError
from ..vault import VaultError
from .exits import FAILED, REFUSED, fail
from .opening import Opened, OpeningError, opened_for_change

OPERATOR = Actor("user", "operator")
"""Whoever can open the database with its keys."""

Action: TypeAlias = Callable[[argparse.Namespace, Opened], AsyncIterator[Mapping[str, object]]]


async def printed(options: argparse.Namespace, action: Action) -> int:
    """The exit status: 2 for what cannot be done like this, 1 for what fails nevertheless."""
    try:
        async with opened_for_change(options.database) as database:
            async for report in action(options, database):
                sys.stdout.write(json.dumps(report) + "\n")
            if database.store.shared:
                await Sealer(database.store, ring(database)).seal_waiting()
    except (OpeningError, KeyChangeError, RetirementError, ProblemError) as error:
        return fail(error, REFUSED)
    except (VaultError, StoreError, OSError) as error:
        return fail(error, FAILED)
    return 0
