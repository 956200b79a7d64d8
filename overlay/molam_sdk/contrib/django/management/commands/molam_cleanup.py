"""Forgets what ended long ago: `manage.py molam_cleanup`, daily."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from .....errors import MolamError
from ..._inboxes import inbox
from ..._journals import journal

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Deletes finished calls and events; what is open, stale or dead stays."""

    help = "Deletes finished calls and events of Molam; what is open, stale or a dead letter stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what it can be told."""
        parser.add_argument("--events", type=int, default=90, metavar="DAYS", help="at least 31 (%(default)s)")
        parser.add_argument("--calls", type=int, default=30, metavar="DAYS", help="at least 1 (%(default)s)")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do it.

        Raises:
            CommandError: It cannot.
        """
        message = ""
        try:
            events = inbox().cleanup(timedelta(days=options["events"]))
            calls = journal().cleanup(timedelta(days=options["calls"]))
            self.stdout.write(f"{events} events, {calls} calls")
        except MolamError as error:
            message = error.message
        if message:
            raise CommandError(message)
