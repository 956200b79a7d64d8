"""`molam events`: what happened, and the same once more to a receiver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ._listen import ForwardTo, Secret, Timeout
from ._options import ApiBase, ApiKey, AsJson, Limit

if TYPE_CHECKING:
    from .. import MolamClient
    from ._answers import Document
    from ._output import Output

app = typer.Typer(help="What happened.", no_args_is_help=True)


@app.command("list")
def list_events(
    type: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Only these.")] = None,
    object_id: Annotated[str | None, typer.Option(metavar="ID", help="Only those of this object.")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Only since 2026-11-01T12:00:00Z.")] = None,
    limit: Limit = 20,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
    as_json: AsJson = False,
) -> None:
    """List events, newest first."""
    from ._answers import items
    from ._connection import connected
    from ._output import Output

    with Output(as_json) as out, connected(api_key, api_base) as client:
        fetch = client.with_raw_response.events.list
        found = list(items(fetch, limit, type=type, object_id=object_id, created_at_gte=since))
        out.document({"object": "list", "data": found})
        rows = ((each["created_at"], each["type"], each["id"], each["data"]["object"].get("id")) for each in found)
        out.table(("at", "type", "event", "about"), rows)


@app.command()
def resend(
    id: Annotated[str, typer.Argument(metavar="ID", help="Id of the event: evt_...", show_default=False)],
    forward_to: ForwardTo = None,
    secret: Secret = None,
    timeout: Timeout = 30.0,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
    as_json: AsJson = False,
) -> None:
    """Send an event again: to the endpoints that did not take it, or with --forward-to to your machine.

    Exit status 7 if the receiver does not take it, or nothing was left to send.
    """
    from ._answers import document
    from ._connection import client_of, target
    from ._exits import Exit
    from ._forwarding import Receiver, receiver_url
    from ._listen import tell
    from ._output import Output

    url = None if forward_to is None else receiver_url(forward_to)
    with Output(as_json) as out:
        to = target(api_key, api_base)
        with client_of(to) as client:
            if url is None:
                done = _redrive(out, client, id)
            else:
                signing = secret or to.webhook_secret
                if signing is None:
                    raise typer.BadParameter("give the secret that your receiver checks", param_hint="--secret")
                event = document(client.with_raw_response.events.retrieve(id))
                with Receiver(url, signing, timeout=timeout, patience=0) as receiver:
                    delivery = receiver.send(event)
                tell(out, event, delivery, url)
                done = delivery.taken
        raise typer.Exit(Exit.OK if done else Exit.FAILED_CHECK)


def _redrive(out: Output, client: MolamClient, id: str) -> bool:
    """Have the deliveries repeated that have ended without success; whether there were any."""
    from ._answers import document, items
    from ._connection import new_key

    client.events.retrieve(id)
    found = list(items(client.with_raw_response.webhook_deliveries.list, None, event_id=id))
    again: list[Document] = []
    for each in found:
        if each["status"] in ("dead_letter", "canceled"):
            out.idempotency_key = new_key()
            raw = client.with_raw_response.webhook_deliveries.redrive(each["id"], idempotency_key=out.idempotency_key)
            again.append(document(raw))
    out.document({"object": "list", "data": again})
    out.table(("delivery", "endpoint", "status"), ((each["id"], each["endpoint_id"], each["status"]) for each in again))
    if not again:
        states = ", ".join(f"{each['endpoint_id']} {each['status']}" for each in found) or "it was sent to no endpoint"
        out.note(f"nothing to send again ({states}); --forward-to sends it to your machine")
    return bool(again)
