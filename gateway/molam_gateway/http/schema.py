"""Compiles JSON Schemas; the only module that knows the validation library."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import jsonschema_rs

_REFERENCE = "#/components/"
_READABLE = 40
"""A longer regular expression tells people nothing."""
_ORDER = {"required": 0, "additionalProperties": 1}


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a value breaks its schema.

    `path` leads to the value (for a missing or unknown member: to that member), `keyword` is the JSON Schema
    keyword that was broken, `message` is written for the caller.
    """

    path: tuple[str | int, ...]
    keyword: str
    message: str

    @property
    def pointer(self) -> str:
        """The path as a JSON pointer (RFC 6901)."""
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self.path)


class Validator:
    """A compiled schema."""

    __slots__ = ("_compiled", "_schema")

    def __init__(self, schema: dict[str, object]) -> None:
        self._schema = schema
        self._compiled = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, mask="The value")

    def violations(self, value: object) -> Sequence[Violation]:
        """Everything wrong with `value`: what is missing, then what is unknown, then what is invalid.

        A wrong discriminator (a `type`) comes first: what is missing may be missing only because of it.
        """
        if self._compiled.is_valid(value):
            return ()
        found = [violation for error in self._compiled.iter_errors(value) for violation in _read(error, self._schema)]
        return sorted(found, key=_order)


def compile(schema: Mapping[str, object], components: Mapping[str, object]) -> Validator:
    """Compile a schema of an OpenAPI 3.1 document; `components` is where its `#/components/...` references lead."""
    return Validator({**schema, "components": _reachable(schema, components)})


def _order(violation: Violation) -> int:
    if violation.keyword == "enum" and violation.path and violation.path[-1] == "type":
        return -1
    return _ORDER.get(violation.keyword, len(_ORDER))


def _reachable(schema: object, components: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """The components that `schema` refers to, directly or not, so that each validator compiles only what it needs."""
    found: dict[str, dict[str, object]] = {}
    pending = [schema]
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            members = cast(Mapping[str, object], value)
            target = members.get("$ref")
            if isinstance(target, str) and target.startswith(_REFERENCE):
                section, _, name = target.removeprefix(_REFERENCE).partition("/")
                if name not in found.setdefault(section, {}):
                    found[section][name] = cast(Mapping[str, object], components[section])[name]
                    pending.append(found[section][name])
            pending.extend(members.values())
        elif isinstance(value, list):
            pending.extend(cast(list[object], value))
    return found


def _read(error: jsonschema_rs.ValidationError, schema: Mapping[str, object]) -> Iterator[Violation]:
    path = tuple(error.instance_path)
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Required(property=name):
            yield Violation((*path, str(name)), "required", "This member is required.")
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties(unexpected=names):
            for name in names:
                yield Violation((*path, name), "additionalProperties", "There is no such member.")
        case jsonschema_rs.ValidationErrorKind.AnyOf(context=branches) | (
            jsonschema_rs.ValidationErrorKind.OneOfNotValid(context=branches)
        ):
            chosen = _closest_branch(branches, depth=len(path))
            if chosen is None:
                yield Violation(path, error.kind.name, "The value has none of the allowed forms.")
                return
            for nested in chosen:
                yield from _read(nested, schema)
        case jsonschema_rs.ValidationErrorKind.PropertyNames(error=nested):
            yield Violation(path, "propertyNames", f"A member name is invalid: {nested.message}")
        case jsonschema_rs.ValidationErrorKind.Enum(options=options):
            choices = ", ".join(json.dumps(option) for option in options)
            yield Violation(path, error.kind.name, f"The value is not one of {choices}.")
        case jsonschema_rs.ValidationErrorKind.Pattern(pattern=pattern):
            meaning = _description(schema, error.schema_path[:-1])
            wanted = f"does not match {pattern}" if len(pattern) <= _READABLE or not meaning else "does not fit"
            yield Violation(path, error.kind.name, f"The value {wanted}. {meaning}".strip())
        case kind:
            yield Violation(path, kind.name, error.message)


def _description(schema: Mapping[str, object], path: Sequence[str | int]) -> str:
    """What the part of a schema at `path` says of itself."""
    part: object = schema
    for step in path:
        if isinstance(part, Mapping):
            part = cast(Mapping[str | int, object], part).get(step)
        elif isinstance(part, list) and isinstance(step, int):
            part = cast(list[object], part)[step]
    return str(cast(Mapping[str, object], part).get("description", "")) if isinstance(part, Mapping) else ""


def _closest_branch(
    branches: list[list[jsonschema_rs.ValidationError]], *, depth: int
) -> list[jsonschema_rs.ValidationError] | None:
    """The one branch of an `anyOf` whose type fits, since its complaints are those that help; None if not one."""
    fitting = [
        branch
        for branch in branches
        if not any(
            error.kind.name in ("type", "const", "enum") and len(error.instance_path) == depth for error in branch
        )
    ]
    return fitting[0] if len(fitting) == 1 else None
