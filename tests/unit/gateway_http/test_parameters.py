"""Parameters arrive as text and are judged as what they stand for."""

from collections.abc import Mapping
from typing import Any

import pytest

from molam_gateway.http import parameters, spec

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/things/{thing_id}": {
            "parameters": [{"name": "thing_id", "in": "path", "required": True, "schema": {"pattern": "^[a-z]+$"}}],
            "get": {
                "operationId": "list_things",
                "parameters": [
                    {"$ref": "#/components/parameters/Limit"},
                    {"name": "status", "in": "query", "schema": {"enum": ["a", "b"]}},
                    {"name": "ratio", "in": "query", "schema": {"type": "number", "maximum": 2}},
                    {"name": "live", "in": "query", "schema": {"type": ["boolean", "null"]}},
                    {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "needed", "in": "query", "required": True, "schema": {"type": "string"}},
                    {"name": "X-Count", "in": "header", "schema": {"type": "integer"}},
                    {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string"}},
                ],
                "responses": {},
            },
        }
    },
    "components": {
        "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"$ref": "#/components/schemas/Limit"}}},
        "schemas": {"Limit": {"type": "integer", "minimum": 1, "maximum": 100}},
    },
}
OPERATION = spec.operations(DOCUMENT)[0]


def read(query: str, *, thing: str = "x", headers: Mapping[str, str] | None = None) -> parameters.Parameters:
    return parameters.read(OPERATION, {"thing_id": thing}, query.encode(), headers or {})


def test_values_have_their_declared_types() -> None:
    given = read("needed=1&limit=20&status=a&ratio=1.5&live=true&tag=x&tag=y%20z")
    assert given.violations == []
    assert given.query == {"needed": "1", "limit": 20, "status": "a", "ratio": 1.5, "live": True, "tag": ["x", "y z"]}


@pytest.mark.parametrize(
    ("query", "pointer", "keyword"),
    [
        ("", "/needed", "required"),
        ("needed=1&limit=0", "/limit", "minimum"),
        ("needed=1&limit=ten", "/limit", "type"),
        ("needed=1&limit=1.0", "/limit", "type"),
        ("needed=1&limit=", "/limit", "type"),
        ("needed=1&limit=%D9%A1", "/limit", "type"),
        ("needed=1&limit=1&limit=2", "/limit", "type"),
        ("needed=1&status=c", "/status", "enum"),
        ("needed=1&live=yes", "/live", "type"),
        ("needed=1&other=1", "/other", "additionalProperties"),
        ("needed=1&=1", "/", "additionalProperties"),
    ],
)
def test_violations(query: str, pointer: str, keyword: str) -> None:
    assert [(each.pointer, each.keyword) for each in read(query).violations] == [(pointer, keyword)]


def test_path_and_header_parameters_are_checked() -> None:
    assert [each.pointer for each in read("needed=1", thing="X").violations] == ["/thing_id"]
    assert [each.pointer for each in read("needed=1", headers={"x-count": "many"}).violations] == ["/X-Count"]
    assert read("needed=1", headers={"x-count": "3"}).violations == []
