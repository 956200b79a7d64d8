"""The spec as a Postman collection, format v2.1."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
BASE_URL = "base_url"
API_KEY = "api_key"
_NAMESPACE = uuid.UUID("0f1c8d0e-55a8-5b7e-9a41-7a8a4f6b1f5d")
_METHODS = ("get", "post", "put", "patch", "delete")
_LOCAL = "http://127.0.0.1:8080"


def of_spec(spec: Document) -> Document:
    """The collection: a folder per tag, a request per operation, in the spec's order."""
    folders: dict[str, list[Document]] = {}
    for path, item in spec["paths"].items():
        for method in _METHODS:
            if method in item:
                operation = item[method]
                shared = item.get("parameters", [])
                folders.setdefault(operation["tags"][0], []).append(_item(spec, path, method, operation, shared))
    descriptions = {tag["name"]: tag.get("description", "") for tag in spec.get("tags", [])}
    return {
        "info": {
            "_postman_id": str(uuid.uuid5(_NAMESPACE, spec["info"]["title"])),
            "name": spec["info"]["title"],
            "description": spec["info"].get("description", ""),
            "version": spec["info"]["version"],
            "schema": SCHEMA,
        },
        "auth": _bearer(),
        "variable": [{"key": BASE_URL, "value": _LOCAL, "type": "string"}],
        "item": [
            {"name": tag, "description": descriptions.get(tag, ""), "item": items} for tag, items in folders.items()
        ],
    }


def environment() -> Document:
    """An environment for a sandbox on this machine: the key is what it prints as it starts."""
    return {
        "id": str(uuid.uuid5(_NAMESPACE, "environment")),
        "name": "Molam sandbox",
        "values": [
            {"key": BASE_URL, "value": _LOCAL, "type": "default", "enabled": True},
            {"key": API_KEY, "value": "", "type": "secret", "enabled": True},
        ],
        "_postman_variable_scope": "environment",
    }


def as_text(document: Document) -> str:
    """The file's content."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _bearer() -> Document:
    return {"type": "bearer", "bearer": [{"key": "token", "value": "{{" + API_KEY + "}}", "type": "string"}]}


def _item(spec: Document, path: str, method: str, operation: Document, shared: list[Document]) -> Document:
    parameters = [_resolved(spec, each) for each in [*shared, *operation.get("parameters", [])]]
    request: Document = {
        "method": method.upper(),
        "description": operation.get("description", ""),
        "header": list(_headers(parameters)),
        "url": _url(spec, path, parameters),
    }
    if operation.get("security") == []:
        request["auth"] = {"type": "noauth"}
    media = operation.get("requestBody", {}).get("content", {})
    if media:
        kind = "application/json" if "application/json" in media else next(iter(media))
        request["header"].append({"key": "Content-Type", "value": kind})
        request["body"] = _body(spec, kind, media[kind])
    return {
        "id": str(uuid.uuid5(_NAMESPACE, operation["operationId"])),
        "name": operation.get("summary", operation["operationId"]),
        "request": request,
        "response": list(_responses(spec, operation, request)),
    }


def _headers(parameters: list[Document]) -> Iterator[Document]:
    for each in parameters:
        if each["in"] != "header":
            continue
        made = "{{$guid}}" if each["name"] == "Idempotency-Key" else _text(_example(each))
        yield {
            "key": each["name"],
            "value": made,
            "description": each.get("description", ""),
            "disabled": not each.get("required", False) and each["name"] != "Idempotency-Key",
        }


def _url(spec: Document, path: str, parameters: list[Document]) -> Document:
    segments = [f":{part[1:-1]}" if part.startswith("{") else part for part in path.split("/")[1:]]
    query = [
        {
            "key": each["name"],
            "value": _text(_example(each)),
            "description": each.get("description", ""),
            "disabled": not each.get("required", False),
        }
        for each in parameters
        if each["in"] == "query"
    ]
    variables = [
        {"key": each["name"], "value": _text(_example(each)), "description": each.get("description", "")}
        for each in parameters
        if each["in"] == "path"
    ]
    shown = "&".join(f"{each['key']}={each['value']}" for each in query if not each["disabled"])
    url: Document = {
        "raw": "{{" + BASE_URL + "}}/" + "/".join(segments) + (f"?{shown}" if shown else ""),
        "host": ["{{" + BASE_URL + "}}"],
        "path": segments,
    }
    if query:
        url["query"] = query
    if variables:
        url["variable"] = variables
    return url


def _body(spec: Document, kind: str, media: Document) -> Document:
    example = _first_example(spec, media)
    raw = json.dumps({} if example is None else example, indent=2, ensure_ascii=False)
    language = "json" if kind.endswith("json") else "text"
    return {"mode": "raw", "raw": raw, "options": {"raw": {"language": language}}}


def _responses(spec: Document, operation: Document, request: Document) -> Iterator[Document]:
    for status, given in operation["responses"].items():
        response = _resolved(spec, given)
        if not status.isdigit() or int(status) >= 300:
            continue
        for kind, media in response.get("content", {}).items():
            example = _first_example(spec, media)
            if example is None:
                continue
            yield {
                "id": str(uuid.uuid5(_NAMESPACE, f"{operation['operationId']} {status} {kind}")),
                "name": response.get("description", status),
                "originalRequest": request,
                "code": int(status),
                "header": [{"key": "Content-Type", "value": kind}],
                "body": json.dumps(example, indent=2, ensure_ascii=False),
            }


def _first_example(spec: Document, media: Document) -> object:
    if "example" in media:
        return media["example"]
    for each in media.get("examples", {}).values():
        return _resolved(spec, each).get("value")
    return _resolved(spec, media.get("schema", {})).get("example")


def _example(parameter: Document) -> object:
    if "example" in parameter:
        return parameter["example"]
    for each in parameter.get("examples", {}).values():
        return each.get("value", "")
    schema: Mapping[str, object] = parameter.get("schema", {})
    return schema.get("example", schema.get("default", ""))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _resolved(spec: Document, part: Document) -> Document:
    while "$ref" in part:
        found: Any = spec
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name.replace("~1", "/").replace("~0", "~")]
        part = found
    return part
