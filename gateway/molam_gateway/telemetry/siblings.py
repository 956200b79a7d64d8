"""Lets the processes of one gateway tell each other their figures, so that whichever is asked answers for all."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path

from .exposition import Family, from_json, to_json

_PATIENCE = 1.0
_MOST_BYTES = 16_000_000

logger = logging.getLogger("molam_gateway.telemetry")


@contextlib.asynccontextmanager
async def telling(directory: Path, worker: int, figures: Callable[[], Sequence[Family]]) -> AsyncGenerator[None]:
    """Answer siblings, on a Unix socket in a directory that only this user may enter, while the block runs."""

    async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            writer.write(json.dumps(to_json(figures())).encode())
            writer.write_eof()
            await writer.drain()
        writer.close()

    path = _path(directory, worker)
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(tell, path)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def asked(directory: Path, worker: int) -> list[list[Family]]:
    """What the siblings of a worker tell; those that do not answer in time are left out."""
    told = await asyncio.gather(*map(_ask, _others(directory, worker)))
    return [each for each in told if each is not None]


async def _ask(path: Path) -> list[Family] | None:
    try:
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_unix_connection(path, limit=_MOST_BYTES)
            try:
                return from_json(json.loads(await reader.read()))
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        logger.warning("worker %s does not tell its figures: %s", path.stem, type(error).__name__)
        return None


def _others(directory: Path, worker: int) -> list[Path]:
    return [path for path in directory.glob("*.sock") if path != _path(directory, worker)]


def _path(directory: Path, worker: int) -> Path:
    return directory / f"{worker}.sock"
