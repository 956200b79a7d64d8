"""Reads query, path and header parameters: text in, values of the declared type out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from .schema import Violation
from .spec import Operation, Parameter

_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)
_BOOLEANS = {"true": True, "false": False}
_KEY_HEADER = "idempotency-key"


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a request gave: `violations` is empty if all of it is valid."""

    path: Mapping[str, str]
    query: Mapping[str, object]
    violations: Sequence[Violation]


def read(operation: Operation, path: Mapping[str, str], query_string: bytes, headers: Mapping[str, str]) -> Parameters:
    """Coerce and check every parameter but Idempotency-Key, which is looked at after the body."""
    violations: list[Violation] = []
    texts = _query_texts(query_string)
    query: dict[str, object] = {}
    for parameter in operation.parameters:
        if parameter.location == "query":
            values = texts.pop(parameter.name, [])
            if values:
                query[parameter.name] = value = _coerce(parameter, values)
                violations += _check(parameter, value)
            elif parameter.required:
                violations.append(Violation((parameter.name,), "required", "This parameter is required."))
        elif parameter.location == "path":
            violations += _check(parameter, path[parameter.name])
        elif parameter.location == "header" and parameter.name.lower() != _KEY_HEADER:
            text = headers.get(parameter.name.lower())
            if text is not None:
                violations += _check(parameter, _coerce(parameter, [text]))
    violations += [Violation((name,), "additionalProperties", "There is no such parameter.") for name in texts]
    return Parameters(path, query, violations)


def _query_texts(query_string: bytes) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for name, value in parse_qsl(query_string.decode("latin-1"), keep_blank_values=True):
        texts.setdefault(name, []).append(value)
    return texts


def _coerce(parameter: Parameter, values: list[str]) -> object:
    if "array" in parameter.types:
        return values
    if len(values) > 1:
        return values  # no scalar schema admits it, so the caller hears of the repetition
    text = values[0]
    if "integer" in parameter.types and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in parameter.types and _NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in parameter.types and text in _BOOLEANS:
        return _BOOLEANS[text]
    return text


def _check(parameter: Parameter, value: object) -> list[Violation]:
    return [
        Violation((parameter.name, *violation.path), violation.keyword, violation.message)
        for violation in parameter.validator.violations(value)
    ]
