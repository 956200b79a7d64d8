"""The API described where it is served: the spec as JSON, and pages on which people read it and try it out."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import spec

SPEC = "/openapi.json"
DOCS = "/docs"
_FILES = f"{DOCS}/files"
_FOLDER = "swagger_ui"
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_SHIPPED = ("swagger-ui.css", "page.css", "swagger-ui-bundle.js", "start.js")
_LONGEST_TAG = 1024

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SAFE: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True)
class Served:
    """Bytes as they are sent, packed for who takes that."""

    content: bytes
    media_type: str

    @cached_property
    def digest(self) -> str:
        """What changes with the content."""
        return hashlib.sha256(self.content).hexdigest()[:32]

    @cached_property
    def packed(self) -> bytes:
        """The content in gzip."""
        return gzip.compress(self.content, mtime=0)

    def answer(self, request: Request, headers: Mapping[str, str]) -> Response:
        """The whole of it, or 304 for who has it."""
        packs = "gzip" in request.headers.get("accept-encoding", "")
        tag = f'"{self.digest}{"-gzip" if packs else ""}"'
        told = {**_SAFE, **headers, "ETag": tag, "Vary": "Accept-Encoding"}
        if _knows(request.headers.get("if-none-match", ""), tag):
            return Response(None, 304, told)
        if packs:
            told["Content-Encoding"] = "gzip"
        return Response(self.packed if packs else self.content, 200, told, self.media_type)


class Reference:
    """The spec as this gateway serves it, and Swagger UI, which comes with it: nothing is fetched from elsewhere.

    Calls are tried out in a sandbox only: nobody moves real money from a page.
    """

    def __init__(self, public_url: str, *, livemode: bool) -> None:
        document = {**spec.load(), "servers": [{"url": public_url, "description": "this gateway"}]}
        self._spec = Served(json.dumps(document, ensure_ascii=False).encode(), "application/json")
        folder = files("molam_gateway.http").joinpath(_FOLDER)
        shipped = {name: Served(folder.joinpath(name).read_bytes(), _TYPES[_extension(name)]) for name in _SHIPPED}
        self._paths = {name: _path_of(name, each) for name, each in shipped.items()}
        self._files = {self._paths[name]: each for name, each in shipped.items()}
        self._page = Served(self._written(tries=not livemode), "text/html; charset=utf-8")

    def routes(self) -> list[Route]:
        """Where it is served."""
        return [
            Route(SPEC, self.show_spec, methods=["GET"]),
            Route(DOCS, self.show_page, methods=["GET"]),
            Route(f"{_FILES}/{{name}}", self.show_file, methods=["GET"]),
        ]

    async def show_spec(self, request: Request) -> Response:
        """The document, with this gateway as its server."""
        return self._spec.answer(request, {"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"})

    async def show_page(self, request: Request) -> Response:
        """The reference for people."""
        return self._page.answer(
            request, {"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY, "X-Frame-Options": "DENY"}
        )

    async def show_file(self, request: Request) -> Response:
        """A script or a style of the page: what is under this address never changes."""
        found = self._files.get(request.url.path)
        if found is None:
            return Response("There is no such file.", 404, {**_SAFE, "Cache-Control": "no-store"}, "text/plain")
        return found.answer(request, {"Cache-Control": "public, max-age=31536000, immutable"})

    def _written(self, *, tries: bool) -> bytes:
        styles = "".join(f'<link rel="stylesheet" href="{self._paths[each]}">' for each in _SHIPPED if "css" in each)
        scripts = "".join(f'<script src="{self._paths[each]}" defer></script>' for each in _SHIPPED if "js" in each)
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Molam API</title>'
            f'<link rel="icon" href="data:,">{styles}{scripts}</head><body>'
            f'<p class="links"><a href="/">Molam gateway</a> · <a href="{SPEC}">{SPEC}</a> · '
            '<a href="/admin">Dashboard</a></p>'
            f'<div id="reference" data-document="{SPEC}" data-tries="{"yes" if tries else "no"}"></div>'
            f'<noscript><p class="links">This page needs JavaScript; <a href="{SPEC}">the document</a> does not.</p>'
            "</noscript></body></html>"
        ).encode()


def _knows(condition: str, tag: str) -> bool:
    """Whether If-None-Match (RFC 9110, 13.1.2) names the tag; compared weakly."""
    named = (each.strip().removeprefix("W/") for each in condition[:_LONGEST_TAG].split(","))
    return any(each in (tag, "*") for each in named)


def _extension(name: str) -> str:
    return name.rpartition(".")[2]


def _path_of(name: str, file: Served) -> str:
    stem, _, extension = name.rpartition(".")
    return f"{_FILES}/{stem}.{file.digest}.{extension}"
