"""The dashboard's two cookies: who is signed in, and (before that) what a sign-in form belongs to."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Cookies:
    """Names and attributes for one address of the gateway.

    On https they are Secure under `__Host-`, so that no other host can set them. On http, in a sandbox, the port is in
    the names: cookies do not tell ports apart, and people run several sandboxes.
    """

    session: str
    visitor: str
    secure: bool

    @classmethod
    def of(cls, public_url: str) -> "Cookies":
        """The cookies of a gateway at this address."""
        parts = urlsplit(public_url)
        if parts.scheme == "https":
            return cls("__Host-molam_admin", "__Host-molam_visitor", secure=True)
        return cls(f"molam_admin_{parts.port or 80}", f"molam_visitor_{parts.port or 80}", secure=False)

    def read(self, request: Request, name: str) -> str | None:
        """What the browser holds under a name, if it can be ours."""
        value = request.cookies.get(name)
        return value if value and len(value) <= _LONGEST and value.isascii() else None

    def give(self, response: Response, name: str, value: str) -> None:
        """Let the browser keep a value until it is closed."""
        response.set_cookie(name, value, path="/", secure=self.secure, httponly=True, samesite="strict")

    def take(self, response: Response, name: str) -> None:
        """Let the browser forget."""
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="strict")
