"""The façade in raw mode: the same methods, typed to return the answer behind the object."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from molam_sdk._calls.raw import raw_async
from molam_sdk._calls.raw_lists import raw_list_async

if TYPE_CHECKING:
    from molam_sdk._calls.async_caller import AsyncRawCaller
    from molam_sdk.resources.aio.gateway_health import AsyncGatewayHealth
    from molam_sdk.resources.aio.gateway_metrics import AsyncGatewayMetrics
    from molam_sdk.resources.aio.gateway_payments import AsyncGatewayPayments
    from molam_sdk.resources.aio.gateway_providers import AsyncGatewayProviders
    from molam_sdk.resources.aio.gateway_tokens import AsyncGatewayTokens


class AsyncRawGateway:
    """What `client.with_raw_response.gateway` is."""

    def __init__(self, caller: AsyncRawCaller) -> None:
        self._caller = caller

    @cached_property
    def payments(self) -> AsyncRawGatewayPayments:
        """Payments in one call and in major units."""
        from molam_sdk.resources.aio.gateway_payments import AsyncGatewayPayments

        return AsyncRawGatewayPayments(AsyncGatewayPayments(self._caller))

    @cached_property
    def providers(self) -> AsyncRawGatewayProviders:
        """The payment providers behind the gateway."""
        from molam_sdk.resources.aio.gateway_providers import AsyncGatewayProviders

        return AsyncRawGatewayProviders(AsyncGatewayProviders(self._caller))

    @cached_property
    def health(self) -> AsyncRawGatewayHealth:
        """Whether the gateway works."""
        from molam_sdk.resources.aio.gateway_health import AsyncGatewayHealth

        return AsyncRawGatewayHealth(AsyncGatewayHealth(self._caller))

    @cached_property
    def metrics(self) -> AsyncRawGatewayMetrics:
        """Figures of the gateway."""
        from molam_sdk.resources.aio.gateway_metrics import AsyncGatewayMetrics

        return AsyncRawGatewayMetrics(AsyncGatewayMetrics(self._caller))

    @cached_property
    def tokens(self) -> AsyncRawGatewayTokens:
        """Short-lived tokens that speak for an API key."""
        from molam_sdk.resources.aio.gateway_tokens import AsyncGatewayTokens

        return AsyncRawGatewayTokens(AsyncGatewayTokens(self._caller))


class AsyncRawGatewayPayments:
    """Raw-mode methods of gateway.payments."""

    def __init__(self, resource: AsyncGatewayPayments) -> None:
        self.initialize = raw_async(resource.initialize)
        self.get = raw_async(resource.get)
        self.refund = raw_async(resource.refund)
        self.verify = raw_async(resource.verify)
        self.list = raw_list_async(resource.list)


class AsyncRawGatewayProviders:
    """Raw-mode methods of gateway.providers."""

    def __init__(self, resource: AsyncGatewayProviders) -> None:
        self.retrieve_configuration = raw_async(resource.retrieve_configuration)
        self.configure = raw_async(resource.configure)
        self.test = raw_async(resource.test)
        self.retrieve = raw_async(resource.retrieve)
        self.list = raw_list_async(resource.list)


class AsyncRawGatewayHealth:
    """Raw-mode methods of gateway.health."""

    def __init__(self, resource: AsyncGatewayHealth) -> None:
        self.get = raw_async(resource.get)
        self.live = raw_async(resource.live)
        self.ready = raw_async(resource.ready)


class AsyncRawGatewayMetrics:
    """Raw-mode methods of gateway.metrics."""

    def __init__(self, resource: AsyncGatewayMetrics) -> None:
        self.get = raw_async(resource.get)


class AsyncRawGatewayTokens:
    """Raw-mode methods of gateway.tokens."""

    def __init__(self, resource: AsyncGatewayTokens) -> None:
        self.create = raw_async(resource.create)
        self.refresh = raw_async(resource.refresh)
        self.revoke = raw_async(resource.revoke)
        self.create_ticket = raw_async(resource.create_ticket)
