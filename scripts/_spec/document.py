"""Finding one's way in a spec: pointers, and every schema with the place where it stands."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from _regenerate.paths import Operation
from _regenerate.spec import Spec, is_array, is_object

_COMBINED = ("oneOf", "anyOf", "allOf")
_EXAMPLES = ("example", "examples", "value")


class Schema(NamedTuple):
    """One schema where it is written, references not followed. `role` says what it describes."""

    pointer: str
    declared: dict[str, Any]
    """Empty for a boolean schema."""
    role: str
    """`component`, `content` (under `schema`), `property`, `items`, `values` (additionalProperties) or `branch`."""
    name: str = ""
    """The component's or the property's name."""
    boolean: bool = False
    """Whether it is written `true` or `false`."""

    @property
    def types(self) -> list[str]:
        """The JSON types that it allows, none if it does not say."""
        found: Any = self.declared.get("type", [])
        return found if is_array(found) else [found]


def child(pointer: str, *parts: str | int) -> str:
    """The pointer to a member below `pointer`."""
    return "/".join([pointer, *(str(part).replace("~", "~0").replace("/", "~1") for part in parts)])


def at(spec: Spec, pointer: str) -> Any:
    """What `pointer` leads to. Raises KeyError or IndexError if that is nothing."""
    value: Any = spec
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if is_array(value) else value[key]
    return value


def pointer_of(operation: Operation) -> str:
    return child("#/paths", operation.path, operation.method)


def components(spec: Spec, kind: str) -> dict[str, Any]:
    """The components of one kind (schemas, parameters, ...) by name."""
    found: dict[str, Any] = spec.get("components", {}).get(kind, {})
    return found


def schemas(spec: Spec) -> Iterator[Schema]:
    """Every schema of the document, the nested ones too; those that only constrain (if, then, propertyNames) not."""
    for root in _roots(spec, "#"):
        yield from _nested(root)


def reachable(spec: Spec, *pointers: str) -> set[str]:
    """The names of the component schemas that are referred to from these places, directly or through others."""
    names: set[str] = set()
    waiting = [at(spec, pointer) for pointer in pointers]
    while waiting:
        for reference in references(waiting.pop()):
            kind, _, name = reference.removeprefix("#/components/").partition("/")
            if kind != "schemas":
                waiting.append(at(spec, reference))
            elif name not in names:
                names.add(name)
                waiting.append(at(spec, reference))
    return names


def references(value: Any) -> Iterator[str]:
    """Every `$ref` in `value`, those in examples not."""
    if is_object(value):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for key, member in value.items():
            if key not in _EXAMPLES:
                yield from references(member)
    elif is_array(value):
        for item in value:
            yield from references(item)


def _roots(value: Any, pointer: str) -> Iterator[Schema]:
    if is_object(value):
        for key, member in value.items():
            where = child(pointer, key)
            if where == "#/components/schemas":
                for name, declared in member.items():
                    yield _schema(child(where, name), declared, "component", name)
            elif key == "schema":
                yield _schema(where, member, "content")
            elif key not in _EXAMPLES and where != "#/components/examples":
                yield from _roots(member, where)
    elif is_array(value):
        for index, item in enumerate(value):
            yield from _roots(item, child(pointer, index))


def _nested(schema: Schema) -> Iterator[Schema]:
    yield schema
    declared = schema.declared
    for name, member in declared.get("properties", {}).items():
        yield from _nested(_schema(child(schema.pointer, "properties", name), member, "property", name))
    if "items" in declared:
        yield from _nested(_schema(child(schema.pointer, "items"), declared["items"], "items"))
    if is_object(declared.get("additionalProperties")):
        where = child(schema.pointer, "additionalProperties")
        yield from _nested(_schema(where, declared["additionalProperties"], "values"))
    for combined in _COMBINED:
        for index, branch in enumerate(declared.get(combined, [])):
            yield from _nested(_schema(child(schema.pointer, combined, index), branch, "branch"))


def _schema(pointer: str, written: Any, role: str, name: str = "") -> Schema:
    return Schema(pointer, written if is_object(written) else {}, role, name, isinstance(written, bool))
