"""`molam listen`: events as they happen, signed and forwarded to a receiver on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ._options import ApiBase, ApiKey, AsJson

if TYPE_CHECKING:
    from ._answers import Document
    from ._forwarding import Delivery
    from ._output import Output

ForwardTo = Annotated[
    str | None,
    typer.Option("--forward-to", metavar="ADDRESS", help="Where events are sent: localhost:8000/webhooks or a URL."),
]
Secret = Annotated[
    str | None,
    typer.Option("--secret", envvar="MOLAM_WEBHOOK_SECRET", metavar="WHSEC", help="What they are signed with."),
]
Timeout = Annotated[float, typer.Option(min=0.1, max=300, help="Seconds that the receiver has for an answer.")]


def listen(
    forward_to: ForwardTo = None,
    events: Annotated[
        str | None, typer.Option(metavar="TYPES", help="Only these: payment_intent.*,refund.failed (default: all).")
    ] = None,
    secret: Secret = None,
    after: Annotated[str | None, typer.Option(metavar="EVENT", help="Go on after this event (default: now).")] = None,
    count: Annotated[int | None, typer.Option(min=1, metavar="N", help="End after so many events.")] = None,
    timeout: Timeout = 30.0,
    patience: Annotated[float, typer.Option(min=0, help="Seconds to wait for a receiver that is not there.")] = 30.0,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
    as_json: AsJson = False,
) -> None:
    """Show events as they happen, and forward them to your machine, until Ctrl+C.

    Lost connections are made again and nothing is left out. Without a secret (option, variable, running sandbox) one is
    made and shown: give it to your receiver.
    """
    from contextlib import ExitStack

    from ._connection import client_of, new_secret, target
    from ._event_types import chosen
    from ._events_source import EventsSource
    from ._forwarding import Receiver, receiver_url
    from ._output import Output

    url = None if forward_to is None else receiver_url(forward_to)
    told = 0
    last = after
    with Output(as_json) as out, ExitStack() as opened:
        wanted = chosen(events, out.note)
        to = target(api_key, api_base)
        client = opened.enter_context(client_of(to))
        source = EventsSource(client, out.note)
        opened.callback(source.close)
        known = secret or to.webhook_secret
        signing = known or new_secret()
        receiver = None
        if url is not None:
            receiver = opened.enter_context(Receiver(url, signing, timeout=timeout, patience=patience))
        try:
            source.begin(after)
            shown = None if known or url is None else signing
            out.line({"object": "listening", "forward_to": url, "webhook_secret": shown})
            out.note(f"listening on {client.config.base_url()}" + (f", forwarding to {url}" if url else ""), "bold")
            if shown is not None:
                out.note(f"signed with {shown}")
            for event in source:
                if wanted(event["type"]):
                    tell(out, event, None if receiver is None else receiver.send(event), url)
                    told += 1
                last = event["id"]
                if told == count:
                    break
        except KeyboardInterrupt:
            out.note("")
        out.note(f"{told} events" + (f"; go on with --after {last}" if last else ""), "dim")


def tell(out: Output, event: Document, delivery: Delivery | None, url: str | None) -> None:
    """Show an event, and what its receiver answered."""
    about = event["data"]["object"].get("id")
    facts: dict[str, object] = {"id": event["id"], "type": event["type"], "created_at": event["created_at"]}
    line: dict[str, object] = {"object": "forwarded" if delivery else "heard", "event": {**facts, "object_id": about}}
    if delivery is not None:
        line |= {
            "forward_to": url,
            "status": delivery.status,
            "error": delivery.error,
            "seconds": round(delivery.seconds, 4),
            "attempts": delivery.attempts,
        }
    out.line(line)
    answer = "" if delivery is None else f"  -> {delivery.words}"
    style = None if delivery is None else "green" if delivery.taken else "red"
    out.words(f"{event['created_at'][11:19]}  {event['type']:<34} {event['id']}  {about or ''}{answer}", style)
    if delivery is not None and not delivery.taken:
        out.note(f"  again: molam events resend {event['id']} --forward-to {url}", "dim")
