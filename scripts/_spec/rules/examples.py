"""Every example is what its schema says."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from _regenerate.spec import Spec, is_array, is_object, resolve
from _spec.document import child, components, schemas
from _spec.finding import Flaw
from _spec.ruleset import Check, Options

_Validator: Any = Draft202012Validator


def problems(spec: Spec, schema: dict[str, Any], value: Any) -> Iterator[str]:
    """What keeps `value` from matching `schema`, formats included; references start at the root of the spec."""
    standing_alone = {**schema, "components": {"schemas": components(spec, "schemas")}}
    for error in _Validator(standing_alone, format_checker=_Validator.FORMAT_CHECKER).iter_errors(value):
        yield f"{error.json_path}: {error.message[:200]}"


def examples_valid(spec: Spec, _: Options) -> Iterator[Flaw]:
    for pointer, schema, value in _shown(spec):
        for problem in problems(spec, schema, value):
            yield Flaw(pointer, f"does not match its schema: {problem}")


def _shown(spec: Spec) -> Iterator[tuple[str, dict[str, Any], Any]]:
    for schema in schemas(spec):
        for index, value in enumerate(schema.declared.get("examples", [])):
            yield child(schema.pointer, "examples", index), schema.declared, value
    yield from _beside_a_schema(spec, spec, "#")


def _beside_a_schema(spec: Spec, value: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """The examples of parameters, headers and media types, which stand beside a `schema`."""
    if is_object(value):
        if is_object(value.get("schema")):
            if "example" in value:
                yield child(pointer, "example"), value["schema"], value["example"]
            for name, example in value.get("examples", {}).items():
                yield child(pointer, "examples", name), value["schema"], resolve(spec, example).get("value")
        for key, member in value.items():
            where = child(pointer, key)
            if key not in ("schema", "example", "examples") and where != "#/components/schemas":
                yield from _beside_a_schema(spec, member, where)
    elif is_array(value):
        for index, item in enumerate(value):
            yield from _beside_a_schema(spec, item, child(pointer, index))


CHECKS: dict[str, Check] = {"examples-valid": examples_valid}
