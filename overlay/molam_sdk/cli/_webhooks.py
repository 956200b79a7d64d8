"""`molam webhooks`: why a signature fails, and what was not delivered."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ._options import ApiBase, ApiKey, AsJson, IdempotencyKey, Limit, Secrets

if TYPE_CHECKING:
    from ._answers import Document
    from ._diagnosis import Diagnosis, Finding
    from ._output import Output

app = typer.Typer(help="Signatures and deliveries.", no_args_is_help=True)
EndpointId = Annotated[str | None, typer.Option("--endpoint-id", metavar="WE", help="Only those to this endpoint.")]


@app.command()
def verify(
    header: Annotated[str, typer.Option(metavar="VALUE", help="Value of Molam-Signature.", show_default=False)],
    body: Annotated[Path, typer.Option(metavar="FILE", help="The body's bytes; - is standard input.")] = Path("-"),
    secret: Secrets = None,
    tolerance: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="By how much the clock may be off.")
    ] = 300.0,
    at: Annotated[float | None, typer.Option(metavar="UNIX", help="As if it were this time (default: now).")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Ask the API for the event too; needs a key.")] = False,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a webhook is authentic, and if not exactly why. Exit status 7 if it is not."""
    from ._diagnosis import diagnose
    from ._exits import Exit
    from ._output import Output

    content = _content(body)
    with Output(as_json) as out:
        found = diagnose(header, content, _secrets(secret), tolerance=tolerance, now=time.time() if at is None else at)
        compared = list(_compared(content, api_key, api_base)) if compare else []
        _show(out, found, compared)
        raise typer.Exit(Exit.OK if found.authentic else Exit.FAILED_CHECK)


@app.command("dead-letters")
def dead_letters(
    endpoint_id: EndpointId = None,
    limit: Limit = 20,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
    as_json: AsJson = False,
) -> None:
    """List what was given up, newest first, with the last answer of its receiver."""
    from ._answers import document, items
    from ._connection import connected
    from ._output import Output

    with Output(as_json) as out, connected(api_key, api_base) as client:
        raw = client.with_raw_response.webhook_deliveries
        listed = items(raw.list, limit, status="dead_letter", endpoint_id=endpoint_id)
        found = [document(raw.retrieve(each["id"])) for each in listed]
        out.document({"object": "list", "data": found})
        rows = [
            (each["id"], each["event_type"], each["event_id"], each["endpoint_id"], each["attempt_count"], _last(each))
            for each in found
        ]
        out.table(("delivery", "type", "event", "endpoint", "attempts", "last answer"), rows)
        if found:
            out.note("again: molam webhooks redrive ID..., or --all", "dim")


@app.command()
def redrive(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Deliveries: wd_...")] = None,
    every: Annotated[bool, typer.Option("--all", help="All dead letters, of an endpoint or a type if given.")] = False,
    endpoint_id: EndpointId = None,
    event_type: Annotated[str | None, typer.Option(metavar="TYPE", help="Only events of this type.")] = None,
    idempotency_key: IdempotencyKey = None,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
    as_json: AsJson = False,
) -> None:
    """Have dead letters delivered again; receivers that remember event ids handle none twice."""
    from ._answers import document
    from ._connection import connected, new_key
    from ._output import Output

    if bool(ids) == every:
        raise typer.BadParameter("name deliveries, or pass --all", param_hint="ID")
    with Output(as_json) as out, connected(api_key, api_base) as client:
        deliveries = client.with_raw_response.webhook_deliveries
        key = idempotency_key or new_key()
        count = 0
        for number, id in enumerate(ids or ()):
            out.idempotency_key = key if number == 0 else f"{key}-{number}"
            deliveries.redrive(id, idempotency_key=out.idempotency_key)
            count += 1
        more = every
        calls = 0
        while more:
            out.idempotency_key = key if calls == 0 else f"{key}-{calls}"
            calls += 1
            answer = document(
                deliveries.redrive_many(
                    endpoint_id=endpoint_id, event_type=event_type, idempotency_key=out.idempotency_key
                )
            )
            count += answer["redriven"]
            more = answer["has_more"]
        out.document({"object": "webhook_redrive", "redriven": count})
        out.words(f"{count} delivered again")


def _content(body: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(body) == "-" else body.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{body} cannot be read: {error.strerror}", param_hint="--body") from None


def _secrets(given: list[str] | None) -> list[str]:
    from ._running_sandbox import running_sandbox

    if given:
        return given
    known = os.environ.get("MOLAM_WEBHOOK_SECRET")
    if known:
        return [known]
    sandbox = running_sandbox()
    return [] if sandbox is None else [sandbox.webhook_secret]


def _compared(body: bytes, api_key: str | None, api_base: str | None) -> list[Finding]:
    """What the API says of the event in a body: either the body differs from it, or the secret must be wrong."""
    import json

    from ..errors import NotFoundError
    from ._answers import document
    from ._connection import connected
    from ._diagnosis import Finding, differences

    try:
        event = json.loads(body)
        id = event["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return [Finding("body_no_event", "The body is no event: it was altered or is not from Molam.")]
    with connected(api_key, api_base) as client:
        try:
            known = document(client.with_raw_response.events.retrieve(id))
        except NotFoundError:
            return [Finding("event_unknown", "This key's account has no such event: it is of another account or mode.")]
    different = list(differences(event, known))
    if different:
        return [Finding("body_differs", f"The body differs from the event: {each}.") for each in different[:10]]
    return [Finding("body_as_known", "The body says what the API says: if the signature fails, the secret is wrong.")]


def _last(delivery: Document) -> str | None:
    attempts = cast("list[Document]", delivery["attempts"] or [])
    if not attempts:
        return None
    last = attempts[-1]
    return f"{last['status_code'] or last['error']} {last['excerpt']}".strip()


def _show(out: Output, found: Diagnosis, compared: list[Finding]) -> None:
    findings = [*found.findings, *compared]
    out.document(
        {
            "object": "verification",
            "authentic": found.authentic,
            "reason": found.reason,
            "signed_at": None if found.signed_at is None else found.signed_at.isoformat(),
            "age_seconds": None if found.age is None else round(found.age, 3),
            "key_ids": list(found.kids),
            "matched_secret": found.matched_secret,
            "findings": [{"code": each.code, "message": each.message} for each in findings],
        }
    )
    if found.authentic:
        out.words("Authentic", "bold green")
    else:
        out.words(f"Not authentic: {found.reason}", "bold red")
    for each in findings:
        out.words(f"- {each.message}")
    out.facts(
        "",
        [
            ("signed", found.signed_at and f"{found.signed_at:%Y-%m-%d %H:%M:%S} UTC"),
            ("key ids", ", ".join(found.kids) or None),
            ("signed with", found.matched_secret and f"secret {found.matched_secret}"),
        ],
    )
