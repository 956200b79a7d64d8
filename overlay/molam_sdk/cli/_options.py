"""The options that many commands share, each described once."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output; words go to standard error.")]
ApiKey = Annotated[
    str | None,
    typer.Option(
        "--api-key",
        envvar="MOLAM_API_KEY",
        metavar="KEY",
        help="sk_test_..., sk_live_... or a token; better in the variable, which other users cannot see.",
    ),
]
ApiBase = Annotated[
    str | None,
    typer.Option("--api-base", envvar="MOLAM_API_BASE", metavar="URL", help="Where the API is (default: by the key)."),
]
Secrets = Annotated[
    list[str] | None,
    typer.Option("--secret", metavar="WHSEC", help="Signing secret; may be repeated. Default: MOLAM_WEBHOOK_SECRET."),
]
IdempotencyKey = Annotated[
    str | None,
    typer.Option("--idempotency-key", metavar="KEY", help="Repeat with the same key and nothing happens twice."),
]
Metadata = Annotated[
    list[str] | None, typer.Option("--metadata", metavar="NAME=VALUE", help="Kept with the object; may be repeated.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")]


def pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """The names and values of a repeated NAME=VALUE option; a usage error for anything else."""
    found: dict[str, str] = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not equals or not name or name in found:
            why = "is given twice" if name in found else "is not NAME=VALUE"
            raise typer.BadParameter(f"{each!r} {why}", param_hint=option)
        found[name] = value
    return found
