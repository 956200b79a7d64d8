"""The `molam-gateway` command's options."""

import argparse
import os
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

from . import __version__, environment
from .commands import operator_options
from .domain.operator_cases import Resolution
from .telemetry.logs import FORMATS, LEVELS

_INTERRUPTED = 130
_SERVE = "serve"
_MIGRATE = "migrate"
_VERIFY = "audit_verify"
_CASES = "cases"
_ROTATE = "rotate_credentials"
_SIMULATORS = "simulators"
_PORTS = range(65536)
_COUNTS = range(1, 257)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    try:
        parser = _parser()
        options = parser.parse_args(arguments)
        if options.command != _SERVE and getattr(options, "database", "") is None:
            parser.error(f"name the database: set {environment.DATABASE}, or pass --database URL")
        command = import_module(f".commands.{options.command}", __package__)  # takes a moment: people may press Ctrl+C
        status: int = command.run(options)
        return status
    except KeyboardInterrupt:
        return _INTERRUPTED


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) in _PORTS):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {_PORTS[-1]}")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) in _COUNTS):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {_COUNTS[-1]}")
    return int(text)


def _chosen(parser: argparse.ArgumentParser, variable: str, choices: Iterable[str], otherwise: str) -> str:
    """What a variable says; argparse takes defaults unchecked."""
    given = os.environ.get(variable) or otherwise
    if given and given not in choices:
        parser.error(f"{variable}={given!r}: write {' or '.join(choices)}")
    return given


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="molam-gateway", description="The Molam payment gateway.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser(
        "serve",
        help="run a sandbox, or with --live the gateway",
        description="Run a sandbox: a whole gateway with simulated providers, on loopback. With --live, the real one.",
        epilog=(
            f"{environment.KEY} holds the key that encrypts secrets in the database; without it a key "
            "file beside SQLite's; PostgreSQL and --live need it. molam-gateway settings prints all that can be set."
        ),
    )
    command.add_argument(
        "--live", action="store_true", help=f"real money: nothing simulated or seeded (default: {environment.MODE})"
    )
    command.add_argument(
        "--host",
        default=os.environ.get(environment.LISTEN_HOST) or "127.0.0.1",
        help=f"address to listen on; loopback only unless {environment.PUBLIC_URL} and {environment.KEY} are set "
        "(default: %(default)s)",
    )
    command.add_argument(
        "--port",
        type=_port,
        default=os.environ.get(environment.LISTEN_PORT) or 8080,
        help="port, 0 for a free one (default: %(default)s)",
    )
    command.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get(environment.DATABASE) or None,
        help=f"sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME (default: {environment.DATABASE}, "
        "else a temporary file)",
    )
    command.add_argument(
        "--workers",
        type=_count,
        default=os.environ.get(environment.WORKERS) or 1,
        help="processes, more than one on PostgreSQL only (default: %(default)s)",
    )
    command.add_argument(
        "--redis",
        metavar="URL",
        help=f"redis://..., where processes count calls together (default: {environment.REDIS}, else each for itself)",
    )
    command.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        dest="changes",
        help="any setting that molam-gateway settings prints, without the prefix, rather than by its variable: "
        "--set realtime_queue=512 (may be repeated)",
    )
    command.add_argument(
        "--api-key",
        default=os.environ.get(environment.API_KEY) or None,
        help=f"test key to accept, sk_test_... (default: {environment.API_KEY}, else generated)",
    )
    command.add_argument(
        "--webhook-secret",
        default=os.environ.get(environment.WEBHOOK_SECRET) or None,
        help=f"secret that new webhook endpoints sign with (default: {environment.WEBHOOK_SECRET}, else generated)",
    )
    command.add_argument(
        "--log-format",
        choices=FORMATS,
        default=_chosen(parser, environment.LOG_FORMAT, FORMATS, ""),
        help="the log on standard error: text, or a line of JSON per record and request "
        "(default: json in live mode without a terminal, else text)",
    )
    command.add_argument(
        "--log-level",
        choices=LEVELS,
        default=_chosen(parser, environment.LOG_LEVEL, LEVELS, "info"),
        help="the least that is logged (default: %(default)s)",
    )
    command.add_argument("--json", action="store_true", help="print one line of JSON instead of the banner")
    command.set_defaults(command=_SERVE)
    audit = commands.add_parser("audit", help="check the audit trail").add_subparsers(required=True, metavar="WHAT")
    _describe_verification(
        audit.add_parser(
            "verify",
            help="find where the audit trail was tampered with",
            description="Walk every account's chain of audit entries, and print a line of JSON for each of them.",
            epilog=f"Exits with 1 if a chain is broken. {environment.KEY} holds the keys that the gateway runs with.",
        )
    )
    migrating = commands.add_parser(
        "migrate",
        help="bring a database to this version's tables",
        description="Make the tables of a new database, or change those of an older version; serve does so too.",
    )
    migrating.set_defaults(command=_MIGRATE)
    _name_database(migrating)
    _describe_cases(commands.add_parser("cases", help="what people have to decide"))
    rotating = commands.add_parser(
        "rotate-credentials",
        help="encrypt everything under the first key",
        description=f"Encrypt every stored secret anew under the first key of {environment.KEY}; gateways may run.",
        epilog="API keys are recognised by fingerprints under the key that they were made with: keep it in the list.",
    )
    _name_database(rotating)
    rotating.set_defaults(command=_ROTATE)
    simulating = commands.add_parser(
        "simulators",
        help="run the simulators of real providers alone",
        description="Serve them on loopback, for gateways that are killed or share one provider.",
    )
    simulating.add_argument("--port", type=_port, default=8090, help="port, 0 for a free one (default: %(default)s)")
    simulating.add_argument("--gateway", required=True, metavar="URL", help="the gateway that their webhooks go to")
    simulating.add_argument(
        "--books", type=Path, metavar="FILE", help="books in files beside FILE (default: forgotten)"
    )
    simulating.set_defaults(command=_SIMULATORS)
    operator_options.describe(commands)
    settings = commands.add_parser(
        "settings", help="print every setting", description="Print what the environment comes to, secrets masked."
    )
    settings.add_argument("--live", action="store_true", help=f"as in live mode (default: {environment.MODE})")
    settings.add_argument("--example", action="store_true", help="print an environment file with the defaults instead")
    settings.set_defaults(command="settings")
    return parser


def _describe_cases(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="WHAT")
    listing = commands.add_parser(
        "list", help="print cases, newest first", description="Print a line of JSON per case."
    )
    listing.add_argument("--all", action="store_true", help="the resolved ones too")
    listing.add_argument("--limit", type=int, default=100, help="at most so many (default: %(default)s)")
    listing.set_defaults(command=_CASES, action="list")
    resolving = commands.add_parser(
        "resolve",
        help="decide a case",
        description="Settle a parked attempt as succeeded or failed, or say where money in suspense belongs: attached "
        "to its payment, booked to the merchant's balance, or returned. The audit trail keeps it.",
    )
    resolving.add_argument("case", help="the case, oc_...")
    resolving.add_argument("resolution", choices=tuple(map(str, Resolution)), help="what the evidence says")
    resolving.add_argument("--receipt", help="the provider's number of the money that moved, if it is known")
    resolving.add_argument(
        "--force", action="store_true", help="book money although it may be that of a payment without a receipt"
    )
    resolving.add_argument("--evidence", required=True, help="where you looked and what it says")
    resolving.add_argument("--operator", required=True, help="who decides")
    resolving.set_defaults(command=_CASES, action="resolve")
    for command in (listing, resolving):
        _name_database(command)


def _name_database(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get(environment.DATABASE) or None,
        help=f"sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME (default: {environment.DATABASE})",
    )


def _describe_verification(command: argparse.ArgumentParser) -> None:
    _name_database(command)
    command.add_argument(
        "--earlier",
        metavar="FILE",
        type=Path,
        help="what this command printed earlier: every chain must go on from there",
    )
    command.set_defaults(command=_VERIFY)
