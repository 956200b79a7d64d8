"""Runs several gateway processes on one listening socket: starts them, replaces those that die, stops them together."""

import contextlib
import logging
import multiprocessing
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from . import event_loop, failpoints, stopping
from .http import transport
from .sandbox import SeedError
from .scraping import Place
from .serving import Launch, LaunchError, Running, check, listening, opened, serve, url_of
from .shared_simulators import HOST, Shared
from .storage.port import StoreError
from .storage.postgres_url import PostgresUrl
from .telemetry import logs
from .vault import VaultError

_PAUSE = 1.0
_LONGEST_PAUSE = 8.0
_MOST_FAILED_STARTS = 5
_TICK = 0.2
_GRACE = 5.0

logger = logging.getLogger("molam_gateway.supervisor")

_SPAWNING = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process, and the pipe in which it says that it accepts connections; the pipe's end tells it that we died."""

    process: SpawnProcess
    pipe: Connection


def supervise(launch: Launch, count: int, ready: Callable[[Running], None]) -> None:
    """Serve with `count` processes until SIGTERM, SIGINT or SIGHUP; `ready` is called once all accept connections.

    Raises LaunchError for a database that processes cannot share, and StoreError if the first start fails, or five
    later ones in a row.
    """
    if not isinstance(launch.database, PostgresUrl):
        raise LaunchError(f"--workers {count}: processes share a PostgreSQL database: --database postgresql://...")
    check(launch)
    with (
        stopping.on_signals() as stop,
        listening(launch) as listener,
        opened(launch),
        _meeting_place() as directory,
        _shared_simulators(launch) as (simulators, simulators_at),
    ):

        def start(number: int) -> _Worker:
            place = Place(number, directory, simulators)
            return _started(replace(launch, place=place), listener, simulators_at if number == HOST else None)

        workers = [start(number) for number in range(count)]
        try:
            running = _all_ready(workers, stop)
            if running is not None:
                ready(replace(running, stop=lambda: stop.handle(signal.SIGTERM, None)))
                _keep(workers, stop, start)
        finally:
            _end(workers, launch.settings.drain_delay + launch.settings.drain_timeout + _GRACE)


@contextlib.contextmanager
def _meeting_place() -> Generator[Path | None]:
    """A directory of this user's alone for the workers' sockets; None where there are no Unix sockets."""
    if not hasattr(socket, "AF_UNIX") or sys.platform == "win32":
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="molam-", ignore_cleanup_errors=True) as directory:
        yield Path(directory)


@contextlib.contextmanager
def _shared_simulators(launch: Launch) -> Generator[tuple[Shared | None, socket.socket | None]]:
    """Where one worker of a sandbox is to serve the simulators to all; it listens from now on, whoever is restarted."""
    if launch.settings.livemode or launch.settings.simulators_url is not None:
        yield None, None
        return
    from .providers.simulators.mpesa import keys  # no gateway with real money needs it

    with contextlib.closing(transport.bind("127.0.0.1", 0)) as listener:
        yield Shared(url_of(listener), keys.pem()), listener


def _started(launch: Launch, listener: socket.socket, simulators_at: socket.socket | None) -> _Worker:
    ours, theirs = _SPAWNING.Pipe()
    process = _SPAWNING.Process(target=_work, args=(launch, listener, theirs, simulators_at), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _all_ready(workers: Iterable[_Worker], stop: stopping.Stop) -> Running | None:
    """What the last of them says, None if we are to stop before. Raises StoreError with what kept one from starting."""
    said: Running | str | None = None
    for worker in workers:
        while not worker.pipe.poll(_TICK):
            if stop.wished:
                return None
        try:
            said = worker.pipe.recv()
        except EOFError:
            said = "a worker died as it started"
        if isinstance(said, str):
            raise StoreError(said)
    return said if isinstance(said, Running) else None


def _keep(workers: list[_Worker], stop: stopping.Stop, start: Callable[[int], _Worker]) -> None:
    """Replace whatever dies, each at most once a second, and more rarely while starts fail.

    Raises StoreError with the reason of the last of too many failed starts in a row.
    """
    begun = [time.monotonic()] * len(workers)
    starting = set[int]()
    failed = 0
    while not stop.wished:
        wait([worker.process.sentinel for worker in workers], timeout=_TICK)
        pause = min(_PAUSE * 2 ** max(failed - 1, 0), _LONGEST_PAUSE)
        for number, worker in enumerate(workers):
            dead = not worker.process.is_alive()
            if number in starting and (dead or worker.pipe.poll()):
                starting.discard(number)
                reason = _reason(worker)
                failed = 0 if reason is None else failed + 1
                if reason is not None:
                    logger.error("worker %s could not start: %s", worker.process.pid, reason)
                if reason is not None and failed >= _MOST_FAILED_STARTS:
                    raise StoreError(f"{failed} workers in a row could not start, the last one since: {reason}")
            if not dead or time.monotonic() - begun[number] < pause:
                continue
            if (said := _said(worker)) is not None:
                logger.error("worker %s: %s", worker.process.pid, said)
            logger.error("worker %s died (%s): starting another", worker.process.pid, worker.process.exitcode)
            worker.pipe.close()
            workers[number], begun[number] = start(number), time.monotonic()
            starting.add(number)
        time.sleep(_TICK if any(not worker.process.is_alive() for worker in workers) else 0)


def _reason(worker: _Worker) -> str | None:
    """Why a worker could not start; None if it says that it accepts connections."""
    said = _said(worker)
    if isinstance(said, Running):
        return None
    if said is None:
        worker.process.join(_TICK)
    return said or f"it died as it started ({worker.process.exitcode})"


def _said(worker: _Worker) -> Running | str | None:
    """What is in the pipe, None if that is nothing."""
    try:
        said: Running | str | None = worker.pipe.recv() if worker.pipe.poll() else None
    except (EOFError, OSError):
        return None
    return said


def _end(workers: Iterable[_Worker], patience: float) -> None:
    """Let them finish what they are at, then kill what is left."""
    for worker in workers:
        if worker.process.is_alive():
            worker.process.terminate()
    give_up_at = time.monotonic() + patience
    for worker in workers:
        worker.process.join(max(0.0, give_up_at - time.monotonic()))
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.pipe.close()


def _work(launch: Launch, listener: socket.socket, pipe: Connection, simulators_at: socket.socket | None) -> None:
    """A worker's process."""
    logs.configure(launch.logs)
    failpoints.arm_from_environment()

    def ready(running: Running) -> None:
        pipe.send(replace(running, stop=_nothing))
        threading.Thread(target=_watch, args=(pipe, running.stop), daemon=True).start()

    try:
        event_loop.run(serve(launch, ready, listener, simulators_at))
    except (LaunchError, SeedError, VaultError, StoreError, OSError) as error:
        with contextlib.suppress(OSError):
            pipe.send(str(error))
        sys.exit(1)


def _watch(pipe: Connection, stop: Callable[[], None]) -> None:
    """Stop when the supervisor is gone, however it ended."""
    with contextlib.suppress(EOFError, OSError):
        pipe.recv()
    stop()


def _nothing() -> None:
    """A worker is stopped by a signal."""
