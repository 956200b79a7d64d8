"""Runs the gateway of the extra `sandbox` as a process of this one's: it ends with it."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

_PATIENCE = 35.0
"""A gateway gives running requests 30 seconds."""


class GatewayError(ConfigurationError):
    """Raised where a gateway is not installed or does not start; it has said why on standard error."""


def is_installed() -> bool:
    """Whether the extra `sandbox` is."""
    return importlib.util.find_spec("molam_gateway") is not None


@contextmanager
def gateway(options: Sequence[str]) -> Generator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The process, and what it told when it accepted connections; it is stopped at the end.

    Raises:
        GatewayError: If it is not installed, or ended instead.
    """
    if not is_installed():
        raise GatewayError("there is no gateway here: pip install 'molam-sdk-python[sandbox]'")
    command = [sys.executable, "-m", "molam_gateway", "serve", "--json", *options]
    # A group of its own: Ctrl+C reaches this process alone, which asks the gateway once; twice would be a hurry.
    apart: dict[str, Any] = {"process_group": 0} if os.name == "posix" else {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **apart) as process:  # noqa: S603 - our own
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise GatewayError(f"the gateway did not start: it ended with {process.wait()}")
            yield process, cast("dict[str, Any]", json.loads(line))
        finally:
            stop(process)


def stop(process: subprocess.Popen[str]) -> int:
    """End it in an orderly way, at once if interrupted meanwhile; returns its status."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(_PATIENCE)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        return process.wait()


@contextmanager
def terminated_like_interrupted() -> Generator[None]:
    """Let the other signals that end a process end the block like Ctrl+C, so that what was begun is also ended."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), signal.default_int_handler) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
