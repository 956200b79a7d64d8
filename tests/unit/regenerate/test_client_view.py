"""The client view: what the SDK sends by itself is no argument of a generated function."""

import copy
from typing import Any

from _regenerate.client_view import client_view
from _regenerate.paths import operations


def headers(spec: dict[str, Any]) -> dict[str, dict[str, bool]]:
    """Operation id -> header name -> whether it is required."""
    return {
        operation.id: {
            each["name"]: each.get("required", False) for each in operation.parameters if each["in"] == "header"
        }
        for operation in operations(spec)
    }


def test_the_key_is_optional_and_molam_headers_are_gone(small: dict[str, Any]) -> None:
    assert headers(small) == {
        "list_boxes": {"Molam-Version": False},
        "create_box": {"Idempotency-Key": True, "Molam-Account": False},
        "retrieve_box": {"Molam-Version": False},
    }
    kept = {"Idempotency-Key": False}
    assert headers(client_view(small)) == {"list_boxes": {}, "create_box": kept, "retrieve_box": {}}


def test_a_key_described_in_place_is_optional_too(small: dict[str, Any]) -> None:
    inline = {"name": "idempotency-key", "in": "header", "required": True, "schema": {"type": "string"}}
    small["paths"]["/v1/boxes"]["post"]["parameters"] = [inline]
    assert headers(client_view(small))["create_box"] == {"idempotency-key": False}


def test_the_argument_is_left_alone_and_all_else_is_the_same(small: dict[str, Any]) -> None:
    before = copy.deepcopy(small)
    view = client_view(small)
    assert small == before
    assert view["components"]["schemas"] == small["components"]["schemas"]
    assert view["webhooks"] == small["webhooks"]
    assert view["paths"]["/v1/boxes"]["post"]["responses"] == small["paths"]["/v1/boxes"]["post"]["responses"]


def test_a_query_parameter_with_such_a_name_stays(small: dict[str, Any]) -> None:
    in_query = [{"name": "molam-x", "in": "query", "schema": {"type": "string"}}]
    small["paths"]["/v1/boxes"]["get"]["parameters"] = in_query
    assert client_view(small)["paths"]["/v1/boxes"]["get"]["parameters"] == in_query


def test_what_others_call_is_left_out_with_what_only_it_has(small: dict[str, Any]) -> None:
    schemas = small["components"]["schemas"]
    shared = next(iter(schemas))
    schemas["Message"] = {"type": "object"}
    contents = [{"$ref": f"#/components/schemas/{name}"} for name in ("Message", shared)]
    small["paths"]["/v1/messages"] = {
        "post": {"operationId": "receive_message", "x-molam-inbound": True, "anyOf": contents}
    }
    view = client_view(small)
    assert "/v1/messages" not in view["paths"]
    assert set(view["components"]["schemas"]) == set(schemas) - {"Message"}
