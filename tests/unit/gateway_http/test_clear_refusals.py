"""A refusal says what to write instead, in the words of whoever asks."""

from pathlib import Path

import pytest
import yaml

from molam_gateway.cli import main
from molam_gateway.domain.event_types import EVENT_TYPES
from tests.gateway_fixtures import Api

INTENTS = "/v1/connect/payment_intents"


def refused(api: Api, path: str, body: dict[str, object]) -> dict[str, str]:
    answer = api.post(path, body)
    assert answer.is_client_error, answer.text
    problem: dict[str, str] = answer.json()
    return problem


def test_the_event_types_are_those_of_the_spec() -> None:
    document = yaml.safe_load((Path(__file__).parents[3] / "spec" / "openapi.yaml").read_text("utf-8"))
    assert tuple(document["webhooks"]) == EVENT_TYPES


def test_an_event_type_that_there_is_not(shared_api: Api) -> None:
    problem = refused(shared_api, "/v1/webhook_deliveries/redrive", {"event_type": "nope"})
    assert (problem["code"], problem["param"]) == ("parameter_invalid", "event_type")
    assert "payment_intent.succeeded" in problem["detail"]
    listed = shared_api.get("/v1/events", type="payment_intent.suceeded")
    assert (listed.status_code, listed.json()["param"]) == (400, "type")
    assert "is it payment_intent.succeeded?" in listed.json()["detail"]
    assert shared_api.get("/v1/events", type="payment_intent.succeeded").is_success


def test_a_provider_that_there_is_not(shared_api: Api) -> None:
    payment: dict[str, object] = {"amount": 100, "currency": "USD", "provider": "strype"}
    assert "cpay, mpesa, paystack, stripe" in refused(shared_api, INTENTS, payment)["detail"]
    facade: dict[str, object] = {"provider": "strype", "amount": "1.00", "currency": "USD"}
    assert "cpay, mpesa" in refused(shared_api, "/api/v1/payments/initialize", facade)["detail"]
    assert "cpay, mpesa" in refused(shared_api, "/api/v1/providers/strype/config", {})["detail"]


def test_a_delivery_that_there_is_not(shared_api: Api) -> None:
    problem = refused(shared_api, "/v1/webhook_deliveries/wd_0000000000000000000000/redrive", {})
    assert problem["detail"] == "There is no webhook delivery wd_0000000000000000000000."


def test_amounts_are_told_in_decimals(shared_api: Api) -> None:
    body: dict[str, object] = {
        "provider": "mpesa",
        "amount": "0.50",
        "currency": "KES",
        "customer": {"phone": "+254712345100"},
    }
    detail = refused(shared_api, "/api/v1/payments/initialize", body)["detail"]
    assert "1.00" in detail
    assert "minor units" not in detail


def test_the_flag_of_a_file_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = tmp_path / "gateway.db"
    database.write_bytes(b"")
    missing = tmp_path / "nowhere.jsonl"
    assert main(["audit", "verify", "--database", f"sqlite:///{database}", "--earlier", str(missing)]) == 2
    assert f"--earlier: {missing} cannot be read" in capsys.readouterr().err
