"""A private PostgreSQL database, how many transactions it has committed, and how many it could."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

_TABLE = "CREATE TABLE IF NOT EXISTS commit_floor (id BIGSERIAL PRIMARY KEY, payload TEXT NOT NULL)"
_INSERT = f"INSERT INTO commit_floor (payload) VALUES ('{'x' * 100}')"  # noqa: S608 - a constant
_COMMITTED = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
_ROOM = """
SELECT CAST(current_setting('max_connections') AS INTEGER) - 10 - (SELECT COUNT(*) FROM pg_stat_activity)
"""
_REPORTED = 1.2
"""Seconds after which the sessions of a server have told their figures."""


@dataclass(frozen=True, slots=True)
class Database:
    """An empty database of one run."""

    url: str

    def committed(self) -> int:
        """How many transactions it has committed, those that only read among them."""
        time.sleep(_REPORTED)
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(_COMMITTED).fetchone()
        return 0 if row is None else int(row[0])

    def room(self) -> int:
        """How many more connections the server lets in, with some left for others."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(_ROOM).fetchone()
        return 0 if row is None else max(1, int(row[0]))

    def floor(self, clients: int, seconds: float) -> float:
        """Durable commits in a second: one row each, so many clients, nothing between them and the server."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_TABLE)
        if shutil.which("pgbench") is None:
            return asyncio.run(_inserted(self.url, clients, seconds))
        return _pgbench(self.url, clients, seconds)


@contextmanager
def private_database(server: str) -> Generator[Database]:
    """A new database of this server, dropped in the end. Raises SystemExit for a server that is not durable."""
    name = f"molam_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as admin:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            row = admin.execute(SQL("SHOW {}").format(Identifier(setting))).fetchone()
            if row is None or row[0] != "on":
                raise SystemExit(f"the server has {setting} off: its commits are not durable, its figures no floor")
        admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield Database(urlsplit(server)._replace(path=f"/{name}").geturl())
        finally:
            admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _pgbench(url: str, clients: int, seconds: float) -> float:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "insert.sql"
        script.write_text(_INSERT + ";\n")
        options = ["-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(max(1, round(seconds)))]
        done = subprocess.run(
            ["pgbench", *options, "-f", str(script), url],  # noqa: S607 - found on the path before
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise SystemExit(f"pgbench told no rate: {done.stderr or done.stdout}")
    return float(found[1])


async def _inserted(url: str, clients: int, seconds: float) -> float:
    """The same with psycopg, which takes more of the processor."""
    begun = time.monotonic()

    async def insert() -> int:
        done = 0
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            while time.monotonic() - begun < seconds:
                await connection.execute(_INSERT)
                done += 1
        return done

    counts = await asyncio.gather(*(insert() for _ in range(clients)))
    return sum(counts) / (time.monotonic() - begun)
