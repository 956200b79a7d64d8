"""Serves WebSockets: lets a client in, tells it how things are, then what happens, until one of both has enough."""

import asyncio
import contextlib
import math
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from ..access.listening import authorize, bearer, check_standing
from ..domain.call import Account
from ..domain.channels import Channel
from ..domain.problems import ProblemError
from ..domain.times import milliseconds, rfc3339
from ..services import Services
from ..settings import Settings
from ..storage import realtime_tickets
from ..storage.port import StoreError
from . import close_codes
from .hub import Hub, Listener
from .messages import Messages
from .snapshots import Beginning, beginning
from .standing import Standing
from .topics import of_channel

_CLOSE_TIMEOUT = 2.0
_LEFT = 1000


class Door(Protocol):
    """Knows who is there."""

    async def known(self, fields: Mapping[str, str], address: str | None) -> Account:
        """Who sends these headers from this address. Raises ProblemError."""
        ...

    async def check(self, address: str | None) -> None:
        """Raise ProblemError where nothing from this address is even looked up."""
        ...


class Visit(Protocol):
    """A client at the door: what it asks for, what it shows, and how to end its connection at once."""

    @property
    def socket(self) -> WebSocket: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def address(self) -> str | None: ...
    @property
    def ticket(self) -> str | None: ...
    @property
    def after(self) -> int | None: ...
    @property
    def abort(self) -> Callable[[], None]: ...


class Sockets:
    """The sockets of one process."""

    def __init__(self, services: Services, settings: Settings, hub: Hub, door: Door) -> None:
        self._services = services
        self._settings = settings
        self._hub = hub
        self._door = door
        self._open = 0
        self._by_key: Counter[str] = Counter()

    @property
    def open(self) -> int:
        """How many there are."""
        return self._open

    async def serve(self, visit: Visit) -> None:
        """Serve one client until it leaves or is closed."""
        self._open += 1
        meter, code = self._services.telemetry.meter, _LEFT
        meter.websocket_opened(visit.channel.kind)
        try:
            await visit.socket.accept()
            code = await self._admit(visit)
        except WebSocketDisconnect as gone:
            code = gone.code
        except ProblemError as refused:
            code = close_codes.of_problem(refused)
            await _close(visit, code, refused.code)
        except StoreError:
            code = close_codes.TRY_LATER
            await _close(visit, code, "unavailable")
        finally:
            self._open -= 1
            meter.websocket_closed(visit.channel.kind, code)

    async def _admit(self, visit: Visit) -> int:
        if self._open > self._settings.realtime_connections:
            raise ProblemError("rate_limited", "Too many WebSockets are open here.")
        account = await self._known(visit)
        async with self._services.store.reading() as reader:
            await authorize(reader, visit.channel, account)
        with self._counted(str(account.actor.id)):
            return await self._listen(visit, account)

    async def _known(self, visit: Visit) -> Account:
        """Who is there, by header or by ticket; a ticket that is none counts as a refused credential."""
        if "authorization" in visit.headers or visit.ticket is None:
            return await self._door.known(visit.headers, visit.address)
        await self._door.check(visit.address)
        now = self._real_now()
        async with self._services.store.transaction() as tx:
            for fingerprint in self._services.vault.fingerprints(visit.ticket):
                ticket = await realtime_tickets.take(tx, fingerprint)
                if ticket is not None:
                    break
            else:
                ticket = None
        if ticket is None or ticket.expires_at <= now or ticket.channel != visit.channel.name:
            return await self._door.known({}, visit.address)
        account = bearer(ticket)
        async with self._services.store.reading() as reader:
            await check_standing(reader, account, now)
        return account

    @contextlib.contextmanager
    def _counted(self, key: str) -> Generator[None]:
        if self._by_key[key] >= self._settings.realtime_connections_per_key:
            raise ProblemError("rate_limited", "Too many WebSockets are open with this key.")
        self._by_key[key] += 1
        try:
            yield
        finally:
            self._by_key[key] -= 1
            if not self._by_key[key]:
                del self._by_key[key]

    async def _listen(self, visit: Visit, account: Account) -> int:
        """Subscribe first, then read how things are: what happens in between is told, not lost.

        Returns the code that the socket was closed with.
        """
        listener = await self._hub.join(of_channel(visit.channel, account), self._settings.realtime_queue)
        reading = asyncio.create_task(_read(visit.socket))
        try:
            now = rfc3339(milliseconds(self._services.clock.now()))
            async with self._services.store.reading() as reader:
                first = await beginning(reader, visit.channel, account, visit.after, now)
            writing = asyncio.create_task(self._write(visit.socket, listener, first, account))
            listener.cut_off = writing.cancel
            if listener.overflowed:
                writing.cancel()
            try:
                await asyncio.wait((reading, writing), return_when=asyncio.FIRST_COMPLETED)
            finally:
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)
            if listener.overflowed:
                await _close(visit, close_codes.SLOW, "slow consumer", linger=True)
                return close_codes.SLOW
            if not writing.cancelled():
                writing.result()
            elif reading.done() and reading.result():
                await _close(visit, close_codes.POLICY, "there is nothing to say here")
                return close_codes.POLICY
            return _LEFT
        finally:
            self._hub.leave(listener)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _write(self, socket: WebSocket, listener: Listener, first: Beginning, account: Account) -> None:
        for frame in first.frames:
            await socket.send_text(frame)
        standing = Standing(self._services.store, account, self._real_now)
        while True:
            try:
                async with asyncio.timeout(standing.due_in):
                    seq, frame = await listener.queue.get()
            except TimeoutError:
                await standing.uphold()
                continue
            await standing.uphold()
            if seq > first.seq:
                await socket.send_text(frame)

    def _real_now(self) -> int:
        return milliseconds(self._services.clock.real_now())


async def _read(socket: WebSocket) -> bool:
    """Ignore what the client says until it leaves; True if it said too much."""
    messages = Messages()
    while (await socket.receive())["type"] != "websocket.disconnect":
        if messages.excessive():
            return True
    return False


async def _close(visit: Visit, code: int, reason: str, *, linger: bool = False) -> None:
    """Close in order; at once where the client does not even take that in."""
    if visit.socket.application_state is not WebSocketState.CONNECTED:
        return
    try:
        async with asyncio.timeout(_CLOSE_TIMEOUT):
            await visit.socket.close(code, reason)
            if linger:
                await asyncio.sleep(math.inf)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        visit.abort()
