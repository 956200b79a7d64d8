"""The asynchronous client: its resources, its copies and its end."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self, Unpack

from ._calls.async_caller import AsyncCaller, AsyncRawCaller
from ._calls.async_settling import AsyncSettling
from ._calls.session import Place, Session
from ._flat import AsyncFlatNames
from ._front_door import front_door
from ._network.async_wire import AsyncWire
from ._network.proxy import has_own_wire
from ._webhook_methods import WebhookMethods
from .config import Config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._network.plugged import AsyncPluggedWire
    from ._options.keywords import CallOptions, ClientOptions
    from ._realtime.async_feed import AsyncRealtime
    from .resources.aio.account import AsyncAccountResource
    from .resources.aio.audit_logs import AsyncAuditLogs
    from .resources.aio.balance import AsyncBalanceResource
    from .resources.aio.charges import AsyncCharges
    from .resources.aio.events import AsyncEvents
    from .resources.aio.gateway import AsyncGateway
    from .resources.aio.merchant_onboardings import AsyncMerchantOnboardings
    from .resources.aio.payment_intents import AsyncPaymentIntents
    from .resources.aio.payouts import AsyncPayouts
    from .resources.aio.raw import AsyncRawClient
    from .resources.aio.refunds import AsyncRefunds
    from .resources.aio.sandbox import AsyncSandbox
    from .resources.aio.webhook_deliveries import AsyncWebhookDeliveries
    from .resources.aio.webhook_endpoints import AsyncWebhookEndpoints


class MolamAsyncClient(AsyncSettling, AsyncFlatNames, WebhookMethods):
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

    @front_door
    def __init__(self, config: Config | None = None, /, **options: Unpack[ClientOptions]) -> None:
        resolved = Config.resolve(config, **options)
        super().__init__(Place(Session(resolved)), _open_wire(resolved))

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
    def webhook_deliveries(self) -> AsyncWebhookDeliveries:
        """What became of sending events to endpoints."""
        from .resources.aio.webhook_deliveries import AsyncWebhookDeliveries

        return AsyncWebhookDeliveries(self)

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
    def audit_logs(self) -> AsyncAuditLogs:
        """Who changed what, when and from where."""
        from .resources.aio.audit_logs import AsyncAuditLogs

        return AsyncAuditLogs(self)

    @cached_property
    def sandbox(self) -> AsyncSandbox:
        """Clock, faults and ledger of the sandbox."""
        from .resources.aio.sandbox import AsyncSandbox

        return AsyncSandbox(self)

    @cached_property
    def gateway(self) -> AsyncGateway:
        """The façade of the gateway: payments in major units, providers, health and figures."""
        from .resources.aio.gateway import AsyncGateway

        return AsyncGateway(self)

    @property
    def realtime(self) -> AsyncRealtime:
        """Payments followed live, over WebSockets."""
        from ._realtime.async_feed import AsyncRealtime

        return AsyncRealtime(self._session)

    @cached_property
    def with_raw_response(self) -> AsyncRawClient:
        """The same resources, whose methods return RawResponse in place of the object."""
        from .resources.aio.raw import AsyncRawClient

        return AsyncRawClient(AsyncRawCaller(self._place, self._wire))

    @front_door
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
        place = Place(self._session.with_options(headers, options))
        AsyncCaller.__init__(other, place, self._wire, is_copy=True)
        return other

    @front_door
    def switch_region(self, region: str) -> None:
        """Send the calls from now on to another region first.

        Calls under way stay where they are. So do copies that `with_options` made before; those made afterwards start
        in the new region, and so does raw mode. With `fallback_regions` the region that is left becomes the first of
        them.

        Args:
            region: Its name (`eu-west`), or `auto` for the account's home region.

        Raises:
            ConfigurationError: For a region whose host is not known; nothing has changed.
        """
        self._place.session = self._session.switched(region)

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
        made = hasattr(self, "_place")  # a constructor that refuses leaves none
        return f"MolamAsyncClient({self.config!r})" if made else "<MolamAsyncClient, not made>"


def _open_wire(config: Config) -> AsyncWire | AsyncPluggedWire:
    if config.ca_bundle is not None or config.mtls_cert is not None:
        from ._network.tls import check_files

        check_files(config)
    if not has_own_wire(config):
        from ._network.plugged import AsyncPluggedWire

        return AsyncPluggedWire(config)
    return AsyncWire(config)
