"""`molam-gateway serve`: runs a sandbox and says where it is, or in one line why it cannot."""

import argparse
import asyncio
import json
import os
import sys
from dataclasses import dataclass

from .. import __version__, environment, failpoints
from ..sandbox import SeedError
from ..serving import Launch, LaunchError, Running, database_at, serve
from ..settings import Settings
from ..storage.port import StoreError
from ..supervisor import supervise
from ..telemetry import logs
from ..telemetry.logs import LogOptions
from ..vault import VaultError
from .exits import FAILED, REFUSED, fail


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
    log = LogOptions(options.log_format, options.log_level)
    logs.configure(log)
    announce = Announcement(options.json)
    try:
        failpoints.arm_from_environment()
        launch = _launch(options, log)
        if options.workers == 1:
            asyncio.run(serve(launch, announce))
        else:
            supervise(launch, options.workers, announce)
    except (LaunchError, SeedError, failpoints.UnknownPointError) as error:
        return fail(error, REFUSED)
    except (VaultError, StoreError, OSError) as error:
        return fail(error, FAILED)
    return 0


def _launch(options: argparse.Namespace, log: LogOptions) -> Launch:
    if options.redis is not None:
        raise LaunchError("--redis: this version keeps everything in its database and uses no Redis")
    return Launch(
        host=options.host,
        port=options.port,
        database=None if options.database is None else database_at(options.database),
        keys=environment.encryption_keys(os.environ),
        api_key=options.api_key,
        webhook_secret=options.webhook_secret,
        settings=Settings(access_log=log.format == "json"),
        logs=log,
    )
