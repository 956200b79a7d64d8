# Written by scripts/sync_half from aio/gateway_health.py; edit that file.
"""Whether the gateway works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from molam_sdk._front_door import front_door

if TYPE_CHECKING:
    from molam_api.models import Health
    from molam_sdk._calls.caller import Caller


class GatewayHealth:
    """Methods of `client.gateway.health`."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @front_door
    def get(self) -> Health:
        """Return how the gateway is; with the scope `platform:read` also how its parts are.

        Raises:
            ServerError: If its database does not answer.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_health import get_health

        return self._caller.call(get_health)

    @front_door
    def live(self) -> Health:
        """Return at once if the process answers; nothing else is looked at.

        Raises:
            MolamError: As every call does.
        """
        from molam_api.api.gateway_health import get_liveness

        return self._caller.call(get_liveness)

    @front_door
    def ready(self) -> Health:
        """Return if requests can be sent to the process.

        Raises:
            ServerError: If they had better go to another one.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_health import get_readiness

        return self._caller.call(get_readiness)
