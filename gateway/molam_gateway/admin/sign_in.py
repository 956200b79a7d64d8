"""Signing in with an API key or a sandbox's single-use link, and signing out."""

import logging
import secrets
from math import ceil

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..access.allowance import Limiter
from ..domain.problems import ProblemError
from ..domain.sources import source_of
from ..http import origin
from ..http.auth import Authenticator
from . import forms, rendering
from .cookies import Cookies
from .gate import SIGN_IN, Gate, forged, unreadable
from .sessions import SCOPE, Sessions

HOME = "/admin"
OPEN = "/admin/open/{token}"
SIGN_OUT = "/admin/sign-out"
_LONGEST_KEY = 512

logger = logging.getLogger("molam_gateway.admin")


class SignIn:
    """The pages outside of the gate."""

    def __init__(
        self, gate: Gate, sessions: Sessions, cookies: Cookies, authenticator: Authenticator, limiter: Limiter
    ) -> None:
        self._gate = gate
        self._sessions = sessions
        self._cookies = cookies
        self._authenticator = authenticator
        self._limiter = limiter

    def routes(self) -> list[Route]:
        """Where the pages live."""
        return [
            Route(SIGN_IN, self.ask, methods=["GET"]),
            Route(SIGN_IN, self.with_key, methods=["POST"]),
            Route(OPEN, self.offer, methods=["GET"]),
            Route(OPEN, self.with_link, methods=["POST"]),
            Route(SIGN_OUT, self.sign_out, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """The form for an API key."""
        if await self._gate.visit(request, touch=True) is not None:
            return rendering.see_other(HOME)
        return self._form(request, "sign_in.html")

    async def with_key(self, request: Request) -> Response:
        """Sign in with an API key."""
        try:
            fields = await forms.read(request, self._gate.keys, self._visitor(request))
        except forms.ForgeryError:
            return forged(None)
        except forms.FormError:
            return unreadable(None)
        allowance = await self._limiter.take("auth", source_of(origin.address(request.scope)))
        if allowance is not None and not allowance.admitted:
            wait = max(1, ceil(allowance.resets_after))
            words = f"There were too many attempts to sign in. Try again in {wait} seconds."
            return self._form(request, "sign_in.html", words, 429, {"Retry-After": str(wait)})
        key = fields.get("key", "").strip()[:_LONGEST_KEY]
        try:
            account = await self._authenticator.authenticate({"authorization": f"Bearer {key}"})
        except ProblemError as refused:
            logger.warning("a sign-in to the dashboard from %s was refused", origin.address(request.scope))
            words = refused.detail if refused.status == 403 else "This is no API key of this gateway."
            return self._form(request, "sign_in.html", words, refused.status)
        key_id = account.actor.id
        if account.token_id is not None or key_id is None:
            return self._form(request, "sign_in.html", "Sign in with an API key, not with a token.", 401)
        if SCOPE not in account.scopes:
            await self._sessions.refuse(request, account, key_id)
            return self._form(request, "sign_in.html", f"This API key lacks the scope {SCOPE}.", 403)
        return self._signed_in(await self._sessions.begin(request, account, key_id))

    async def offer(self, request: Request) -> Response:
        """A button: programs that look at links in advance must not use this one up."""
        if await self._gate.visit(request, touch=True) is not None:
            return rendering.see_other(HOME)
        return self._form(request, "open.html")

    async def with_link(self, request: Request) -> Response:
        """Sign in with a single-use link."""
        try:
            await forms.read(request, self._gate.keys, self._visitor(request))
        except forms.ForgeryError:
            return forged(None)
        except forms.FormError:
            return unreadable(None)
        found = await self._sessions.take_link(request.path_params["token"])
        if found is None:
            words = "This link was used already or has expired. The API key signs in, too."
            return self._form(request, "sign_in.html", words, 410)
        return self._signed_in(await self._sessions.begin(request, *found))

    async def sign_out(self, request: Request) -> Response:
        """End the session, here and in the browser."""
        cookie = self._cookies.read(request, self._cookies.session)
        row = None if cookie is None else await self._sessions.find(cookie, touch=False)
        if row is not None:
            try:
                await forms.read(request, self._gate.keys, cookie)
            except forms.ForgeryError:
                return forged(None)
            except forms.FormError:
                return unreadable(None)
            await self._sessions.end(request, row)
        response = rendering.see_other(SIGN_IN)
        self._cookies.take(response, self._cookies.session)
        return response

    def _visitor(self, request: Request) -> str | None:
        return self._cookies.read(request, self._cookies.visitor)

    def _form(
        self,
        request: Request,
        template: str,
        words: str | None = None,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """A form for somebody who is not signed in: bound to a cookie of its own, which signing in replaces."""
        visitor = self._visitor(request) or secrets.token_urlsafe(32)
        csrf = forms.token(self._gate.keys, visitor)
        response = rendering.page(template, status=status, headers=headers, visit=None, csrf=csrf, words=words)
        self._cookies.give(response, self._cookies.visitor, visitor)
        return response

    def _signed_in(self, token: str) -> Response:
        response = rendering.see_other(HOME)
        self._cookies.give(response, self._cookies.session, token)
        self._cookies.take(response, self._cookies.visitor)
        return response
