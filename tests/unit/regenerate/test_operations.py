"""The operation table: every operation of the spec, as the spec has it."""

from pathlib import Path
from typing import Any

import pytest

from _regenerate.spec import load
from molam_api.operations import OPERATIONS, endpoint, operation_of

SPEC = load(Path(__file__).parents[3] / "spec" / "openapi.yaml")


DECLARED: list[tuple[str, str, dict[str, Any]]] = [
    (path, method, item[method])
    for path, item in SPEC["paths"].items()
    for method in ("get", "post", "patch", "put", "delete")
    if method in item and "x-molam-inbound" not in item[method]
]


def test_the_table_has_exactly_the_operations_of_the_spec_that_clients_call() -> None:
    assert sorted(OPERATIONS) == sorted(operation["operationId"] for _, _, operation in DECLARED)


@pytest.mark.parametrize(("path", "method", "operation"), DECLARED)
def test_a_row_says_what_the_spec_says(path: str, method: str, operation: dict[str, Any]) -> None:
    row = OPERATIONS[operation["operationId"]]
    assert (row.id, row.method, row.path) == (operation["operationId"], method.upper(), path)
    assert [row.resource] == operation["tags"]
    assert row.path_params == tuple(part[1:-1] for part in path.split("/") if part.startswith("{"))
    assert row.success == tuple(sorted(int(status) for status in operation["responses"] if status.startswith("2")))
    assert row.success
    assert row.needs_idempotency_key == (operation.get("x-idempotency-key") == "required")
    assert row.same_id == operation.get("x-molam-same-id", False)
    assert row.secret_request == operation.get("x-secret-request", False)
    assert row.secret_response == operation.get("x-secret-response", False)


@pytest.mark.parametrize(
    ("operation_id", "event", "retrieval"),
    [
        ("create_payment_intent", "payment_intent.created", "retrieve_payment_intent"),
        ("confirm_payment_intent", None, "retrieve_payment_intent"),
        ("create_refund", "refund.created", "retrieve_refund"),
        ("create_webhook_endpoint", None, "retrieve_webhook_endpoint"),
        ("advance_clock", None, None),
        ("initialize_payment", "payment_intent.created", "get_payment"),
        ("refund_payment", "refund.created", None),
        ("test_webhook_endpoint", None, None),
        ("delete_webhook_endpoint", None, "retrieve_webhook_endpoint"),
        ("verify_payment", None, "get_payment"),
    ],
)
def test_a_row_says_what_a_call_leaves_behind(operation_id: str, event: str | None, retrieval: str | None) -> None:
    row = OPERATIONS[operation_id]
    assert (row.created_event, row.retrieved_by) == (event, retrieval)


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_ids_and_endpoint_modules_lead_to_each_other(operation_id: str) -> None:
    module = endpoint(operation_id)
    assert module.__name__ == OPERATIONS[operation_id].module
    assert callable(module._get_kwargs)
    assert callable(module._parse_response)
    assert operation_of(module) is OPERATIONS[operation_id]


def test_what_is_no_operation_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        endpoint("create_money")
    with pytest.raises(KeyError):
        operation_of(pytest)


def test_nothing_in_the_table_can_be_changed() -> None:
    with pytest.raises(TypeError):
        OPERATIONS["x"] = OPERATIONS["create_refund"]  # type: ignore[index]  # the point of the test
    with pytest.raises(AttributeError):
        OPERATIONS["create_refund"].id = "x"  # type: ignore[misc]  # the point of the test
