"""`molam logs`: who changed what (the audit trail) and what happened (the events), line by line, as it goes on."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ._options import ApiBase, ApiKey, AsJson

if TYPE_CHECKING:
    from ._answers import Document
    from ._events_source import Newest
    from ._output import Output

app = typer.Typer(help="What was done, and by whom.", no_args_is_help=True)


class Kind(StrEnum):
    """What is followed."""

    ALL = "all"
    AUDIT = "audit"
    EVENTS = "events"


@app.command()
def tail(
    kind: Annotated[Kind, typer.Option("--only", help="Only entries of the audit trail, or only events.")] = Kind.ALL,
    lines: Annotated[int, typer.Option("-n", "--lines", min=0, max=100, help="Begin with so many of the last.")] = 10,
    follow: Annotated[bool, typer.Option("--follow/--no-follow", help="Go on until Ctrl+C, or end at once.")] = True,
    interval: Annotated[float, typer.Option(min=0.1, max=60, help="Seconds between two looks.")] = 1.0,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
    as_json: AsJson = False,
) -> None:
    """Show the last lines, then new ones as they come; the audit trail needs the scope audit:read."""
    from ..errors import NetworkError, RateLimitError, ServerError
    from ._connection import connected
    from ._events_source import Newest
    from ._output import Output

    with Output(as_json) as out, connected(api_key, api_base) as client:
        raw = client.with_raw_response
        sources: list[Newest] = []
        if kind is not Kind.EVENTS:
            sources.append(Newest(raw.audit_logs.list))
        if kind is not Kind.AUDIT:
            sources.append(Newest(raw.events.list))
        begun = [item for source in sources for item in source.begin()[-lines or 100 :]]
        _show(out, sorted(begun, key=_when)[-lines:] if lines else [])
        down = False
        try:
            while follow:
                time.sleep(interval)
                try:
                    _show(out, sorted((item for source in sources for item in source.unseen()), key=_when))
                except (NetworkError, RateLimitError, ServerError) as error:
                    if not down:
                        out.note(f"no answer, trying again: {error}")
                    down = True
                else:
                    down = False
        except KeyboardInterrupt:
            return


def _when(item: Document) -> str:
    return str(item["created_at"])


def _show(out: Output, found: list[Document]) -> None:
    for item in found:
        out.line(item)
        out.words(_event(item) if item["object"] == "event" else _entry(item))


def _event(event: Document) -> str:
    about = event["data"]["object"].get("id") or ""
    return f"{event['created_at'][:19]}  event  {event['type']:<34} {about}  {event['id']}"


def _entry(entry: Document) -> str:
    actor, resource = entry["actor"], cast("Document", entry["resource"] or {})
    who = f"{actor['type']} {actor['id'] or ''}".strip()
    about = resource.get("id") or ""
    request = entry["request_id"] or ""
    return f"{entry['created_at'][:19]}  audit  {entry['action']:<34} {about}  {entry['outcome']}  {who}  {request}"
