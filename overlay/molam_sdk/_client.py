"""The synchronous client: drives the exchange and waits with `time.sleep`."""

from __future__ import annotations

import os
import random
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, Self, TypeVar, Unpack, overload

from ._exchange import exchange
from ._failure import Known, complete, too_late
from ._flat import FlatNames
from ._observe import not_awaited, reason_of
from ._operation import Endpoint, Prepared, endpoint_of, prepare, read
from ._reply import Lost
from ._session import Session
from ._webhook_methods import WebhookMethods
from ._wire import Wire
from .config import Config
from .errors import ConfigurationError, MolamError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from molam_api.models import Account

    from ._attempt import Attempt, Settled
    from ._options import CallOptions, ClientOptions
    from ._plugged import PluggedWire
    from ._reply import Reply
    from .resources.account import AccountResource
    from .resources.balance import BalanceResource
    from .resources.charges import Charges
    from .resources.events import Events
    from .resources.merchant_onboardings import MerchantOnboardings
    from .resources.payment_intents import PaymentIntents
    from .resources.payouts import Payouts
    from .resources.raw import RawClient
    from .resources.refunds import Refunds
    from .resources.sandbox import Sandbox
    from .resources.webhook_endpoints import WebhookEndpoints

P = ParamSpec("P")
T = TypeVar("T")


class Caller:
    """What a resource needs of a client: to make a call."""

    _sleep = staticmethod(time.sleep)
    _now = staticmethod(time.monotonic)
    _random = staticmethod(random.random)

    def __init__(self, session: Session, wire: Wire | PluggedWire, *, is_copy: bool = False) -> None:
        self._session = session
        self._is_copy = is_copy
        self._wire = wire

    @property
    def config(self) -> Config:
        """The options in force."""
        return self._session.config

    @overload
    def call(self, endpoint: Endpoint[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...
    @overload
    def call(self, endpoint: str, /, *args: Any, **kwargs: Any) -> Any: ...
    def call(self, endpoint: Any, /, *args: Any, **kwargs: Any) -> Any:
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
        prepared, settled = self._perform(endpoint, args, kwargs)
        return read(prepared, settled)

    def _perform(self, endpoint: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Prepared[Any], Settled]:
        prepared = prepare(endpoint_of(endpoint) if isinstance(endpoint, str) else endpoint, args, kwargs)
        if prepared.key_was_minted:
            self._session.observer.key_minted(prepared)
        began = self._now()
        if self._session.needs_home_region:
            self._go_home(Known(prepared.ask, self._session.policy.deadline), began)
        return prepared, self._drive(prepared, began)

    def _go_home(self, known: Known, began: float) -> None:
        """Ask where the account lives, as part of a call that began at that time, unless a copy of this client has."""
        session = self._session
        home = session.home
        if not home.lock.acquire(timeout=max(0.0, began + known.deadline - self._now())):
            raise too_late(known)
        try:
            if home.region is None:
                home.found(self._ask_account(began).home_region)
        except MolamError as error:
            raise complete(error, known, 0) from None
        finally:
            home.lock.release()
        self._session = session.at_home()

    def _ask_account(self, began: float) -> Account:
        from molam_api.api.account import retrieve_account

        prepared = prepare(retrieve_account, (), {})
        return read(prepared, self._drive(prepared, began))

    def _drive(self, prepared: Prepared[Any], began: float) -> Settled:
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
                    not_awaited(observer.retrying(prepared, attempt, reason))
                if attempt.delay > 0:
                    self._sleep(attempt.delay)
                if listening:
                    not_awaited(observer.sending(prepared, attempt))
                sent = self._now()
                outcome = self._send(session, prepared, attempt)
                now = self._now()
                if listening:
                    not_awaited(observer.received(prepared, attempt, outcome, now - sent))
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

    def _send(self, session: Session, prepared: Prepared[Any], attempt: Attempt) -> Reply | Lost:
        try:
            return self._wire.send(session.request(prepared, attempt), attempt)
        except ConfigurationError as error:
            return Lost("connect", sent=False, fatal=True, error=error)


class RawCaller(Caller):
    """A caller whose calls return RawResponse in place of the object."""

    def call(self, endpoint: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a generated endpoint and return the answer behind the object."""
        from ._raw import RawResponse

        return RawResponse(*self._perform(endpoint, args, kwargs))


class MolamClient(Caller, FlatNames, WebhookMethods):
    """The synchronous client of the Molam API.

    Use one for the whole process: it is safe to share between threads and survives a fork. Close it,
    or use it in a `with` statement, to close its connections.

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
    def payment_intents(self) -> PaymentIntents:
        """Payments, from the first idea to captured money."""
        from .resources.payment_intents import PaymentIntents

        return PaymentIntents(self)

    @cached_property
    def charges(self) -> Charges:
        """The attempts to collect a payment."""
        from .resources.charges import Charges

        return Charges(self)

    @cached_property
    def refunds(self) -> Refunds:
        """Money given back."""
        from .resources.refunds import Refunds

        return Refunds(self)

    @cached_property
    def payouts(self) -> Payouts:
        """Money sent out."""
        from .resources.payouts import Payouts

        return Payouts(self)

    @cached_property
    def balance(self) -> BalanceResource:
        """What there is to pay out."""
        from .resources.balance import BalanceResource

        return BalanceResource(self)

    @cached_property
    def merchant_onboardings(self) -> MerchantOnboardings:
        """Merchants of a platform, on their way to being paid."""
        from .resources.merchant_onboardings import MerchantOnboardings

        return MerchantOnboardings(self)

    @cached_property
    def webhook_endpoints(self) -> WebhookEndpoints:
        """Where events are delivered."""
        from .resources.webhook_endpoints import WebhookEndpoints

        return WebhookEndpoints(self)

    @cached_property
    def events(self) -> Events:
        """What happened."""
        from .resources.events import Events

        return Events(self)

    @cached_property
    def account(self) -> AccountResource:
        """The account that the key belongs to."""
        from .resources.account import AccountResource

        return AccountResource(self)

    @cached_property
    def sandbox(self) -> Sandbox:
        """Clock, faults and ledger of the sandbox."""
        from .resources.sandbox import Sandbox

        return Sandbox(self)

    @cached_property
    def with_raw_response(self) -> RawClient:
        """The same resources, whose methods return RawResponse in place of the object."""
        from .resources.raw import RawClient

        return RawClient(RawCaller(self._session, self._wire))

    def with_options(self, *, headers: Mapping[str, str] | None = None, **options: Unpack[CallOptions]) -> MolamClient:
        """Return a client with other options that shares this one's connections.

        Args:
            headers: Further headers for every request.
            options: Options of `Config`, but for those of the connections themselves.

        Raises:
            ConfigurationError: For an option that cannot work or belongs to the connections.
        """
        other = type(self).__new__(type(self))
        Caller.__init__(other, self._session.with_options(headers, options), self._wire, is_copy=True)
        return other

    def close(self) -> None:
        """Close the connections, also for the copies that `with_options` made; on a copy nothing happens.

        A `transport=` of your own is closed with the client, as httpx does it.
        """
        if not self._is_copy:
            self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        made = hasattr(self, "_session")  # a constructor that refuses leaves none
        return f"MolamClient({self.config!r})" if made else "<MolamClient, not made>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a MolamClient holds connections and a key; make one where it is used")

    def __copy__(self) -> NoReturn:
        raise TypeError("a MolamClient cannot be copied; use with_options()")

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__copy__()


def _attempt_id() -> str:
    return os.urandom(12).hex()


def _open_wire(config: Config) -> Wire | PluggedWire:
    if config.transport is not None or config.http_adapter is not None:
        from ._plugged import PluggedWire

        return PluggedWire(config)
    return Wire(config)
