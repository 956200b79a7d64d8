"""A process of the tests' project: `python -m tests.contrib.django.worker COMMAND ...`, as manage.py would be.

The variable DJANGO_TEST has the database and what the receivers do, as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from . import project


def main() -> None:
    given: dict[str, Any] = json.loads(os.environ["DJANGO_TEST"])
    project.mariadb_by_pymysql()
    project.configure({"default": given["database"]}, MOLAM={**project.MOLAM, **given["molam"]})

    from django.core.management import execute_from_command_line

    from molam_sdk.contrib.django import signals

    from .shop.models import Effect

    def paid(event: Any, **_: Any) -> None:
        Effect.objects.create(event_id=event.id)
        if event.id == given["dies_at"]:
            os.kill(os.getpid(), signal.SIGKILL)

    signals.payment_intent_succeeded.connect(paid)
    execute_from_command_line(["manage.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
