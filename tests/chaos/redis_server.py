"""A Redis of a story's own, which may be killed and emptied at any time; gateways must lose nothing by that."""

import contextlib
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

from tests.chaos.cluster import free_port

_PATIENCE = 10.0


class RedisServer:
    """It keeps nothing on disk, so whoever restarts it has emptied it too; where none is installed it never runs."""

    def __init__(self, directory: Path) -> None:
        self.program = shutil.which("redis-server")
        self.port = free_port()
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def variables(self) -> dict[str, str]:
        """What gateways are told of it; they count calls in it, with limits that nobody reaches."""
        if self.program is None:
            return {}
        return {
            "MOLAM_GATEWAY_REDIS": f"redis://127.0.0.1:{self.port}/0",
            "MOLAM_GATEWAY_RATE_LIMITS": "read=100000/second,write=100000/second",
        }

    def start(self) -> None:
        """Start it and wait until it accepts connections."""
        if self.program is None:
            return
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [self.program, *options], cwd=self._directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        give_up_at = time.monotonic() + _PATIENCE
        while not self._accepts():
            if time.monotonic() > give_up_at:
                raise TimeoutError("redis-server does not start")
            threading.Event().wait(0.02)

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def flush(self) -> None:
        """Empty it."""
        if self._process is not None:
            with socket.create_connection(("127.0.0.1", self.port), timeout=_PATIENCE) as connection:
                connection.sendall(b"FLUSHALL\r\n")
                connection.recv(16)

    def _accepts(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        return False
