"""Whether the gateway works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from molam_sdk._front_door import async_front_door

if TYPE_CHECKING:
    from molam_api.models import Health
    from molam_sdk._calls.async_caller import AsyncCaller


class AsyncGatewayHealth:
    """Methods of `client.gateway.health`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def get(self) -> Health:
        """Return how the gateway is; with the scope `platform:read` also how its parts are.

        Raises:
            ServerError: If its database does not answer.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_health import get_health

        return await self._caller.call(get_health)

    @async_front_door
    async def live(self) -> Health:
        """Return at once if the process answers; nothing else is looked at.

        Raises:
            MolamError: As every call does.
        """
        from molam_api.api.gateway_health import get_liveness

        return await self._caller.call(get_liveness)

    @async_front_door
    async def ready(self) -> Health:
        """Return if requests can be sent to the process.

        Raises:
            ServerError: If they had better go to another one.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_health import get_readiness

        return await self._caller.call(get_readiness)
