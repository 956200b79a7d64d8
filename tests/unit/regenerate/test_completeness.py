"""The completeness check: whatever is in the spec and not in the package is named."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from _regenerate.client_view import client_view
from _regenerate.completeness import missing


@pytest.fixture
def package(generated: Path, tmp_path: Path) -> Path:
    shutil.copytree(generated / "molam_api", tmp_path / "molam_api")
    return tmp_path / "molam_api"


def test_what_was_generated_from_a_spec_is_complete(small: dict[str, Any], package: Path) -> None:
    assert missing(client_view(small), package) == []


def test_an_operation_without_a_module_is_named(small: dict[str, Any], package: Path) -> None:
    (package / "api" / "boxes" / "create_box.py").unlink()
    assert missing(client_view(small), package) == ["POST /v1/boxes: operation create_box has no module"]


def test_a_schema_without_a_model_is_named(small: dict[str, Any], package: Path) -> None:
    (package / "models" / "lid.py").unlink()
    assert missing(client_view(small), package) == ["schema Lid: no model of that name"]


def test_named_scalars_and_arrays_need_no_model(small: dict[str, Any], package: Path) -> None:
    small["components"]["schemas"] |= {"Cursor": {"type": "string"}, "Ids": {"type": "array", "items": {}}}
    assert missing(client_view(small), package) == []


def test_members_that_only_the_spec_has_are_named(small: dict[str, Any], package: Path) -> None:
    """The package is that of the spec before it grew, which is what dropping a shape looks like."""
    schemas = small["components"]["schemas"]
    schemas["BoxStatus"]["enum"].append("ajar")
    schemas["Box"]["properties"]["weight"] = {"type": "integer"}
    schemas["Lid"]["allOf"] = [{"type": "object", "properties": {"hinge": {"type": "string"}}}]
    operations = small["paths"]["/v1/boxes"]
    operations["get"]["parameters"].append({"name": "color", "in": "query", "schema": {"type": "string"}})
    operations["get"]["requestBody"] = operations["post"]["requestBody"]
    operations["post"]["parameters"].append({"name": "X-Hint", "in": "header", "schema": {"type": "string"}})
    operations["post"]["parameters"].append({"name": "room", "in": "path", "schema": {"type": "string"}})
    operations["post"]["responses"]["200"] = operations["get"]["responses"]["200"]
    assert missing(client_view(small), package) == [
        "GET /v1/boxes: the query parameter 'color' is not in list_boxes",
        "GET /v1/boxes: the request body is not in list_boxes",
        "POST /v1/boxes: the header parameter 'X-Hint' is not in create_box",
        "POST /v1/boxes: the path parameter 'room' is not in create_box",
        "POST /v1/boxes: create_box does not read the BoxList of answer 200: refer to a named schema",
        "schema BoxStatus: the value 'ajar' is not in its enum",
        "schema Lid: the property 'hinge' is not in its model",
        "schema Box: the property 'weight' is not in its model",
    ]
