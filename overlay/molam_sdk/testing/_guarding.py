"""The guard for tests that another runner than pytest runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from .. import _guard

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def guarded(*hosts: str, live_keys: bool = False) -> Generator[None]:
    """Let no call of this process leave the machine while the block runs, nor of the processes that it starts.

    The pytest plugin does this for every test.

    Args:
        hosts: Hosts that calls may go to nevertheless; each may begin with `*.`, and `*` is any.
        live_keys: Whether live keys may be sent.
    """
    with _guard.under(_guard.Rules(tuple(host.lower() for host in hosts), live_keys)):
        yield
