"""The façade of the gateway and its operation."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from molam_sdk._calls.async_caller import AsyncCaller
    from molam_sdk.resources.aio.gateway_health import AsyncGatewayHealth
    from molam_sdk.resources.aio.gateway_metrics import AsyncGatewayMetrics
    from molam_sdk.resources.aio.gateway_payments import AsyncGatewayPayments
    from molam_sdk.resources.aio.gateway_providers import AsyncGatewayProviders
    from molam_sdk.resources.aio.gateway_tokens import AsyncGatewayTokens


class AsyncGateway:
    """What `client.gateway` is."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @cached_property
    def payments(self) -> AsyncGatewayPayments:
        """Payments in one call and in major units."""
        from molam_sdk.resources.aio.gateway_payments import AsyncGatewayPayments

        return AsyncGatewayPayments(self._caller)

    @cached_property
    def providers(self) -> AsyncGatewayProviders:
        """The payment providers behind the gateway."""
        from molam_sdk.resources.aio.gateway_providers import AsyncGatewayProviders

        return AsyncGatewayProviders(self._caller)

    @cached_property
    def health(self) -> AsyncGatewayHealth:
        """Whether the gateway works."""
        from molam_sdk.resources.aio.gateway_health import AsyncGatewayHealth

        return AsyncGatewayHealth(self._caller)

    @cached_property
    def metrics(self) -> AsyncGatewayMetrics:
        """Figures of the gateway."""
        from molam_sdk.resources.aio.gateway_metrics import AsyncGatewayMetrics

        return AsyncGatewayMetrics(self._caller)

    @cached_property
    def tokens(self) -> AsyncGatewayTokens:
        """Short-lived tokens that speak for an API key."""
        from molam_sdk.resources.aio.gateway_tokens import AsyncGatewayTokens

        return AsyncGatewayTokens(self._caller)
