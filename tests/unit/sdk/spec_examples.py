"""The example answers of the specification, so that scripted servers answer what the API promises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

SPEC = Path(__file__).parents[3] / "gateway" / "molam_gateway" / "http" / "openapi.json"


def example_answer(operation_id: str) -> tuple[int, dict[str, Any]]:
    """The status and the body of an operation's example of success."""
    for status, response in sorted(_operation(operation_id)["responses"].items()):
        if status.startswith("2"):
            examples: dict[str, Any] = response["content"]["application/json"]["examples"]
            return int(status), deepcopy(_resolved(next(iter(examples.values())))["value"])
    raise AssertionError(f"{operation_id} has no example of success")


def example_intent(**changes: Any) -> dict[str, Any]:
    return example_answer("create_payment_intent")[1] | changes


@lru_cache(maxsize=1)
def _spec() -> dict[str, Any]:
    spec: dict[str, Any] = json.loads(SPEC.read_text(encoding="utf-8"))
    return spec


def _operation(operation_id: str) -> dict[str, Any]:
    operations: Iterator[Any] = (each for path in _spec()["paths"].values() for each in path.values())
    for operation in operations:
        if isinstance(operation, dict) and operation["operationId"] == operation_id:
            return cast(dict[str, Any], operation)
    raise AssertionError(f"the spec has no operation {operation_id}")


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = _spec()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node
