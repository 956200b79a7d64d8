"""HTML pages for people: no scripts, no foreign assets, everything escaped."""

import re
from collections.abc import Iterable
from html import escape

from starlette.responses import HTMLResponse

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?").match
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; color: #1c2330 }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem; font-size: .9rem }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #d7dce5; overflow-wrap: anywhere }
button { font: inherit; padding: .6rem 1.4rem; margin-right: 1rem }
code { font-size: .9em }
"""


class Markup(str):
    """HTML that is already safe to send."""

    __slots__ = ()


def text(value: object) -> Markup:
    """Any value as text in HTML."""
    return value if isinstance(value, Markup) else Markup(escape("" if value is None else str(value)))


def page(title: str, *parts: Markup, status: int = 200, back_to: Iterable[str | None] = ()) -> HTMLResponse:
    """A whole page; `back_to` has the addresses that its form may be answered with, which browsers check."""
    origins = [found[0] for url in back_to if url is not None and (found := _ORIGIN(url))]
    policy = " ".join([_POLICY, *dict.fromkeys(origins)])
    document = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{text(title)}</h1>{''.join(parts)}</body></html>"
    )
    return HTMLResponse(document, status_code=status, headers={**_HEADERS, "Content-Security-Policy": policy})


def paragraph(words: object) -> Markup:
    """A paragraph."""
    return Markup(f"<p>{text(words)}</p>")


def table(caption: str, columns: list[str], rows: list[list[object]]) -> Markup:
    """A table under its heading."""
    head = "".join(f"<th>{text(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    empty = "" if rows else "<p>Nothing yet.</p>"
    return Markup(f"<h2>{text(caption)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{empty}")
