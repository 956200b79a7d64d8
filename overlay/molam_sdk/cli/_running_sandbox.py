"""Where `molam sandbox` says how to reach it, so that commands in another terminal find it without being told."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import attrs
import typer

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PATIENCE = 0.5


@attrs.frozen
class RunningSandbox:
    """What a sandbox told when it started; its key moves test money only."""

    url: str
    api_key: str = attrs.field(repr=False)
    webhook_secret: str = attrs.field(repr=False)
    pid: int

    def answers(self) -> bool:
        """Whether something listens there."""
        parts = urlsplit(self.url)
        try:
            with socket.create_connection((parts.hostname or "", parts.port or 80), _PATIENCE):
                return True
        except OSError:
            return False


def running_sandbox() -> RunningSandbox | None:
    """The sandbox that was started last, if it still runs."""
    found = _read()
    return found if found is not None and found.answers() else None


def announce(sandbox: RunningSandbox) -> None:
    """Let others find it; nobody but this user can read its key."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(attrs.asdict(sandbox), file)
    draft.replace(path)


def withdraw(sandbox: RunningSandbox) -> None:
    """Let others not find it any more, unless another one was started meanwhile."""
    if _read() == sandbox:
        with contextlib.suppress(OSError):
            _path().unlink()


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine, by its name alone."""
    try:
        return urlsplit(url).hostname in _LOOPBACK
    except ValueError:
        return False


def _path() -> Path:
    return Path(typer.get_app_dir("molam")) / "sandbox.json"


def _read() -> RunningSandbox | None:
    try:
        told = cast("dict[str, object]", json.loads(_path().read_text("utf-8")))
        url, api_key, secret = (str(told[name]) for name in ("url", "api_key", "webhook_secret"))
        found = RunningSandbox(url, api_key, secret, int(str(told["pid"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if is_loopback(found.url) and found.api_key.startswith("sk_test_") else None
