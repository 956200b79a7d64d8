"""The synchronous client: its resources, its copies and its end."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self, Unpack

from ._calls.caller import Caller, RawCaller
from ._calls.session import Place, Session
from ._calls.settling import Settling
from ._flat import FlatNames
from ._front_door import front_door
from ._network.proxy import has_own_wire
from ._network.wire import Wire
from ._webhook_methods import WebhookMethods
from .config import Config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._network.plugged import PluggedWire
    from ._options.keywords import CallOptions, ClientOptions
    from ._realtime.feed import Realtime
    from .resources.account import AccountResource
    from .resources.audit_logs import AuditLogs
    from .resources.balance import BalanceResource
    from .resources.charges import Charges
    from .resources.events import Events
    from .resources.gateway import Gateway
    from .resources.merchant_onboardings import MerchantOnboardings
    from .resources.payment_intents import PaymentIntents
    from .resources.payouts import Payouts
    from .resources.raw import RawClient
    from .resources.refunds import Refunds
    from .resources.sandbox import Sandbox
    from .resources.webhook_deliveries import WebhookDeliveries
    from .resources.webhook_endpoints import WebhookEndpoints


class MolamClient(Settling, FlatNames, WebhookMethods):
    """The synchronous client of the Molam API.

    Use one for the whole process: it is safe to share between threads and survives a fork. Close it,
    or use it in a `with` statement, to close its connections.

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
    def webhook_deliveries(self) -> WebhookDeliveries:
        """What became of sending events to endpoints."""
        from .resources.webhook_deliveries import WebhookDeliveries

        return WebhookDeliveries(self)

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
    def audit_logs(self) -> AuditLogs:
        """Who changed what, when and from where."""
        from .resources.audit_logs import AuditLogs

        return AuditLogs(self)

    @cached_property
    def sandbox(self) -> Sandbox:
        """Clock, faults and ledger of the sandbox."""
        from .resources.sandbox import Sandbox

        return Sandbox(self)

    @cached_property
    def gateway(self) -> Gateway:
        """The façade of the gateway: payments in major units, providers, health and figures."""
        from .resources.gateway import Gateway

        return Gateway(self)

    @property
    def realtime(self) -> Realtime:
        """Payments followed live, over WebSockets."""
        from ._realtime.feed import Realtime

        return Realtime(self._session)

    @cached_property
    def with_raw_response(self) -> RawClient:
        """The same resources, whose methods return RawResponse in place of the object."""
        from .resources.raw import RawClient

        return RawClient(RawCaller(self._place, self._wire))

    @front_door
    def with_options(self, *, headers: Mapping[str, str] | None = None, **options: Unpack[CallOptions]) -> MolamClient:
        """Return a client with other options that shares this one's connections.

        Args:
            headers: Further headers for every request.
            options: Options of `Config`, but for those of the connections themselves.

        Raises:
            ConfigurationError: For an option that cannot work or belongs to the connections.
        """
        other = type(self).__new__(type(self))
        place = Place(self._session.with_options(headers, options))
        Caller.__init__(other, place, self._wire, is_copy=True)
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
        made = hasattr(self, "_place")  # a constructor that refuses leaves none
        return f"MolamClient({self.config!r})" if made else "<MolamClient, not made>"


def _open_wire(config: Config) -> Wire | PluggedWire:
    if config.ca_bundle is not None or config.mtls_cert is not None:
        from ._network.tls import check_files

        check_files(config)
    if not has_own_wire(config):
        from ._network.plugged import PluggedWire

        return PluggedWire(config)
    return Wire(config)
