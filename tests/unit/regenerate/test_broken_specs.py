"""A spec that cannot be generated from: exit status 1 and one message that says where and what, never a traceback."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from _regenerate import shapes
from _regenerate.spec import SpecError, load

from .conftest import Run

Spec = dict[str, Any]
HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1\n", "not YAML"),
        ("- a list\n", "not an OpenAPI 3.1 document"),
        ("", "not an OpenAPI 3.1 document"),
        ("openapi: 3.0.3\n", "not an OpenAPI 3.1 document"),
        (HEAD + "paths: {}\npaths: {}\n", "line 4: 'paths' is given twice"),
        (HEAD + "released: 2026-11-01\n", "#/released: YAML reads 2026-11-01 as a date: quote it"),
        (HEAD + "on: 1\n", "the key True must be quoted"),
        (HEAD + "a: .nan\n", "#/a: nan is not a JSON number"),
        (HEAD + "a: !!binary aGk=\n", "#/a: bytes is not a JSON value"),
        (HEAD + "a: &a [*a]\n", "an alias holds itself"),
        (HEAD + "a: {$ref: '#/nowhere'}\n", "#/a: $ref '#/nowhere' points to nothing"),
        (HEAD + "a: {$ref: 'other.yaml'}\n", "leaves the document"),
        (HEAD + "a: {$ref: '#/openapi'}\n", "does not point to an object"),
        (HEAD + "a: {$ref: '#/a'}\n", "leads back to itself"),
        (HEAD + "b: {$ref: '#/a~1b'}\na/b: {}\nc: !unknown {}\n", "not YAML"),
    ],
)
def test_a_file_that_is_no_spec_is_named_with_the_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_a_missing_file_and_a_foreign_encoding_are_spec_errors(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="No such file"):
        load(tmp_path / "nowhere.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"title: caf\xe9\n")
    with pytest.raises(SpecError, match=r"not UTF-8 \(byte 10\)"):
        load(path)


def test_whole_numbers_as_keys_become_strings(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(HEAD + "responses: {200: {}}\n", encoding="utf-8")
    assert load(path)["responses"] == {"200": {}}


def parameter(**changes: Any) -> Callable[[Spec], None]:
    described = {"name": "extra", "in": "query", "schema": {"type": "string"}} | changes
    return lambda spec: spec["paths"]["/v1/boxes"]["get"]["parameters"].append(
        {name: value for name, value in described.items() if value is not None}
    )


def ref_path_item(spec: Spec) -> None:
    spec["components"]["pathItems"] = {"Boxes": spec["paths"]["/v1/boxes"]}
    spec["paths"]["/v1/boxes"] = {"$ref": "#/components/pathItems/Boxes"}


def two_models_in_one_of(spec: Spec) -> None:
    either = [{"$ref": "#/components/schemas/Lid"}, {"$ref": "#/components/schemas/Problem"}]
    spec["components"]["schemas"]["Box"]["properties"]["lid"] = {"oneOf": either}


def set_at(*path: str, value: object) -> Callable[[Spec], None]:
    def change(spec: Spec) -> None:
        for name in path[:-1]:
            spec = spec[name]
        spec[path[-1]] = value

    return change


POST = ("paths", "/v1/boxes", "post")
BOX = ("components", "schemas", "Box")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (ref_path_item, "/v1/boxes: a $ref path item is left out"),
        (set_at(*POST, "operationId", value="createBox"), "operationId 'createBox' must be snake_case"),
        (set_at(*POST, "operationId", value="list_boxes"), "is already that of GET /v1/boxes"),
        (set_at(*POST, "tags", value=[]), "needs exactly one tag"),
        (set_at(*POST, "tags", value=["boxes", "lids"]), "needs exactly one tag"),
        (set_at(*POST, "requestBody", "content", value={"text/csv": {}}), "must be application/json and nothing else"),
        (parameter(schema=None, content={"application/json": {}}), "left out of the client"),
        (parameter(**{"in": "cookie"}), "cookies are not sent"),
        (parameter(name="created[gte]"), "must be snake_case"),
        (parameter(name="headers"), "would be overwritten"),
        (parameter(style="deepObject", schema={"type": "object"}), "would be sent flattened"),
        (parameter(explode=False, schema={"type": "array", "items": {"type": "string"}}), "sent as repeated keys"),
        (parameter(name="X-At", schema={"type": "string", "format": "date"}, **{"in": "header"}), "drop the operation"),
        (set_at(*BOX, "$defs", value={}), "$defs come out untyped"),
        (set_at(*BOX, "properties", "to_dict", value={"type": "string"}), "hides a method"),
        (set_at(*BOX, "properties", "inner", value={"type": "object"}), "would get a made-up name"),
        (two_models_in_one_of, "the first that fits wins"),
        (set_at("webhooks", "box.opened", "post", "x-event-object", value="Crate"), "x-event-object is 'Crate'"),
        (set_at("webhooks", "box.opened", "post", value={}), "x-event-object is None"),
    ],
)
def test_a_shape_that_the_generator_gets_wrong_is_refused(
    small: Spec, change: Callable[[Spec], None], message: str
) -> None:
    assert shapes.refused(small) == []
    change(small)
    assert message in "\n".join(shapes.refused(small))


HOSTILE: dict[str, tuple[Callable[[Spec], None], str]] = {
    "not openapi": (
        set_at(*POST, "responses", value=[]),
        "/v1/boxes/post/responses: Input should be a valid dict",
    ),
    "a refused shape": (ref_path_item, "a $ref path item is left out"),
    "a title renames the class": (set_at(*BOX, "title", value="Crate"), "schema Box: no model of that name"),
    "an answer without a name": (
        set_at(*POST, "responses", "201", "content", "application/json", "schema", value={"type": "object"}),
        "create_box does not read an unnamed schema of answer 201",
    ),
    "what the generator warns of": (set_at(*BOX, "properties", "id", value={"type": "array"}), "must have items"),
    "what the generator dies of": (
        set_at("components", "schemas", "BoxStatus", "enum", value=["a", "A"]),
        "Duplicate key A in enum",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_script_says_what_is_wrong_and_writes_nothing(
    small: Spec, spec_file: Callable[[Spec], Path], tmp_path: Path, run: Run, name: str
) -> None:
    change, message = HOSTILE[name]
    change(small)
    done = run("--spec", spec_file(copy.deepcopy(small)), "--output", tmp_path / "out")
    assert done.returncode == 1
    assert done.stderr.startswith("scripts/regenerate: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
