"""What every pair is opened in: a clock, a mailbox on a socket, a gateway's database and a directory of its own."""

from dataclasses import dataclass
from pathlib import Path

from .clock import HandClock
from .mailbox import Mailbox


@dataclass(frozen=True)
class World:
    """`template` is a migrated gateway database, for simulators that need one; copy it."""

    clock: HandClock
    mailbox: Mailbox
    template: Path
    directory: Path
