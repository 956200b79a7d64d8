"""The dashboard's own files, served under names that change with their content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

PREFIX = "/admin/static/"
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file and its address."""

    path: str
    media_type: str
    content: bytes


@cache
def by_name() -> Mapping[str, Asset]:
    """Every file by its name in the package."""
    found: dict[str, Asset] = {}
    for file in files("molam_gateway.admin").joinpath("static").iterdir():
        stem, _, extension = file.name.rpartition(".")
        if extension not in _TYPES:
            continue
        content = file.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:16]
        found[file.name] = Asset(f"{PREFIX}{stem}.{digest}.{extension}", _TYPES[extension], content)
    return found


async def serve(request: Request) -> Response:
    """One file: what it holds under this address never changes."""
    path = request.url.path
    asset = next((each for each in by_name().values() if each.path == path), None)
    headers = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
    if asset is None:
        return Response("There is no such file.", 404, {**headers, "Cache-Control": "no-store"}, "text/plain")
    headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return Response(asset.content, 200, headers, asset.media_type)
