"""Reading the spec: one YAML file into plain JSON values, or a message that says what is wrong and where."""

import datetime as dt
import json
from pathlib import Path
from typing import Any, TypeGuard

import yaml

Spec = dict[str, Any]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class SpecError(Exception):
    """The spec cannot be generated from; the message names the place."""


def load(path: Path) -> Spec:
    """The spec in `path` as plain JSON values, with mapping order kept.

    Raises SpecError for a file that is missing, is not YAML, gives a key twice, holds a value that JSON has not (an
    unquoted date), refers to nothing, or is not OpenAPI 3.1.
    """
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        document = loader.get_single_node()
        _refuse_repeated_keys(document)
        loaded = _plain(loader.construct_document(document) if document else None, "#")
        if not is_object(loaded) or not str(loaded.get("openapi")).startswith("3.1."):
            raise SpecError("not an OpenAPI 3.1 document")
        _refuse_dangling(loaded, loaded, "#")
    except OSError as error:
        raise SpecError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SpecError(f"{path}: not UTF-8 (byte {error.start})") from None
    except yaml.YAMLError as error:
        raise SpecError(f"{path}: not YAML: {error}") from None
    except RecursionError:
        raise SpecError(f"{path}: an alias holds itself") from None
    except SpecError as error:
        raise SpecError(f"{path}: {error}") from None
    return loaded


def to_json(spec: Spec) -> bytes:
    """The spec as JSON bytes: same spec, same bytes."""
    return (json.dumps(spec, ensure_ascii=False, indent=1) + "\n").encode()


def resolve(spec: Spec, value: Spec) -> Spec:
    """`value`, or what its local `$ref` chain ends in."""
    followed: list[str] = []
    while "$ref" in value:
        followed.append(value["$ref"])
        if len(followed) > len(set(followed)):
            raise SpecError(f"$ref {followed[0]!r} leads back to itself")
        value = _pointed_at(spec, followed[-1])
    return value


def is_object(value: object) -> TypeGuard[Spec]:
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


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


def _plain(value: object, pointer: str) -> object:
    if is_object(value):
        keys: list[object] = list(value)
        for key in keys:
            if isinstance(key, bool) or not isinstance(key, str | int):
                raise SpecError(f"{pointer}: the key {key!r} must be quoted")
        return {str(key): _plain(member, f"{pointer}/{key}") for key, member in value.items()}
    if is_array(value):
        return [_plain(item, f"{pointer}/{index}") for index, item in enumerate(value)]
    if isinstance(value, dt.date):
        raise SpecError(f"{pointer}: YAML reads {value.isoformat()} as a date: quote it")
    if isinstance(value, float) and value - value != 0:
        raise SpecError(f"{pointer}: {value} is not a JSON number")
    if value is None or isinstance(value, str | int | float):
        return value
    raise SpecError(f"{pointer}: {type(value).__name__} is not a JSON value")


def _refuse_dangling(spec: Spec, value: object, pointer: str) -> None:
    if is_object(value):
        reference = value.get("$ref")
        if isinstance(reference, str):
            try:
                resolve(spec, value)
            except SpecError as error:
                raise SpecError(f"{pointer}: {error}") from None
        for key, member in value.items():
            if key != "example":
                _refuse_dangling(spec, member, f"{pointer}/{key}")
    elif is_array(value):
        for index, item in enumerate(value):
            _refuse_dangling(spec, item, f"{pointer}/{index}")


def _pointed_at(spec: Spec, reference: str) -> Spec:
    if not reference.startswith("#/"):
        raise SpecError(f"$ref {reference!r} leaves the document: bundle it first")
    target: object = spec
    for part in reference[2:].split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not is_object(target) or name not in target:
            raise SpecError(f"$ref {reference!r} points to nothing")
        target = target[name]
    if not is_object(target):
        raise SpecError(f"$ref {reference!r} does not point to an object")
    return target
