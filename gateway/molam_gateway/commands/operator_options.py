"""The options of the commands about accounts, their API keys and the keys that sign tokens."""

import argparse
import math
import os
from typing import TYPE_CHECKING

from .. import environment

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - argparse names it nowhere else

_SAFE = "The database is named by a variable rather than by an option where its password must not be seen by others."


def describe(commands: "Commands") -> None:
    """Add the commands to the parser's."""
    _accounts(_group(commands, "accounts", "make and list accounts"))
    _keys(_group(commands, "keys", "make, list, rotate and revoke API keys"))
    _onboardings(_group(commands, "onboardings", "decide which merchants are taken on"))
    _signing_keys(_group(commands, "signing-keys", "rotate and retire the keys that sign tokens"))


def _accounts(actions: "Commands") -> None:
    create = _action(actions, "accounts", "create", "make an account")
    create.add_argument("--molam-id", metavar="ID", help="the account's Molam ID (default: one that follows its id)")
    create.add_argument("--region", default="eu-west", help="the region that holds its data (default: %(default)s)")
    _action(actions, "accounts", "list", "list the accounts")


def _keys(actions: "Commands") -> None:
    create = _action(actions, "keys", "create", "make an API key and print its secret, once")
    create.add_argument("--account", metavar="ID", required=True, help="whose key it is: acct_...")
    create.add_argument("--mode", choices=("live", "test"), required=True, help="real money, or the sandbox's")
    create.add_argument("--scopes", metavar="A,B", required=True, help="what it may do, or all: payments:read,...")
    create.add_argument("--name", help="what people call it")
    create.add_argument("--expires-in-days", metavar="N", type=_days, help="how long it lives (default: for ever)")
    _action(actions, "keys", "list", "list API keys, the ended ones too").add_argument(
        "--account", metavar="ID", help="of this account only"
    )
    rotate = _action(actions, "keys", "rotate", "make a key that does what another one does, which ends later")
    rotate.add_argument("key", metavar="KEY", help="the id of the key that ends: key_...")
    rotate.add_argument(
        "--overlap",
        metavar="SECONDS",
        type=_seconds,
        default=86_400.0,
        help="how long both are good (default: %(default)g)",
    )
    _action(actions, "keys", "revoke", "end an API key now, and every token made from it").add_argument(
        "key", metavar="KEY", help="its id: key_..."
    )


def _onboardings(actions: "Commands") -> None:
    listing = _action(actions, "onboardings", "list", "list onboardings that are under review, newest first")
    listing.add_argument("--all", action="store_true", help="all others too")
    listing.add_argument("--limit", type=int, default=100, help="at most so many (default: %(default)s)")
    for name, help in (("approve", "take a merchant on"), ("reject", "refuse a merchant")):
        deciding = _action(actions, "onboardings", name, help)
        deciding.add_argument("onboarding", metavar="ONBOARDING", help="its id: mo_...")
        deciding.add_argument("--operator", required=True, help="who decides: the audit trail keeps it")


def _signing_keys(actions: "Commands") -> None:
    _action(actions, "signing_keys", "rotate", "sign new tokens with a new key; earlier ones stay good")
    _action(actions, "signing_keys", "retire", "stop believing tokens of all signing keys but the newest").add_argument(
        "--now", action="store_true", help="even if tokens of earlier keys are still in use (a key has leaked)"
    )


def _group(commands: "Commands", name: str, help: str) -> "Commands":
    return commands.add_parser(name, help=help).add_subparsers(required=True, metavar="WHAT")


def _action(actions: "Commands", command: str, name: str, help: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}. Prints JSON.", epilog=_SAFE)
    parser.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get(environment.DATABASE) or None,
        help=f"sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME (default: {environment.DATABASE})",
    )
    parser.set_defaults(command=command, action=name)
    return parser


def _days(text: str) -> float:
    return _number(text, "days", 1 / 1440, 36_500)


def _seconds(text: str) -> float:
    return _number(text, "seconds", 0, 366 * 86_400)


def _number(text: str, unit: str, least: float, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of {unit} from {least:g} to {most:g}")
    return number
