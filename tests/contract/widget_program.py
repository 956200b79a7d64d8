"""A program that calls an operation which its SDK was never written for; prints what came of it as JSON.

Its own process has molam_api as generated from another spec: `widget_program.py sync|async URL`.
"""

import asyncio
import json
import sys
from importlib import import_module
from typing import Any

from molam_sdk import DeclinedError, MolamAsyncClient, MolamClient, TimeoutError
from tests.contract.blocking import blocking


def calls(client: MolamClient) -> dict[str, Any]:
    """One call of each operation that succeeds, then one that is declined and one that takes too long."""
    models: Any = import_module("molam_api.models")
    by_module: Any = import_module("molam_api.api.widgets.retrieve_widget")
    made = client.call("create_widget", body=models.CreateWidgetRequest(colour=models.WidgetColour.GREEN, size=3))
    found = client.call(by_module, made.id)
    listed = client.call("list_widgets", colour=models.WidgetColour.GREEN, limit=2)
    red = models.CreateWidgetRequest(colour=models.WidgetColour.RED)
    return {
        "made": [type(made).__name__, made.id, made.colour, made.size],
        "found": found == made,
        "listed": [type(listed).__name__, [type(each).__name__ for each in listed.data]],
        "declined": _declined(client, red),
        "late": _late(client.with_options(deadline=0.3), red),
    }


def _declined(client: MolamClient, body: Any) -> list[Any]:
    try:
        client.call("create_widget", body=body, idempotency_key="widget-order-1")
    except DeclinedError as error:
        return [error.code, error.outcome, error.idempotency_key]
    return []


def _late(client: MolamClient, body: Any) -> list[Any]:
    try:
        client.call("create_widget", body=body, idempotency_key="widget-order-2")
    except TimeoutError as error:
        return [error.outcome, error.idempotency_key]
    return []


def main(kind: str, url: str) -> None:
    """Call the server at `url` with a client of one kind."""
    options: dict[str, Any] = {
        "api_key": "sk_test_widgets",
        "api_base": url,
        "backoff_factor": 0,
        "deadline": 10,
        "require_attempt_id": True,
    }
    if kind == "sync":
        with MolamClient(**options) as client:
            came = calls(client)
    else:
        with asyncio.Runner() as runner:
            asynchronous = blocking(MolamAsyncClient(**options), runner)
            came = calls(asynchronous)
            asynchronous.close()
    sys.stdout.write(json.dumps(came))


if __name__ == "__main__":
    main(*sys.argv[1:])
