"""Reads a form that a browser sent, after making sure that one of our own pages made it."""

import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import ClientDisconnect, Request

TOKEN = "csrf"  # noqa: S105 - the name of a field
_TYPE = "application/x-www-form-urlencoded"
_MOST_BYTES = 16_384
_MOST_FIELDS = 32


class ForgeryError(Exception):
    """The form does not come from a page of ours that this browser was shown."""


class FormError(Exception):
    """The request's body is no form, or too much of one."""


def token(keys: Sequence[bytes], cookie: str) -> str:
    """What a form carries to show that it was made for the holder of this cookie."""
    return _digest(keys[0], cookie)


async def read(request: Request, keys: Sequence[bytes], cookie: str | None) -> Mapping[str, str]:
    """The form's fields, the last of each name. Raises ForgeryError or FormError."""
    _check_origin(request)
    fields = await _fields(request)
    given = fields.get(TOKEN, "")
    if cookie is None or not any(_same(_digest(key, cookie), given) for key in keys):
        raise ForgeryError
    return fields


def _check_origin(request: Request) -> None:
    """The page that sent the form must be at the address that it was sent to, which Edge has vetted."""
    origin = urlsplit(request.headers.get("origin", ""))
    site = request.headers.get("sec-fetch-site", "same-origin")
    if origin.scheme not in ("http", "https") or origin.netloc != request.headers.get("host") or site != "same-origin":
        raise ForgeryError


async def _fields(request: Request) -> Mapping[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise FormError
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise FormError
        return dict(
            parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
        )
    except (ValueError, ClientDisconnect):
        raise FormError from None


def _digest(key: bytes, cookie: str) -> str:
    return hmac.digest(key, cookie.encode(), "sha256").hex()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
