# Written by scripts/sync_half from aio/gateway_providers.py; edit that file.
"""The payment providers behind the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molam_sdk._front_door import front_door

if TYPE_CHECKING:
    from molam_api.models import Provider
    from molam_sdk._calls.caller import Caller
    from molam_sdk._calls.pagination import Pages


class GatewayProviders:
    """Methods of `client.gateway.providers`."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @front_door
    def retrieve(self, name: str) -> Provider:
        """Return what a provider can do and how it is.

        Raises:
            NotFoundError: If there is none with this name.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_providers import retrieve_provider

        return self._caller.call(retrieve_provider, name)

    @front_door
    def list(self, *, page: int | None = None, limit: int | None = None) -> Pages[Provider]:
        """List providers, in alphabetical order.

        Args:
            page: Number of the page to begin with; the first, 1, without it.
            limit: Size of a page (1 to 100), never a total.

        Returns:
            All items of all pages from there on, fetched as they are needed; `page()` gives the first of them.
        """
        from molam_api.api.gateway_providers import list_providers
        from molam_sdk._calls.pagination import Pages

        def fetch(**filters: Any) -> Any:
            return self._caller.call(list_providers, **filters)

        return Pages(fetch, page=page, limit=limit)
