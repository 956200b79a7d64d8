"""Access tokens: each new one ends the former."""

import base64
import binascii
import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .merchant import Merchant
from .office import Office
from .refusal import RefusalError


class OAuth:
    """The token endpoint."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.routes = [Route("/oauth/v1/generate", self._generate)]

    async def _generate(self, request: Request) -> Response:
        try:
            merchant = self._authenticated(request)
        except RefusalError as refusal:
            return refusal.answer(self._office.request_id())
        value = secrets.token_urlsafe(21)
        lifetime = self._office.rules.token_lifetime
        book, now = self._office.book, self._office.simulation.now()
        with book.transaction():
            former = book.find("token", merchant.consumer_key)
            if former is not None:
                book.put("bearer", former["value"], {"consumer_key": merchant.consumer_key, "until": 0.0})
            book.put("token", merchant.consumer_key, {"value": value})
            book.put("bearer", value, {"consumer_key": merchant.consumer_key, "until": now + lifetime})
            book.number("tokens")
        return JSONResponse({"access_token": value, "expires_in": str(lifetime)})

    def _authenticated(self, request: Request) -> Merchant:
        if request.query_params.get("grant_type") != "client_credentials":
            raise RefusalError(400, "400.008.02", "Invalid grant type passed")
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            key, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            key = secret = ""
        for merchant in self._office.rules.merchants:
            right = secrets.compare_digest(secret.encode(), merchant.consumer_secret.encode())
            if scheme == "Basic" and merchant.consumer_key == key and right:
                return merchant
        raise RefusalError(400, "400.008.01", "Invalid Authentication passed")
