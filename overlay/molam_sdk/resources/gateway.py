# Written by scripts/sync_half from aio/gateway.py; edit that file.
"""The façade of the gateway and its operation."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from molam_sdk._calls.caller import Caller
    from molam_sdk.resources.gateway_health import GatewayHealth
    from molam_sdk.resources.gateway_metrics import GatewayMetrics
    from molam_sdk.resources.gateway_payments import GatewayPayments
    from molam_sdk.resources.gateway_providers import GatewayProviders
    from molam_sdk.resources.gateway_tokens import GatewayTokens


class Gateway:
    """What `client.gateway` is."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @cached_property
    def payments(self) -> GatewayPayments:
        """Payments in one call and in major units."""
        from molam_sdk.resources.gateway_payments import GatewayPayments

        return GatewayPayments(self._caller)

    @cached_property
    def providers(self) -> GatewayProviders:
        """The payment providers behind the gateway."""
        from molam_sdk.resources.gateway_providers import GatewayProviders

        return GatewayProviders(self._caller)

    @cached_property
    def health(self) -> GatewayHealth:
        """Whether the gateway works."""
        from molam_sdk.resources.gateway_health import GatewayHealth

        return GatewayHealth(self._caller)

    @cached_property
    def metrics(self) -> GatewayMetrics:
        """Figures of the gateway."""
        from molam_sdk.resources.gateway_metrics import GatewayMetrics

        return GatewayMetrics(self._caller)

    @cached_property
    def tokens(self) -> GatewayTokens:
        """Short-lived tokens that speak for an API key."""
        from molam_sdk.resources.gateway_tokens import GatewayTokens

        return GatewayTokens(self._caller)
