"""Single values: money is an integer in minor units (in the façade text in major units), and everything has a bound."""

import re
from collections.abc import Iterator

from _regenerate.spec import Spec
from _spec.document import schemas
from _spec.finding import Flaw
from _spec.rules.requests import of_requests
from _spec.ruleset import Check, Options

_NOT_EVERYWHERE = re.compile(r"(?<!\\)(?:\\\\)*(?:\\[^\^$.*+?()\[\]{}|/\\dDnrtx]|\(\?[^:=!<]|\(\?<[^=!])")
"""Escapes and groups that one of ECMAScript (with its `u` flag), Python and Rust refuses or reads in its own way."""


def integers_only(spec: Spec, _: Options) -> Iterator[Flaw]:
    for schema in schemas(spec):
        if "number" in schema.types:
            yield Flaw(schema.pointer, "is a number with a fraction, which readers turn into a binary float")


def amounts(spec: Spec, options: Options) -> Iterator[Flaw]:
    name = re.compile(options["pattern"])
    requests = of_requests(spec)
    for schema in schemas(spec):
        if schema.role != "property" or not name.fullmatch(schema.name):
            continue
        component = schema.pointer.split("/")[3]
        minimum = 1 if component in requests else 0
        is_decimal = component in options["decimal"]
        wanted = options["as_decimal"] if is_decimal else {**options["always"], "minimum": minimum}
        if wrong := [key for key, value in wanted.items() if schema.declared.get(key) != value]:
            yield Flaw(schema.pointer, f"is an amount without {', '.join(f'{key}: {wanted[key]}' for key in wrong)}")


def bounded(spec: Spec, options: Options) -> Iterator[Flaw]:
    for schema in schemas(spec):
        declared = schema.declared
        if {"const", "enum", "$ref", "oneOf"} & declared.keys():
            continue
        for kind in schema.types:
            if missing := [key for key in options["keywords"].get(kind, []) if key not in declared]:
                yield Flaw(schema.pointer, f"is a {kind} without {', '.join(missing)}")


def patterns(spec: Spec, _: Options) -> Iterator[Flaw]:
    for schema in schemas(spec):
        if "pattern" not in schema.declared:
            continue
        pattern = schema.declared["pattern"]
        try:
            re.compile(pattern)
        except re.error as error:
            yield Flaw(schema.pointer, f"the pattern is not readable: {error}")
            continue
        if foreign := _NOT_EVERYWHERE.search(pattern):
            yield Flaw(schema.pointer, f"the pattern has {foreign[0]!r}, which ECMAScript does not read as Python does")
        if not (pattern.startswith("^") and pattern.endswith("$")):
            yield Flaw(schema.pointer, f"the pattern {pattern!r} matches any text that merely contains it")


CHECKS: dict[str, Check] = {
    "integers-only": integers_only,
    "amounts": amounts,
    "bounded": bounded,
    "patterns": patterns,
}
