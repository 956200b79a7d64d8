# Written by scripts/sync_half from aio/raw_gateway.py; edit that file.
"""The façade in raw mode: the same methods, typed to return the answer behind the object."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from molam_sdk._calls.raw import raw
from molam_sdk._calls.raw_lists import raw_list

if TYPE_CHECKING:
    from molam_sdk._calls.caller import RawCaller
    from molam_sdk.resources.gateway_health import GatewayHealth
    from molam_sdk.resources.gateway_metrics import GatewayMetrics
    from molam_sdk.resources.gateway_payments import GatewayPayments
    from molam_sdk.resources.gateway_providers import GatewayProviders
    from molam_sdk.resources.gateway_tokens import GatewayTokens


class RawGateway:
    """What `client.with_raw_response.gateway` is."""

    def __init__(self, caller: RawCaller) -> None:
        self._caller = caller

    @cached_property
    def payments(self) -> RawGatewayPayments:
        """Payments in one call and in major units."""
        from molam_sdk.resources.gateway_payments import GatewayPayments

        return RawGatewayPayments(GatewayPayments(self._caller))

    @cached_property
    def providers(self) -> RawGatewayProviders:
        """The payment providers behind the gateway."""
        from molam_sdk.resources.gateway_providers import GatewayProviders

        return RawGatewayProviders(GatewayProviders(self._caller))

    @cached_property
    def health(self) -> RawGatewayHealth:
        """Whether the gateway works."""
        from molam_sdk.resources.gateway_health import GatewayHealth

        return RawGatewayHealth(GatewayHealth(self._caller))

    @cached_property
    def metrics(self) -> RawGatewayMetrics:
        """Figures of the gateway."""
        from molam_sdk.resources.gateway_metrics import GatewayMetrics

        return RawGatewayMetrics(GatewayMetrics(self._caller))

    @cached_property
    def tokens(self) -> RawGatewayTokens:
        """Short-lived tokens that speak for an API key."""
        from molam_sdk.resources.gateway_tokens import GatewayTokens

        return RawGatewayTokens(GatewayTokens(self._caller))


class RawGatewayPayments:
    """Raw-mode methods of gateway.payments."""

    def __init__(self, resource: GatewayPayments) -> None:
        self.initialize = raw(resource.initialize)
        self.get = raw(resource.get)
        self.refund = raw(resource.refund)
        self.verify = raw(resource.verify)
        self.list = raw_list(resource.list)


class RawGatewayProviders:
    """Raw-mode methods of gateway.providers."""

    def __init__(self, resource: GatewayProviders) -> None:
        self.retrieve_configuration = raw(resource.retrieve_configuration)
        self.configure = raw(resource.configure)
        self.test = raw(resource.test)
        self.retrieve = raw(resource.retrieve)
        self.list = raw_list(resource.list)


class RawGatewayHealth:
    """Raw-mode methods of gateway.health."""

    def __init__(self, resource: GatewayHealth) -> None:
        self.get = raw(resource.get)
        self.live = raw(resource.live)
        self.ready = raw(resource.ready)


class RawGatewayMetrics:
    """Raw-mode methods of gateway.metrics."""

    def __init__(self, resource: GatewayMetrics) -> None:
        self.get = raw(resource.get)


class RawGatewayTokens:
    """Raw-mode methods of gateway.tokens."""

    def __init__(self, resource: GatewayTokens) -> None:
        self.create = raw(resource.create)
        self.refresh = raw(resource.refresh)
        self.revoke = raw(resource.revoke)
        self.create_ticket = raw(resource.create_ticket)
