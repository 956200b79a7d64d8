"""Settles calls that were begun and never finished: `manage.py molam_recover`, at each start and every few minutes."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from .....errors import MolamError
from ..._clients import client

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from .....journal import Recovered


class Command(BaseCommand):
    """Sends again, or asks about, what the journal has without an end; see `MolamClient.recover`."""

    help = "Settles calls to Molam that were begun and never finished. Ends with 1 if a person has to look at one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what it can be told."""
        parser.add_argument("--limit", type=int, default=100, help="how many are taken at a time (%(default)s)")
        parser.add_argument(
            "--former-api-key-variable",
            action="append",
            default=[],
            metavar="NAME",
            help="environment variable with an API key that was replaced; may be given several times",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Do it.

        Raises:
            CommandError: It cannot, or a call is stale.
        """
        counts: Counter[str] = Counter()
        message = ""
        try:
            former = [os.environ[name] for name in options["former_api_key_variable"]]
            while True:
                found = client().recover(limit=options["limit"], former_api_keys=former)
                for each in found:
                    self.stdout.write(_line(each))
                counts.update(each.ending for each in found)
                if len(found) < options["limit"] or all(each.ending == "in_doubt" for each in found):
                    break
        except KeyError as error:
            message = f"there is no environment variable {error}"
        except MolamError as error:
            message = error.message
        if message:
            raise CommandError(message)
        self.stdout.write(", ".join(f"{count} {ending}" for ending, count in sorted(counts.items())) or "nothing open")
        if counts["stale"]:
            raise CommandError(
                f"{counts['stale']} calls are stale: look them up, then"
                " molam_sdk.contrib.django.journal().close(idempotency_key, ending)"
            )


def _line(call: Recovered) -> str:
    about = f" {call.object_id}" if call.object_id else ""
    why = f" ({type(call.error).__name__})" if call.error is not None else ""
    return f"{call.ending} {call.operation} {call.idempotency_key}{about}{why}"
