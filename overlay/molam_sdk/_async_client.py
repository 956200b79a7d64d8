"""The asynchronous client: drives the exchange and waits with `asyncio.sleep`."""

from __future__ import annotations

import asyncio
import builtins
import os
import random
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, Self, TypeVar, Unpack, overload

from ._async_wire import AsyncWire
from ._exchange import exchange
from ._failure import Known, complete, too_late
from ._flat import AsyncFlatNames
from ._observe import reason_of, settle
from ._operation import Endpoint, Prepared, endpoint_of, prepare, read
from ._reply import Lost
from ._session import Session
from ._webhook_methods import WebhookMethods
from .config import Config
from .errors import ConfigurationError, MolamError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from molam_api.models import Account

    from ._attempt import Attempt, Settled
    from ._options import CallOptions, ClientOptions
    from ._plugged import AsyncPluggedWire
    from ._reply import Reply
    from .resources.aio.account import AsyncAccountResource
    from .resources.aio.balance import AsyncBalanceResource
    from .resources.aio.charges import AsyncCharges
    from .resources.aio.events import AsyncEvents
    from .resources.aio.merchant_onboardings import AsyncMerchantOnboardings
    from .resources.aio.payment_intents import AsyncPaymentIntents
    from .resources.aio.payouts import AsyncPayouts
    from .resources.aio.raw import AsyncRawClient
    from .resources.aio.refunds import AsyncRefunds
    from .resources.aio.sandbox import AsyncSandbox
    from .resources.aio.webhook_endpoints import AsyncWebhookEndpoints

P = ParamSpec("P")
T = TypeVar("T")


class AsyncCaller:
    """What a resource needs of a client: to make a call."""

    _sleep = staticmethod(asyncio.sleep)
    _now = staticmethod(time.monotonic)
    _random = staticmethod(random.random)

    def __init__(self, session: Session, wire: AsyncWire | AsyncPluggedWire, *, is_copy: bool = False) -> None:
        self._session = session
        self._is_copy = is_copy
        self._wire = wire

    @property
    def config(self) -> Config:
        """The options in force."""
        return self._session.config

    @overload
    async def call(self, endpoint: Endpoint[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...
    @overload
    async def call(self, endpoint: str, /, *args: Any, **kwargs: Any) -> Any: ...
    async def call(self, endpoint: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a generated endpoint with everything the SDK adds to it.

        Args:
            endpoint: A module of `molam_api.api`, or an operationId.
            args: The ids in the path.
            kwargs: The endpoint's other arguments; `idempotency_key` is made if there is none.

        Returns:
            The generated model.

        Raises:
            MolamError: If the call does not succeed; `outcome` says what is known of it.
        """
        prepared, settled = await self._perform(endpoint, args, kwargs)
        return read(prepared, settled)

    async def _perform(
        self, endpoint: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Prepared[Any], Settled]:
        prepared = prepare(endpoint_of(endpoint) if isinstance(endpoint, str) else endpoint, args, kwargs)
        if prepared.key_was_minted:
            self._session.observer.key_minted(prepared)
        began = self._now()
        if self._session.needs_home_region:
            await self._go_home(Known(prepared.ask, self._session.policy.deadline), began)
        return prepared, await self._drive(prepared, began)

    async def _go_home(self, known: Known, began: float) -> None:
        """Ask where the account lives, as part of a call that began at that time, unless a copy of this client has."""
        session = self._session
        home = session.home
        turn = home.turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
        try:
            async with asyncio.timeout(max(0.0, began + known.deadline - self._now())):
                await turn.acquire()
        except builtins.TimeoutError:
            raise too_late(known) from None
        try:
            if home.region is None:
                home.found((await self._ask_account(began)).home_region)
        except MolamError as error:
            raise complete(error, known, 0) from None
        finally:
            turn.release()
        self._session = session.at_home()

    async def _ask_account(self, began: float) -> Account:
        from molam_api.api.account import retrieve_account

        prepared = prepare(retrieve_account, (), {})
        return read(prepared, await self._drive(prepared, began))

    async def _drive(self, prepared: Prepared[Any], began: float) -> Settled:
        session = self._session
        observer = session.observer
        now = self._now()
        steps = exchange(
            prepared.ask,
            session.policy,
            session.route(mutating=prepared.ask.mutating),
            now,
            began=began,
            random=self._random,
            mint=_attempt_id,
        )
        reason: str | None = None
        try:
            attempt = next(steps)
            while True:
                listening = observer.is_listening
                if listening and reason is not None:
                    await settle(observer.retrying(prepared, attempt, reason))
                if attempt.delay > 0:
                    await self._sleep(attempt.delay)
                if listening:
                    await settle(observer.sending(prepared, attempt))
                sent = self._now()
                outcome = await self._send(session, prepared, attempt)
                now = self._now()
                if listening:
                    await settle(observer.received(prepared, attempt, outcome, now - sent))
                reason = reason_of(outcome)
                try:
                    attempt = steps.send((outcome, now))
                except StopIteration as stop:
                    settled: Settled = stop.value
                    observer.finished(prepared, settled, now - began)
                    return settled
                except MolamError as error:
                    observer.failed(prepared, error, now - began)
                    raise
        finally:
            steps.close()

    async def _send(self, session: Session, prepared: Prepared[Any], attempt: Attempt) -> Reply | Lost:
        try:
            return await self._wire.send(session.request(prepared, attempt), attempt)
        except ConfigurationError as error:
            return Lost("connect", sent=False, fatal=True, error=error)


class AsyncRawCaller(AsyncCaller):
    """A caller whose calls return RawResponse in place of the object."""

    async def call(self, endpoint: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a generated endpoint and return the answer behind the object."""
        from ._raw import RawResponse

        return RawResponse(*await self._perform(endpoint, args, kwargs))


class MolamAsyncClient(AsyncCaller, AsyncFlatNames, WebhookMethods):
    """The asynchronous client of the Molam API.

    Use one for the whole process: each event loop gets connections of its own, and it survives a
    fork. Close it, or use it in an `async with` statement, to close the connections of the running
    loop.

    Args:
        config: Options made beforehand.
        options: Any option of `Config`; they win over `config`.

    Raises:
        ConfigurationError: For options that cannot work, alone or together.
    """

    def __init__(self, config: Config | None = None, /, **options: Unpack[ClientOptions]) -> None:
        resolved = Config.resolve(config, **options)
        super().__init__(Session(resolved), _open_wire(resolved))

    @cached_property
    def payment_intents(self) -> AsyncPaymentIntents:
        """Payments, from the first idea to captured money."""
        from .resources.aio.payment_intents import AsyncPaymentIntents

        return AsyncPaymentIntents(self)

    @cached_property
    def charges(self) -> AsyncCharges:
        """The attempts to collect a payment."""
        from .resources.aio.charges import AsyncCharges

        return AsyncCharges(self)

    @cached_property
    def refunds(self) -> AsyncRefunds:
        """Money given back."""
        from .resources.aio.refunds import AsyncRefunds

        return AsyncRefunds(self)

    @cached_property
    def payouts(self) -> AsyncPayouts:
        """Money sent out."""
        from .resources.aio.payouts import AsyncPayouts

        return AsyncPayouts(self)

    @cached_property
    def balance(self) -> AsyncBalanceResource:
        """What there is to pay out."""
        from .resources.aio.balance import AsyncBalanceResource

        return AsyncBalanceResource(self)

    @cached_property
    def merchant_onboardings(self) -> AsyncMerchantOnboardings:
        """Merchants of a platform, on their way to being paid."""
        from .resources.aio.merchant_onboardings import AsyncMerchantOnboardings

        return AsyncMerchantOnboardings(self)

    @cached_property
    def webhook_endpoints(self) -> AsyncWebhookEndpoints:
        """Where events are delivered."""
        from .resources.aio.webhook_endpoints import AsyncWebhookEndpoints

        return AsyncWebhookEndpoints(self)

    @cached_property
    def events(self) -> AsyncEvents:
        """What happened."""
        from .resources.aio.events import AsyncEvents

        return AsyncEvents(self)

    @cached_property
    def account(self) -> AsyncAccountResource:
        """The account that the key belongs to."""
        from .resources.aio.account import AsyncAccountResource

        return AsyncAccountResource(self)

    @cached_property
    def sandbox(self) -> AsyncSandbox:
        """Clock, faults and ledger of the sandbox."""
        from .resources.aio.sandbox import AsyncSandbox

        return AsyncSandbox(self)

    @cached_property
    def with_raw_response(self) -> AsyncRawClient:
        """The same resources, whose methods return RawResponse in place of the object."""
        from .resources.aio.raw import AsyncRawClient

        return AsyncRawClient(AsyncRawCaller(self._session, self._wire))

    def with_options(
        self, *, headers: Mapping[str, str] | None = None, **options: Unpack[CallOptions]
    ) -> MolamAsyncClient:
        """Return a client with other options that shares this one's connections.

        Args:
            headers: Further headers for every request.
            options: Options of `Config`, but for those of the connections themselves.

        Raises:
            ConfigurationError: For an option that cannot work or belongs to the connections.
        """
        other = type(self).__new__(type(self))
        AsyncCaller.__init__(other, self._session.with_options(headers, options), self._wire, is_copy=True)
        return other

    async def aclose(self) -> None:
        """Close the connections, also for the copies that `with_options` made; on a copy nothing happens.

        A `transport=` of your own is closed with the client, as httpx does it.
        """
        if not self._is_copy:
            await self._wire.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        made = hasattr(self, "_session")  # a constructor that refuses leaves none
        return f"MolamAsyncClient({self.config!r})" if made else "<MolamAsyncClient, not made>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a MolamAsyncClient holds connections and a key; make one where it is used")

    def __copy__(self) -> NoReturn:
        raise TypeError("a MolamAsyncClient cannot be copied; use with_options()")

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__copy__()


def _attempt_id() -> str:
    return os.urandom(12).hex()


def _open_wire(config: Config) -> AsyncWire | AsyncPluggedWire:
    if config.transport is not None or config.http_adapter is not None:
        from ._plugged import AsyncPluggedWire

        return AsyncPluggedWire(config)
    return AsyncWire(config)
