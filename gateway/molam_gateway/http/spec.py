"""The OpenAPI document as the gateway reads it: operations with their parameters, bodies and answers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any, cast

from . import schema

METHODS = ("get", "post", "put", "patch", "delete")
JSON_MEDIA_TYPE = "application/json"

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Parameter:
    """A query, path or header parameter; `types` are the JSON types its text may stand for."""

    name: str
    location: str
    required: bool
    types: frozenset[str]
    validator: schema.Validator


class Operation:
    """One method on one path; its schemas are compiled when the first request needs them."""

    def __init__(self, document: Json, path: str, method: str, shared: Sequence[Json]) -> None:
        self._document = document
        self._declared: Json = document["paths"][path][method]
        self._shared = shared
        self.operation_id: str = self._declared["operationId"]
        self.path = path
        self.method = method.upper()
        self.tag: str = next(iter(self._declared.get("tags", [])), "")
        security: Sequence[Json] = self._declared.get("security", ({},))
        self.takes_keys = bool(security)
        self.takes_strangers = not all(security) or not security
        self._answers: dict[tuple[int, str], schema.Validator | None] = {}
        self.is_inbound: bool = self._declared.get("x-molam-inbound") is True
        self.needs_idempotency_key = self._declared.get("x-idempotency-key") == "required"

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every parameter, those shared by the path first."""
        merged: dict[tuple[str, str], Json] = {}
        for declared in (*self._shared, *self._declared.get("parameters", ())):
            parameter = self._resolve(declared)
            merged[parameter["in"], parameter["name"].lower()] = parameter
        return tuple(
            Parameter(
                name=parameter["name"],
                location=parameter["in"],
                required=bool(parameter.get("required", False)),
                types=self._types(parameter["schema"]),
                validator=self._compile({"description": parameter.get("description", ""), **parameter["schema"]}),
            )
            for parameter in merged.values()
        )

    @cached_property
    def body(self) -> schema.Validator | None:
        """The validator of the JSON request body; None for an operation without one."""
        declared = self._resolve(self._declared.get("requestBody", {}))
        content = declared.get("content", {})
        return self._compile(content[JSON_MEDIA_TYPE]["schema"]) if JSON_MEDIA_TYPE in content else None

    @cached_property
    def body_required(self) -> bool:
        """Whether a request without a body is refused."""
        return bool(self._resolve(self._declared.get("requestBody", {})).get("required", False))

    def complaint(self, status: int, media_type: str, body: bytes) -> str | None:
        """What is wrong with an answer according to the document; None if nothing is."""
        key = status, media_type
        if key not in self._answers:
            declared = self._declared["responses"].get(str(status))
            content: Json = self._resolve(declared).get("content", {}) if declared else {}
            self._answers[key] = self._compile(content[media_type]["schema"]) if media_type in content else None
        validator = self._answers[key]
        if validator is None:
            return f"{media_type} with this status is not declared"
        for violation in validator.violations(json.loads(body)):
            return f"{violation.pointer or '/'}: {violation.message}"
        return None

    def _compile(self, declared: Json) -> schema.Validator:
        return schema.compile(declared, self._document.get("components", {}))

    def _resolve(self, declared: Json) -> Json:
        while "$ref" in declared:
            target: Any = self._document
            for part in str(declared["$ref"]).removeprefix("#/").split("/"):
                target = target[part]
            declared = cast(Json, target)
        return declared

    def _types(self, declared: Json) -> frozenset[str]:
        resolved = self._resolve(declared)
        types = resolved.get("type")
        if types is None:
            return frozenset({"string"})
        return frozenset([types] if isinstance(types, str) else types)


def load() -> Json:
    """The document this gateway was built with."""
    return cast(Json, json.loads(files("molam_gateway.http").joinpath("openapi.json").read_bytes()))


def operations(document: Json) -> list[Operation]:
    """Every operation of the document."""
    return [
        Operation(document, path, method, item.get("parameters", ()))
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]
