"""The `molam-gateway` command."""

import argparse
import asyncio
import json
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from . import __version__, failpoints
from .sandbox import SeedError
from .serving import KEY_VARIABLE, Launch, LaunchError, Running, database_path, keys_from, serve
from .storage.port import StoreError
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("molam_gateway").setLevel(logging.INFO)
    failpoints.arm_from_environment()
    try:
        if options.redis is not None:
            raise LaunchError("--redis: this version keeps everything in its SQLite database and uses no Redis")
        launch = Launch(
            host=options.host,
            port=options.port,
            database=None if options.database is None else database_path(options.database),
            keys=keys_from(os.environ),
            api_key=options.api_key,
            webhook_secret=options.webhook_secret,
        )
        asyncio.run(serve(launch, Announcement(options.json)))
    except LaunchError as error:
        return _fail(error, _REFUSED)
    except (VaultError, SeedError, StoreError, OSError) as error:
        return _fail(error, _FAILED)
    return 0


def _fail(error: Exception, status: int) -> int:
    sys.stderr.write(f"molam-gateway: {error}\n")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="molam-gateway", description="The Molam payment gateway.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser(
        "serve",
        help="run a sandbox",
        description="Run a sandbox: a whole gateway with a simulated provider, in one process, on loopback.",
        epilog=f"{KEY_VARIABLE} holds the key that encrypts secrets in the database; without it a key file beside it.",
    )
    command.add_argument("--host", default="127.0.0.1", help="loopback address to listen on (default: %(default)s)")
    command.add_argument("--port", type=int, default=8080, help="port, 0 for a free one (default: %(default)s)")
    command.add_argument("--database", metavar="URL", help="sqlite:///FILE (default: a temporary file)")
    command.add_argument("--redis", metavar="URL", help=argparse.SUPPRESS)
    command.add_argument(
        "--api-key",
        default=os.environ.get("MOLAM_GATEWAY_API_KEY"),
        help="test key to accept, sk_test_... (default: MOLAM_GATEWAY_API_KEY, else generated)",
    )
    command.add_argument(
        "--webhook-secret",
        default=os.environ.get("MOLAM_GATEWAY_WEBHOOK_SECRET"),
        help="secret that new webhook endpoints sign with (default: MOLAM_GATEWAY_WEBHOOK_SECRET, else generated)",
    )
    command.add_argument("--json", action="store_true", help="print one line of JSON instead of the banner")
    return parser
