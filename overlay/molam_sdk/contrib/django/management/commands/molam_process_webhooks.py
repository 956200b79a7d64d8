"""Works at the webhooks that were received: `manage.py molam_process_webhooks`, as many of them as you like."""

from __future__ import annotations

import signal
from threading import Event
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from .....errors import MolamError
from ..._inboxes import working_inbox

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from types import FrameType


class Command(BaseCommand):
    """Runs receivers and handlers until SIGTERM or Ctrl+C, after which the event in hand is finished."""

    help = "Runs the receivers of Molam's webhooks, until SIGTERM or Ctrl+C; the event in hand is finished then."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what it can be told."""
        parser.add_argument("--once", action="store_true", help="work at what is due now, and end")
        parser.add_argument("--limit", type=int, default=1000, help="with --once, so many at most (%(default)s)")
        parser.add_argument("--poll", type=float, default=1.0, help="seconds between two looks (%(default)s)")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do it.

        Raises:
            CommandError: The settings or options cannot work, or with --once the database.
        """
        try:
            inbox = working_inbox()
            if options["once"]:
                processed = inbox.process(options["limit"])
                self.stdout.write(
                    f"{processed.done} done, {processed.ignored} ignored, {processed.superseded} superseded,"
                    f" {processed.failed} failed, {processed.dead} dead, {processed.lost} lost"
                )
                return
            stop = Event()
            before = {number: signal.signal(number, _setting(stop)) for number in (signal.SIGTERM, signal.SIGINT)}
            try:
                self.stdout.write("working at webhooks")
                self.stdout.flush()
                inbox.run(stop, poll=options["poll"])
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)
        except MolamError as error:
            message = error.message
        else:
            return
        raise CommandError(message)


def _setting(stop: Event) -> Any:
    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()

    return handle
