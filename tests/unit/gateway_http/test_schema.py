"""Violations point at the member that is wrong."""

from collections.abc import Sequence

import pytest

from molam_gateway.http import schema
from molam_gateway.http.schema import Violation

COMPONENTS: dict[str, object] = {
    "schemas": {
        "Order": {
            "type": "object",
            "additionalProperties": False,
            "required": ["amount"],
            "properties": {
                "amount": {"type": "integer", "minimum": 1, "maximum": 9007199254740991},
                "customer": {"oneOf": [{"$ref": "#/components/schemas/Customer"}, {"type": "null"}]},
                "metadata": {"type": "object", "propertyNames": {"maxLength": 3}},
                "at": {"type": "string", "format": "date-time"},
            },
        },
        "Customer": {
            "type": "object",
            "additionalProperties": False,
            "required": ["phone"],
            "properties": {"phone": {"type": "string"}, "parent": {"$ref": "#/components/schemas/Customer"}},
        },
    }
}


@pytest.fixture(scope="module")
def order() -> schema.Validator:
    return schema.compile({"$ref": "#/components/schemas/Order"}, COMPONENTS)


def found(violations: Sequence[Violation]) -> set[tuple[str, str]]:
    return {(each.pointer, each.keyword) for each in violations}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"amount": 1}, set[tuple[str, str]]()),
        ({"amount": 1, "customer": None}, set[tuple[str, str]]()),
        ({}, {("/amount", "required")}),
        ({"amount": 1, "a/b~c": 1, "z": 1}, {("/a~1b~0c", "additionalProperties"), ("/z", "additionalProperties")}),
        ({"amount": True}, {("/amount", "type")}),
        ({"amount": 0}, {("/amount", "minimum")}),
        ({"amount": 10**40}, {("/amount", "maximum")}),
        ({"amount": 1, "customer": {}}, {("/customer/phone", "required")}),
        (
            {"amount": 1, "customer": {"phone": 1, "x": 2}},
            {("/customer/phone", "type"), ("/customer/x", "additionalProperties")},
        ),
        ({"amount": 1, "customer": {"phone": "", "parent": {}}}, {("/customer/parent/phone", "required")}),
        ({"amount": 1, "customer": 5}, {("/customer", "oneOf")}),
        ({"amount": 1, "metadata": {"long": 1}}, {("/metadata", "propertyNames")}),
        ({"amount": 1, "at": "2026-11-01T00:00:00"}, {("/at", "format")}),
        ([], {("", "type")}),
    ],
)
def test_violations(order: schema.Validator, value: object, expected: set[tuple[str, str]]) -> None:
    assert found(order.violations(value)) == expected


def test_messages_do_not_repeat_the_value(order: schema.Validator) -> None:
    secret = "4242424242424242"
    for value in (
        {"amount": secret},
        {"amount": 1, "customer": {"phone": [secret]}},
        {"amount": 1, "customer": [secret]},
    ):
        assert not any(secret in each.message for each in order.violations(value))
