"""A resource that no release of the API has, as somebody would add it to the spec."""

from copy import deepcopy
from typing import Any

HEADERS = [{"$ref": f"#/components/parameters/{name}"} for name in ("MolamVersion", "MolamAccount", "MolamDeadlineMs")]
KEY = {"$ref": "#/components/parameters/IdempotencyKey"}
ID = {
    "name": "widget_id",
    "in": "path",
    "required": True,
    "description": "Id of the widget.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,255}$", "maxLength": 255},
    "example": "wid_1",
}
COLOUR = {
    "name": "colour",
    "in": "query",
    "required": False,
    "description": "Only those of this colour.",
    "schema": {"$ref": "#/components/schemas/WidgetColour"},
    "example": "green",
}
SCHEMAS: dict[str, Any] = {
    "WidgetColour": {"type": "string", "description": "Colour of a widget.", "enum": ["green", "red"]},
    "CreateWidgetRequest": {
        "type": "object",
        "description": "A widget to make.",
        "required": ["colour"],
        "additionalProperties": False,
        "properties": {
            "colour": {"$ref": "#/components/schemas/WidgetColour"},
            "size": {"type": "integer", "description": "Its size.", "minimum": 1, "maximum": 9, "examples": [3]},
        },
    },
    "Widget": {
        "type": "object",
        "description": "A widget.",
        "required": ["id", "object", "colour", "size"],
        "properties": {
            "id": {"type": "string", "description": "Id.", "examples": ["wid_1"]},
            "object": {"type": "string", "description": "Always `widget`.", "examples": ["widget"]},
            "colour": {"$ref": "#/components/schemas/WidgetColour"},
            "size": {"type": ["integer", "null"], "description": "Its size.", "examples": [3]},
        },
    },
    "WidgetList": {
        "type": "object",
        "description": "A page of widgets.",
        "required": ["object", "data", "has_more", "next_cursor", "url"],
        "properties": {
            "object": {"type": "string", "description": "Always `list`.", "examples": ["list"]},
            "data": {
                "type": "array",
                "description": "The widgets.",
                "items": {"$ref": "#/components/schemas/Widget"},
            },
            "has_more": {"type": "boolean", "description": "Whether there are more.", "examples": [False]},
            "next_cursor": {"type": ["string", "null"], "description": "Where to go on.", "examples": ["wid_1"]},
            "url": {"type": "string", "description": "Path of the list.", "examples": ["/v1/connect/widgets"]},
        },
    },
}


def with_widgets(spec: dict[str, Any]) -> dict[str, Any]:
    """A copy of the spec with create_widget, list_widgets and retrieve_widget."""
    grown = deepcopy(spec)
    grown["tags"].append({"name": "widgets", "description": "Things that the API did not have before."})
    grown["components"]["schemas"].update(SCHEMAS)
    limit = {"$ref": "#/components/parameters/Limit"}
    grown["paths"]["/v1/connect/widgets"] = {
        "post": {
            **_operation("create_widget", 201, "Widget", [KEY]),
            "x-idempotency-key": "required",
            "requestBody": {
                "required": True,
                "description": "A widget to make.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CreateWidgetRequest"}}},
            },
        },
        "get": _operation("list_widgets", 200, "WidgetList", [COLOUR, limit]),
    }
    grown["paths"]["/v1/connect/widgets/{widget_id}"] = {
        "get": {**_operation("retrieve_widget", 200, "Widget", [ID]), "x-molam-same-id": True}
    }
    return grown


def _operation(id: str, status: int, schema: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    answers = {"400": "BadRequest", "401": "Unauthorized", "402": "PaymentDeclined", "503": "Unavailable"}
    return {
        "operationId": id,
        "tags": ["widgets"],
        "summary": id.replace("_", " ").capitalize(),
        "description": "Something new.",
        "security": [{"bearerAuth": []}],
        "parameters": [*parameters, *HEADERS],
        "responses": {
            str(status): {
                "description": "Done.",
                "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
            },
            **{code: {"$ref": f"#/components/responses/{name}"} for code, name in answers.items()},
        },
    }
