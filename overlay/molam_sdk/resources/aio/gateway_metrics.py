"""Figures of the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from molam_sdk._front_door import async_front_door

if TYPE_CHECKING:
    from molam_api.models import Metrics
    from molam_sdk._calls.async_caller import AsyncCaller


class AsyncGatewayMetrics:
    """Methods of `client.gateway.metrics`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def get(self) -> Metrics:
        """Return what the account made in the last 24 hours, by state.

        With the scope `platform:read`, which is for those who run the gateway, also how its process and jobs are.

        Raises:
            PermissionDeniedError: If the key lacks the scope `ops:read`.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_metrics import get_metrics

        return await self._caller.call(get_metrics)
