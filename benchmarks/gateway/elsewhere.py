"""A gateway whose simulators are in another process: `python -m benchmarks.gateway.elsewhere URL DATABASE WORKERS`."""

from __future__ import annotations

import os
import sys

from molam_gateway import environment
from molam_gateway.commands.serve import Announcement
from molam_gateway.serving import Launch, database_at
from molam_gateway.settings import Settings
from molam_gateway.supervisor import supervise
from molam_gateway.telemetry.logs import LogOptions


def main(simulators: str, database: str, workers: int) -> None:
    """Serve as the command does, which has no option for where simulators are."""
    launch = Launch(
        database=database_at(database),
        keys=environment.encryption_keys(os.environ),
        settings=Settings(simulators_url=simulators),
        logs=LogOptions(level="warning"),
    )
    supervise(launch, workers, Announcement(as_json=True))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
