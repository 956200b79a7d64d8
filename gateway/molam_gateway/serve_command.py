"""`molam-gateway serve`: runs a sandbox and says where it is, or in one line why it cannot."""

import argparse
import asyncio
import json
import logging
import os
import sys
from dataclasses import dataclass

from . import __version__, environment, failpoints
from .sandbox import SeedError
from .serving import Launch, LaunchError, Running, database_at, serve, shown
from .storage import database_file
from .storage.migrate import migrate_postgres, migrate_sqlite, newest_revision
from .storage.port import StoreError
from .storage.postgres_url import PostgresUrl
from .supervisor import supervise
from .vault import VaultError

_REFUSED = 2
_FAILED = 1


@dataclass(frozen=True, slots=True)
class Announcement:
    """Tells the user, or the program that started this one, where the sandbox is."""

    as_json: bool

    def __call__(self, running: Running) -> None:
        """Print it, once."""
        sys.stdout.write(self._line(running) if self.as_json else self._banner(running))
        sys.stdout.flush()

    def _line(self, running: Running) -> str:
        facts = {
            "url": running.url,
            "api_key": running.api_key,
            "admin_url": running.admin_url,
            "webhook_secret": running.webhook_secret,
            "database": running.database,
            "pid": os.getpid(),
            "version": __version__,
        }
        return json.dumps(facts) + "\n"

    def _banner(self, running: Running) -> str:
        return (
            f"Molam sandbox {__version__} on {running.url}\n"
            f"  test key        {running.api_key}\n"
            f"  webhook secret  {running.webhook_secret}\n"
            f"  dashboard       {running.admin_url}\n"
            f"  database        {running.database}\n"
            "Press Ctrl+C to stop.\n"
        )


def run(options: argparse.Namespace) -> int:
    """Serve until stopped; returns the exit status: 2 for options that cannot be, 1 for what fails nevertheless."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("molam_gateway").setLevel(logging.INFO)
    announce = Announcement(options.json)
    try:
        failpoints.arm_from_environment()
        launch = _launch(options)
        if options.workers == 1:
            asyncio.run(serve(launch, announce))
        else:
            supervise(launch, options.workers, announce)
    except (LaunchError, SeedError, failpoints.UnknownPointError) as error:
        return _fail(error, _REFUSED)
    except (VaultError, StoreError, OSError) as error:
        return _fail(error, _FAILED)
    return 0


def migrate(options: argparse.Namespace) -> int:
    """Bring a database to this version's tables; returns the exit status as `run` does."""
    try:
        database = database_at(options.database)
        if isinstance(database, PostgresUrl):
            migrate_postgres(database)
        else:
            database_file.prepare(database)
            migrate_sqlite(database)
    except LaunchError as error:
        return _fail(error, _REFUSED)
    except (StoreError, OSError) as error:
        return _fail(error, _FAILED)
    sys.stdout.write(f"{shown(database)}: the tables are those of revision {newest_revision()}\n")
    return 0


def _launch(options: argparse.Namespace) -> Launch:
    if options.redis is not None:
        raise LaunchError("--redis: this version keeps everything in its database and uses no Redis")
    return Launch(
        host=options.host,
        port=options.port,
        database=None if options.database is None else database_at(options.database),
        keys=environment.encryption_keys(os.environ),
        api_key=options.api_key,
        webhook_secret=options.webhook_secret,
    )


def _fail(error: Exception, status: int) -> int:
    sys.stderr.write(f"molam-gateway: {error}\n")
    return status
