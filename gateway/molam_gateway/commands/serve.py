"""`molam-gateway serve`: runs a gateway and says where it is, or in one line why it cannot."""

import argparse
import json
import logging
import os
import sys
from dataclasses import dataclass, replace

from .. import __version__, environment, event_loop, failpoints
from ..configuration import SettingError, changes, livemode_from, settings_from, unknown
from ..sandbox import SeedError
from ..serving import Launch, LaunchError, Running, database_at, serve
from ..storage.port import StoreError
from ..supervisor import supervise
from ..telemetry import logs
from ..telemetry.logs import Format, LogOptions
from ..vault import VaultError
from .exits import FAILED, REFUSED, fail

logger = logging.getLogger("molam_gateway.serve")


@dataclass(frozen=True, slots=True)
class Announcement:
    """Tells the user, or the program that started this one, where the gateway is."""

    as_json: bool

    def __call__(self, running: Running) -> None:
        """Print it, once."""
        sys.stdout.write(self._line(running) if self.as_json else self._banner(running))
        sys.stdout.flush()

    def _line(self, running: Running) -> str:
        facts: dict[str, object] = {"url": running.url}
        if running.seed is not None:
            facts["api_key"] = running.seed.api_key
        facts["admin_url"] = running.admin_url
        if running.seed is not None:
            facts["webhook_secret"] = running.seed.webhook_secret
        facts |= {"database": running.database, "pid": os.getpid(), "version": __version__}
        if running.listening != running.url:
            facts["listening"] = running.listening
        return json.dumps(facts) + "\n"

    def _banner(self, running: Running) -> str:
        seed = running.seed
        lines = [f"Molam {'gateway' if seed is None else 'sandbox'} {__version__} on {running.url}"]
        if seed is not None:
            lines += [f"  test key        {seed.api_key}", f"  webhook secret  {seed.webhook_secret}"]
        if running.listening != running.url:
            lines.append(f"  listening on    {running.listening}")
        lines += [f"  dashboard       {running.admin_url}", f"  database        {running.database}"]
        return "\n".join([*lines, "Press Ctrl+C to stop.", ""])


def run(options: argparse.Namespace) -> int:
    """Serve until stopped; returns the exit status: 2 for options that cannot be, 1 for what fails nevertheless."""
    log = LogOptions(options.log_format or _log_format(options), options.log_level)
    logs.configure(log)
    announce = Announcement(options.json)
    try:
        failpoints.arm_from_environment()
        launch = _launch(options, log)
        if options.workers == 1:
            event_loop.run(serve(launch, announce))
        else:
            supervise(launch, options.workers, announce)
    except (LaunchError, SeedError, failpoints.UnknownPointError) as error:
        return fail(error, REFUSED)
    except (VaultError, StoreError, OSError) as error:
        return fail(error, FAILED)
    return 0


def _log_format(options: argparse.Namespace) -> Format:
    """For people where one may be looking, for what collects logs where real money is moved."""
    live = options.live or os.environ.get(environment.MODE) == "live"
    return "json" if live and not sys.stderr.isatty() else "text"


def _launch(options: argparse.Namespace, log: LogOptions) -> Launch:
    variables = dict(os.environ)
    try:
        variables |= changes(options.changes)
    except SettingError as error:
        raise LaunchError(str(error)) from None
    if options.redis is not None:
        variables[environment.REDIS] = options.redis
    try:
        settings = settings_from(variables, livemode=options.live or livemode_from(variables))
    except SettingError as error:
        raise LaunchError(str(error)) from None
    for name in unknown(variables):
        logger.warning("%s is no setting: is it misspelt?", name)
    return Launch(
        host=options.host,
        port=options.port,
        database=None if options.database is None else database_at(options.database),
        keys=environment.encryption_keys(variables),
        api_key=options.api_key,
        webhook_secret=options.webhook_secret,
        reachable=bool(variables.get(environment.PUBLIC_URL)),
        settings=replace(settings, access_log=settings.access_log or log.format == "json"),
        logs=log,
    )
