"""Which processor core the client and the server of a measurement run on."""

from __future__ import annotations

import os


def _pin(index: int) -> None:
    if not hasattr(os, "sched_setaffinity"):
        return
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[index]})


def pin_client() -> None:
    _pin(0)


def pin_server() -> None:
    _pin(-1)
