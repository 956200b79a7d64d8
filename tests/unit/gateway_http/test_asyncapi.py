"""spec/asyncapi.yaml says what is really sent: frames off the wire are held against its schemas."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
import pytest
import yaml

from _regenerate.spec import load
from molam_gateway.domain import channels
from molam_gateway.embedded import Sandbox
from molam_gateway.realtime import close_codes, frames
from tests.gateway_fixtures import Api
from tests.realtime_sockets import received, socket, until

SPEC = Path(__file__).parents[3] / "spec"
DOCUMENT: Mapping[str, Any] = yaml.safe_load((SPEC / "asyncapi.yaml").read_text())
OPENAPI = load(SPEC / "openapi.yaml")


def schema(name: str) -> Any:
    """A schema of the document, with those of openapi.yaml beside it."""
    text = json.dumps(DOCUMENT["components"]["schemas"]).replace("openapi.yaml#", "#")
    schemas = {**OPENAPI["components"]["schemas"], **json.loads(text)}
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}, validate_formats=True
    )


def references(node: Any) -> Iterator[str]:
    match node:
        case {"$ref": str(reference)}:
            yield reference
        case dict():
            for value in cast(dict[str, Any], node).values():
                yield from references(value)
        case list():
            values: list[Any] = node  # pyright: ignore[reportUnknownVariableType] - JSON
            for value in values:
                yield from references(value)
        case _:
            pass


@pytest.fixture(scope="module")
def told(shared_gateway: Sandbox) -> list[dict[str, Any]]:
    """Frames of every kind that the sandbox can be brought to send."""
    with closing(Api(shared_gateway.url, shared_gateway.api_key)) as api:
        with socket(shared_gateway.url, "events", shared_gateway.api_key) as feed:
            paid = api.intent(payment_method="pm_cpay_ok", confirm=True, customer={"name": "Amina"})
            api.made(f"/v1/connect/charges/{paid['latest_charge']}/refund", {"amount": 500})
            body = {"amount": 100, "currency": "USD", "payment_method": "pm_cpay_declined", "confirm": True}
            assert api.post("/v1/connect/payment_intents", body).status_code == 402
            api.intent(payment_method="pm_cpay_action", confirm=True, return_url="https://shop.example")
            beneficiary = {"type": "mobile_money", "network": "mpesa", "phone": "+254700000000", "name": "Amina Diallo"}
            payout = {"amount": 100, "currency": "USD", "beneficiary": beneficiary}
            api.made("/v1/treasury/payouts", payout)
            api.made(f"/v1/connect/payment_intents/{api.intent()['id']}/cancel", {})
            frames = until(feed, "payment.canceled")
        with socket(shared_gateway.url, "events", shared_gateway.api_key) as feed:
            frames.append(received(feed))
        with socket(shared_gateway.url, "events", shared_gateway.api_key, query="after=0") as feed:
            frames.append(received(feed))
    return frames


def test_what_is_sent_is_what_is_described(told: list[dict[str, Any]]) -> None:
    named = {"snapshot": "Snapshot", "resumed": "Resumed"}
    for frame in told:
        schema(named.get(frame["type"], "Event")).validate(frame)
    assert {"snapshot", "resumed", "payment.completed", "refund.completed", "payout.created"} <= {
        frame["type"] for frame in told
    }


def test_every_word_is_described() -> None:
    described = DOCUMENT["components"]["schemas"]["Event"]["properties"]["type"]["enum"]
    assert set(described) == set(frames.TYPES.values())


def test_every_close_code_is_described() -> None:
    codes = {value for name, value in vars(close_codes).items() if name.isupper() and isinstance(value, int)}
    text = DOCUMENT["info"]["description"].partition("Close codes")[2]
    assert codes <= set(map(int, re.findall(r"\b[14][0-9]{3}\b", text)))


def test_its_references_lead_somewhere() -> None:
    for reference in references(DOCUMENT):
        file, _, path = reference.partition("#")
        node: Any = OPENAPI if file else DOCUMENT
        for step in path.strip("/").split("/"):
            node = node[step]


def test_its_channels_are_those_of_the_gateway() -> None:
    for channel in DOCUMENT["channels"].values():
        name = channel["address"].removeprefix("/ws/").replace("{id}", "x_1")
        assert channels.parse(name) is not None
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert len(DOCUMENT["channels"]) == 3
