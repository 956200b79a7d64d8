"""`molam trigger`: makes something happen in the sandbox that causes an event."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ._options import ApiBase, ApiKey, AsJson, IdempotencyKey, pairs


def _types(incomplete: str) -> list[str]:
    from ._event_types import complete

    return complete(incomplete)


def trigger(
    type: Annotated[
        str | None,
        typer.Argument(metavar="TYPE", help="payment_intent.succeeded, ...; --list shows all.", autocompletion=_types),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Of the object that is made: amount=4999 (minor units)."),
    ] = None,
    object_id: Annotated[
        str | None, typer.Option("--object-id", metavar="ID", help="What it happens to (default: something new).")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show the types.")] = False,
    idempotency_key: IdempotencyKey = None,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
    as_json: AsJson = False,
) -> None:
    """Make the fact happen that causes an event; sandbox only."""
    from ._output import Output

    if listed:
        from ._event_types import known_types

        with Output(as_json) as out:
            out.document({"object": "list", "data": known_types()})
            out.words("\n".join(known_types()))
        return
    if type is None:
        raise typer.BadParameter("name the type of an event, or pass --list", param_hint="TYPE")
    from ._event_types import misspelt

    wrong = misspelt(type)
    if wrong is not None:
        raise typer.BadParameter(wrong, param_hint="TYPE")
    values = {name: _value(text) for name, text in pairs(overrides, "--set").items()}
    from ._answers import document
    from ._connection import connected, new_key

    with Output(as_json) as out, connected(api_key, api_base) as client:
        out.idempotency_key = idempotency_key or new_key()
        event = document(
            client.with_raw_response.sandbox.trigger_event(
                type=type, object_id=object_id, overrides=values or None, idempotency_key=out.idempotency_key
            )
        )
        out.document(event)
        about = event["data"]["object"]
        out.facts(
            f"Event {event['id']}",
            [
                ("type", event["type"]),
                ("about", f"{about.get('object')} {about.get('id')}"),
                ("at", event["created_at"]),
            ],
        )


def _value(text: str) -> object:
    """JSON where it is JSON, else the text itself; a number with a point stays text, since a float is no amount."""
    try:
        return json.loads(text, parse_float=str)
    except (ValueError, RecursionError):
        return text
