"""Changes to shapes that the generator drops, renames or gets wrong."""

from typing import Any

from .edit import REMOVED, Break

_SCHEMAS = "#/components/schemas"
_MEMBER = f"{_SCHEMAS}/Refund/properties/extra"
_STATUS = f"{_SCHEMAS}/RefundStatus"
_ACCOUNT = "#/paths/~1v1~1account/get"
_ANSWER = f"{_ACCOUNT}/responses/200"
_VERSION = "#/components/parameters/MolamVersion"
_REFUND = {"$ref": f"{_SCHEMAS}/Refund"}
_CHARGE = {"$ref": f"{_SCHEMAS}/Charge"}
_NULL = {"type": "null"}


def _member(declared: Any, words: str) -> Break:
    return Break("generator-schemas", _MEMBER, declared, _MEMBER, words)


def _parameter(declared: dict[str, Any], words: str) -> Break:
    return Break("generator-shapes", f"{_ACCOUNT}/parameters/-", declared, "#", words)


BREAKS = [
    _parameter({"name": "created", "in": "query", "style": "deepObject", "schema": {"type": "object"}}, "flattened"),
    _parameter({"name": "ids", "in": "query", "explode": False, "schema": {"type": "array"}}, "repeated keys"),
    _parameter({"name": "created[gte]", "in": "query", "schema": {"type": "string"}}, "snake_case"),
    _parameter({"name": "filter", "in": "query", "content": {}}, "left out of the client"),
    _parameter({"name": "body", "in": "query", "schema": {"type": "string"}}, "overwritten by a variable"),
    _parameter({"name": "headers", "in": "query", "schema": {"type": "string"}}, "overwritten by a variable"),
    _parameter({"name": "params", "in": "query", "schema": {"type": "string"}}, "overwritten by a variable"),
    _parameter({"name": "Since", "in": "header", "schema": {"type": "string", "format": "date"}}, "drop the operation"),
    Break("generator-shapes", f"{_SCHEMAS}/Refund/properties/to_dict", {"type": "string"}, "#", "hides a method"),
    Break("generator-shapes", "#/paths/~1v1~1account", {"$ref": "#/paths/~1v1~1events"}, "#", "$ref path item"),
    Break(
        "generator-shapes",
        "#/paths/~1v1~1sandbox~1faults/post/requestBody/content/text~1csv",
        {"schema": {"type": "string"}},
        "#",
        "application/json and nothing else",
    ),
    Break(
        "generator-references", _MEMBER, {"$ref": f"{_SCHEMAS}/Refund/properties/id"}, "#", "does not name a component"
    ),
    _member(True, "boolean schema"),
    _member({"allOf": [_REFUND, {"properties": {"object": {"const": "x"}}}]}, "uses allOf"),
    _member({"anyOf": [_REFUND, _NULL]}, "uses allOf, anyOf or discriminator"),
    _member({"oneOf": [_REFUND, _CHARGE]}, "the first that fits would win"),
    _member({"oneOf": [_REFUND, _NULL], "discriminator": {"propertyName": "object"}}, "discriminator"),
    _member({"$defs": {"Fee": {"type": "integer"}}, "type": "string"}, "$defs"),
    _member({"description": "anything"}, "has no type"),
    _member({"type": "array"}, "without items"),
    _member({"type": "object", "properties": {}}, "object without a name"),
    Break(
        "generator-schemas",
        _MEMBER,
        {"type": "array", "items": {"type": "object"}},
        f"{_MEMBER}/items",
        "object without a name",
    ),
    _member({"type": ["string", "integer"]}, "list of types"),
    Break(
        "generator-schemas",
        f"{_ANSWER}/content/application~1json/schema",
        True,
        f"{_ANSWER}/content/application~1json/schema",
        "boolean",
    ),
    Break("generator-enums", f"{_STATUS}/enum/-", None, _STATUS, "not strings (null included)"),
    Break("generator-enums", f"{_STATUS}/enum/-", 1, _STATUS, "not strings"),
    Break("generator-enums", f"{_STATUS}/enum/-", "PENDING", _STATUS, "equal up to case"),
    Break("generator-enums", f"{_STATUS}/enum/-", "*", _STATUS, "no names in Python"),
    Break("generator-contents", f"{_ANSWER}/content", {"text/event-stream": {}}, _ANSWER, "text/event-stream"),
    Break("generator-contents", f"{_ANSWER}/content", REMOVED, _ANSWER, "content types []"),
    Break("generator-contents", f"{_ANSWER}/content/text~1csv", {}, _ANSWER, "text/csv"),
    Break("generator-headers", f"{_VERSION}/schema", {"$ref": _STATUS}, _VERSION, "not a plain string"),
]
