"""Reading the spec: one YAML file into plain JSON values, or a message that says what is wrong and where."""

import datetime
import json
from pathlib import Path
from typing import Any

import yaml

Spec = dict[str, Any]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class SpecError(Exception):
    """The spec cannot be generated from; the message names the place."""


def load(path: Path) -> Spec:
    """The spec in `path` as plain JSON values, with mapping order kept.

    Raises SpecError for a file that is missing, is not YAML, gives a key twice, holds a value that JSON has not (an
    unquoted date), refers to nothing, or is not OpenAPI 3.1.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SpecError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SpecError(f"{path}: not UTF-8 (byte {error.start})") from None
    loader = _Loader(text)
    try:
        document = loader.get_single_node()
        _refuse_repeated_keys(document)
        loaded = _plain(loader.construct_document(document), "#")
    except yaml.YAMLError as error:
        raise SpecError(f"{path}: not YAML: {error}") from None
    except SpecError as error:
        raise SpecError(f"{path}: {error}") from None
    if not isinstance(loaded, dict) or not str(loaded.get("openapi", "")).startswith("3.1."):
        raise SpecError(f"{path}: not an OpenAPI 3.1 document")
    _refuse_dangling(loaded, loaded, "#", path)
    return loaded


def to_json(spec: Spec) -> bytes:
    """The spec as JSON bytes: same spec, same bytes."""
    return (json.dumps(spec, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def resolve(spec: Spec, value: dict[str, Any]) -> dict[str, Any]:
    """`value`, or what its local `$ref` chain ends in."""
    while "$ref" in value:
        value = _pointed_at(spec, value["$ref"])
    return value


def _refuse_repeated_keys(node: yaml.Node | None) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(item)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise SpecError(f"line {key.start_mark.line + 1}: {key.value!r} is given twice in one mapping")
            seen.add(key.value)
            _refuse_repeated_keys(value)


def _plain(value: Any, pointer: str) -> Any:
    if isinstance(value, dict):
        plain = {}
        for key, member in value.items():
            if isinstance(key, bool) or not isinstance(key, str | int):
                raise SpecError(f"{pointer}: the key {key!r} must be quoted")
            plain[str(key)] = _plain(member, f"{pointer}/{key}")
        return plain
    if isinstance(value, list):
        return [_plain(item, f"{pointer}/{index}") for index, item in enumerate(value)]
    if isinstance(value, datetime.date):
        raise SpecError(f"{pointer}: YAML reads {value.isoformat()} as a date: quote it")
    if value is None or isinstance(value, str | int | float):
        return value
    raise SpecError(f"{pointer}: {type(value).__name__} is not a JSON value")


def _refuse_dangling(spec: Spec, value: Any, pointer: str, path: Path) -> None:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            try:
                _pointed_at(spec, reference)
            except SpecError as error:
                raise SpecError(f"{path}: {pointer}: {error}") from None
        for key, member in value.items():
            if key not in ("example", "examples"):
                _refuse_dangling(spec, member, f"{pointer}/{key}", path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_dangling(spec, item, f"{pointer}/{index}", path)


def _pointed_at(spec: Spec, reference: str) -> dict[str, Any]:
    if not reference.startswith("#/"):
        raise SpecError(f"$ref {reference!r} leaves the document: bundle it first")
    target: Any = spec
    for part in reference[2:].split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(target, dict) or name not in target:
            raise SpecError(f"$ref {reference!r} points to nothing")
        target = target[name]
    if not isinstance(target, dict):
        raise SpecError(f"$ref {reference!r} does not point to an object")
    return target
