"""Short-lived tokens that speak for an API key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from molam_sdk._front_door import async_front_door
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from molam_api.models import RealtimeTicket, Token, TokenRevocation
    from molam_sdk._calls.async_caller import AsyncCaller


class AsyncGatewayTokens:
    """Methods of `client.gateway.tokens`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def create(
        self,
        *,
        scopes: Sequence[str] | None = None,
        customer_id: str | None = None,
        expires_in: int | None = None,
    ) -> Token:
        """Make an access token, and a refresh token beside it, that may do what this client's API key may, or less.

        Args:
            scopes: What it may do, say `["payments:read"]`; everything that the key may if left out.
            customer_id: The customer for whom it is made.
            expires_in: Seconds that the access token lives (60 to 3600, 900 if left out).

        Raises:
            PermissionDeniedError: If the API key lacks one of the scopes, or the client has a token itself.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_tokens import create_token
        from molam_api.models import CreateTokenRequest

        return await self._caller.call(
            create_token,
            body=CreateTokenRequest(
                scopes=arguments.optional_strings(scopes, "scopes"),
                customer_id=arguments.given(customer_id),
                expires_in=arguments.whole(expires_in, "expires_in"),
            ),
        )

    @async_front_door
    async def refresh(self, refresh_token: str, *, expires_in: int | None = None) -> Token:
        """Exchange a refresh token for a new pair; each is good for one exchange.

        Args:
            refresh_token: What an earlier pair held.
            expires_in: Seconds that the new access token lives (60 to 3600, 900 if left out).

        Raises:
            AuthenticationError: If the refresh token is not valid (any more).
            MolamError: As every call does.
        """
        from molam_api.api.gateway_tokens import refresh_token as operation
        from molam_api.models import RefreshTokenRequest

        return await self._caller.call(
            operation,
            body=RefreshTokenRequest(
                refresh_token=refresh_token,
                expires_in=arguments.whole(expires_in, "expires_in"),
            ),
        )

    @async_front_door
    async def revoke(self, token: str) -> TokenRevocation:
        """Take a token back: an access token alone, a refresh token with all that came from the same login.

        Args:
            token: An access token or a refresh token.

        Raises:
            MolamError: As every call does.
        """
        from molam_api.api.gateway_tokens import revoke_token
        from molam_api.models import RevokeTokenRequest

        return await self._caller.call(revoke_token, body=RevokeTokenRequest(token=token))

    @async_front_door
    async def create_ticket(self, *, channel: str) -> RealtimeTicket:
        """Make a ticket that opens one WebSocket within 60 seconds, for a browser: pages cannot send the header.

        Args:
            channel: What it opens: `events`, `transaction/ID` or `user/ID`, where ID is a payment's or a customer's.

        Raises:
            NotFoundError: If there is no such payment.
            PermissionDeniedError: If this client may not listen there itself.
            MolamError: As every call does.
        """
        from molam_api.api.gateway_tokens import create_realtime_ticket
        from molam_api.models import CreateRealtimeTicketRequest

        return await self._caller.call(create_realtime_ticket, body=CreateRealtimeTicketRequest(channel=channel))
