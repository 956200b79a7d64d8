"""Turns templates into answers: everything escaped, and nothing allowed that is not our own."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, RedirectResponse

from ..domain.major_units import to_major
from ..domain.times import rfc3339
from . import assets

if TYPE_CHECKING:
    import jinja2

_POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "connect")),
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    # Forms sent under no-referrer carry "Origin: null" (Fetch, 3.2), which could be anybody's.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def page(
    template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
) -> HTMLResponse:
    """A whole page, or a part of one."""
    text = _environment().get_template(template).render(**values)
    return HTMLResponse(text, status, {**HEADERS, **(headers or {})})


def see_other(path: str) -> RedirectResponse:
    """Lead the browser to a page of ours."""
    return RedirectResponse(path, 303, HEADERS)


@cache
def _environment() -> "jinja2.Environment":
    """Made for the first page: programs that only want a sandbox do not wait for it."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("molam_gateway.admin"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = _asset  # pyright: ignore[reportArgumentType] - any object may be a global
    filters: dict[str, Any] = {"time": _time, "instant": rfc3339, "money": _money, "share": _share}
    environment.filters.update(filters)
    return environment


def _asset(name: str) -> str:
    return assets.by_name()[name].path


def _time(stored: int | None) -> str:
    return "never" if stored is None else rfc3339(stored).replace("T", " ").partition(".")[0]


def _money(amount: int, currency: str) -> str:
    return f"{to_major(amount, currency)} {currency}"


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole else "none"
