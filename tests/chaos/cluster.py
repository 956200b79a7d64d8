"""A PostgreSQL server of the tests' own, which may be restarted at any time."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_OPTIONS = "-c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200 -c deadlock_timeout=200ms"


@dataclass(frozen=True)
class Cluster:
    """Where it listens; commits are with the operating system, so a crash of the server loses none."""

    programs: Path
    directory: Path
    port: int
    owner: str | None

    @property
    def url(self) -> str:
        """The URL of its first database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._control(
            "start", "-l", str(self.directory / "log"), "-o", f"-p {self.port} -k {self.directory} {_OPTIONS}"
        )

    def restart(self) -> None:
        """Let it crash, and recover from that."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """End it without letting anything finish."""
        self._control("stop", "-m", "immediate")

    def initialize(self) -> None:
        """Make its files."""
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-w", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / program, "-D", self.directory / "data", *arguments],
            user=self.owner,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.directory,
        )


def programs() -> Path | None:
    """Where PostgreSQL's programs are, the newest of several; None without a server."""
    found = shutil.which("pg_ctl")
    if found is not None:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda each: int(each.parts[4]))
    return installed[-1].parent if installed else None


@contextmanager
def cluster(found: Path) -> Generator[Cluster]:
    """A server while the block runs; PostgreSQL refuses to be root, so for root it is somebody else's."""
    owner = _unprivileged() if os.geteuid() == 0 else None
    directory = Path(tempfile.mkdtemp(prefix="molam-chaos-"))
    try:
        if owner is not None:
            shutil.chown(directory, owner)
        made = Cluster(found, directory, free_port(), owner)
        made.initialize()
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _unprivileged() -> str:
    names = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
