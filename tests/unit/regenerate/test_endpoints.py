"""Generated endpoints: nothing empty on the wire, nothing heavy at import, no status that breaks them."""

# _get_kwargs is the seam that the SDK calls.
# pyright: reportPrivateUsage=false

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from molam_api import AuthenticatedClient
from molam_api.api.payment_intents import (
    create_payment_intent,
    list_payment_intents,
    retrieve_payment_intent,
)
from molam_api.errors import UnexpectedStatus
from molam_api.models import CreatePaymentIntentRequest, PaymentIntentList, PaymentIntentStatus, Problem

ROOT = Path(__file__).parents[3]


def test_a_call_without_arguments_sends_neither_params_nor_headers() -> None:
    assert list_payment_intents._get_kwargs() == {"method": "get", "url": "/v1/connect/payment_intents"}
    assert retrieve_payment_intent._get_kwargs("pi_1") == {
        "method": "get",
        "url": "/v1/connect/payment_intents/pi_1",
    }


def test_arguments_are_sent_as_the_spec_names_them() -> None:
    since = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    kwargs = list_payment_intents._get_kwargs(limit=2, status=PaymentIntentStatus("paused"), created_at_gte=since)
    assert kwargs["params"] == {"limit": 2, "status": "paused", "created_at_gte": "2026-11-21T00:00:00+00:00"}


def test_the_idempotency_key_is_optional_and_the_body_is_json() -> None:
    body = CreatePaymentIntentRequest(amount=2500, currency="USD")
    bare = create_payment_intent._get_kwargs(body=body)
    assert bare["json"] == {"amount": 2500, "currency": "USD"}
    assert bare["headers"] == {"Content-Type": "application/json"}
    keyed = create_payment_intent._get_kwargs(body=body, idempotency_key="k")
    assert keyed["headers"] == {"Content-Type": "application/json", "Idempotency-Key": "k"}


@pytest.mark.parametrize("hostile", ["../x", "a/b", "a?b", "%2e%2e", "\r\n"])
def test_an_id_cannot_leave_its_place_in_the_path(hostile: str) -> None:
    url = retrieve_payment_intent._get_kwargs(hostile)["url"]
    assert url.count("/") == 4
    assert not set(url) & set("?\r\n")


def client(status: int, body: Any, *, strict: bool = False) -> AuthenticatedClient:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=body))
    return AuthenticatedClient(
        base_url="https://api.example",
        token="t",
        raise_on_unexpected_status=strict,
        httpx_args={"transport": transport},
    )


def test_a_status_that_no_list_knows_stays_a_number() -> None:
    answer = list_payment_intents.sync_detailed(client=client(520, {}))
    assert answer.status_code == 520
    assert answer.parsed is None
    with pytest.raises(UnexpectedStatus, match="520"):
        list_payment_intents.sync_detailed(client=client(520, {}, strict=True))


def test_an_answer_is_read_by_its_status() -> None:
    page: dict[str, Any] = {
        "object": "list",
        "data": [],
        "has_more": False,
        "next_cursor": None,
        "url": "/v1/connect/payment_intents",
    }
    assert isinstance(list_payment_intents.sync(client=client(200, page)), PaymentIntentList)
    problem = dict.fromkeys(Problem.__annotations__) | {"type": "about:blank", "title": "t", "status": 400}
    problem |= {"error_type": "validation_error", "code": "parameter_invalid", "errors": []}
    wire = {name.removesuffix("_"): value for name, value in problem.items() if name != "additional_properties"}
    assert isinstance(list_payment_intents.sync(client=client(400, wire)), Problem)


def imported_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter loads for one statement."""
    code = f"import sys; before = set(sys.modules)\n{statement}\nprint(*set(sys.modules) - before)"
    environment = {"PYTHONPATH": str(ROOT / "generated")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return set(done.stdout.split())


def test_an_endpoint_loads_what_its_call_needs_and_no_more() -> None:
    loaded = imported_by("import molam_api.api.payment_intents.create_payment_intent")
    assert "httpx" not in loaded
    own = {name.removeprefix("molam_api").lstrip(".") for name in loaded if name.startswith("molam_api")}
    assert not own & {"client", "errors", "models.problem", "models.charge"}
    assert len(own) <= 18


def test_the_tables_load_no_endpoint_no_model_and_no_library() -> None:
    loaded = imported_by("import molam_api.operations, molam_api.event_types")
    assert {name for name in loaded if name.startswith(("molam_api", "httpx", "attr"))} == {
        "molam_api",
        "molam_api.operations",
        "molam_api.event_types",
    }


def test_one_model_does_not_load_the_others() -> None:
    loaded = imported_by("import molam_api.models as m; assert 'Refund' in dir(m); m.Metadata()")
    assert {name for name in loaded if name.startswith("molam_api.models.")} == {"molam_api.models.metadata"}


def test_an_unknown_name_is_an_attribute_error() -> None:
    import molam_api
    from molam_api import models

    for module in (molam_api, models):
        with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
            _ = module.Nothing
