"""Publishes the public keys that verify access tokens, where OAuth clients look for them (RFC 8414)."""

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..access.keyring import Keyring

PATH = "/.well-known/jwks.json"
_FRESH = "public, max-age=300"


class Jwks:
    """The JWK set as a route."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def routes(self) -> list[Route]:
        """Where it is served."""
        return [Route(PATH, self._show, methods=["GET"])]

    async def _show(self, request: Request) -> Response:
        body = json.dumps(await self._keyring.jwks())
        return Response(body, media_type="application/jwk-set+json", headers={"Cache-Control": _FRESH})
