"""The payment providers behind the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molam_sdk._front_door import async_front_door, front_door
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from molam_api.models import Provider, ProviderConfiguration, ProviderTest
    from molam_sdk._calls.async_caller import AsyncCaller
    from molam_sdk._calls.pagination import AsyncPages


class AsyncGatewayProviders:
    """Methods of `client.gateway.providers`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def retrieve(self, name: str) -> Provider:
        """Return what a provider can do and how it is.

        Raises:
            NotFoundError: If there is none with this name.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_providers import retrieve_provider

        return await self._caller.call(retrieve_provider, name)

    @async_front_door
    async def retrieve_configuration(self, name: str) -> ProviderConfiguration:
        """Return the account's configuration of a provider, its secrets masked.

        Raises:
            NotFoundError: If there is none.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_providers import retrieve_provider_configuration

        return await self._caller.call(retrieve_provider_configuration, name)

    @async_front_door
    async def configure(
        self,
        name: str,
        *,
        settings: Mapping[str, str] | None = None,
        environment: str | None = None,
        enabled: bool | None = None,
        rotate_callback_token: bool | None = None,
        idempotency_key: str | None = None,
    ) -> ProviderConfiguration:
        """Set up the account's configuration of a provider, or change it; what is not given stays.

        Args:
            name: Name of the provider.
            settings: Settings and secrets by name; secrets are never shown again.
            environment: `live`, `test` or `simulator`.
            enabled: Whether to take payments with it.
            rotate_callback_token: Make another callback address.
            idempotency_key: Your key for this change; made if there is none.

        Returns:
            The configuration, its secrets masked, with the addresses to register at the provider.

        Raises:
            ValidationError: For a setting that is missing, unknown or does not look right.
            PermissionDeniedError: If the key lacks the scope `providers:admin`.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_providers import configure_provider
        from molam_api.models import ConfigureProviderRequest, ProviderEnvironment

        return await self._caller.call(
            configure_provider,
            name,
            body=ConfigureProviderRequest(
                settings=arguments.provider_settings(settings),
                environment=arguments.word(ProviderEnvironment, environment, "environment"),
                enabled=arguments.flag(enabled, "enabled"),
                rotate_callback_token=arguments.flag(rotate_callback_token, "rotate_callback_token"),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @async_front_door
    async def test(self, name: str, *, idempotency_key: str | None = None) -> ProviderTest:
        """Have the provider asked whether the configured credentials work; no money moves.

        Args:
            name: Name of the provider.
            idempotency_key: Your key for this question; made if there is none.

        Raises:
            NotFoundError: If the account has no configuration of it.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_providers import test_provider

        return await self._caller.call(test_provider, name, idempotency_key=arguments.given(idempotency_key))

    @front_door
    def list(self, *, page: int | None = None, limit: int | None = None) -> AsyncPages[Provider]:
        """List providers, in alphabetical order.

        Args:
            page: Number of the page to begin with; the first, 1, without it.
            limit: Size of a page (1 to 100), never a total.

        Returns:
            All items of all pages from there on, fetched as they are needed; `page()` gives the first of them.
        """
        from molam_api.api.gateway_providers import list_providers
        from molam_sdk._calls.pagination import AsyncPages

        def fetch(**filters: Any) -> Any:
            return self._caller.call(list_providers, **filters)

        return AsyncPages(fetch, page=page, limit=limit)
