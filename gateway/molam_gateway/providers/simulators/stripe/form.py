"""Reads form-encoded parameters with bracket nesting: `metadata[order]=7`, `expand[]=latest_charge`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import parse_qsl

_MOST_FIELDS = 1000
_DEEPEST = 8
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


class FormError(ValueError):
    """The text is not a form, or its keys contradict each other."""


def decode(text: str) -> dict[str, Any]:
    """Nested parameters; an empty pair of brackets makes a list, a number in brackets stays a key. Raises FormError."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise FormError("the form cannot be read") from None
    params: dict[str, Any] = {}
    for key, value in pairs:
        _put(params, _path(key), value)
    return params


def texts(value: object) -> list[str]:
    """A list of texts, written with empty brackets or with numbers in them. Raises FormError."""
    members: Sequence[object]
    if isinstance(value, Mapping):
        named = cast(Mapping[str, object], value)
        if not all(name.isdecimal() for name in named):
            raise FormError("a list is expected")
        members = [named[name] for name in sorted(named, key=int)]
    elif isinstance(value, list):
        members = cast(list[object], value)
    else:
        raise FormError("a list is expected")
    if not all(isinstance(member, str) for member in members):
        raise FormError("a list of texts is expected")
    return cast(list[str], list(members))


def _path(key: str) -> list[str]:
    found = _KEY.fullmatch(key)
    if found is None:
        raise FormError("a parameter's name has brackets that do not match")
    path = [found[1], *found[2][1:-1].split("][")] if found[2] else [found[1]]
    if len(path) > _DEEPEST:
        raise FormError("parameters are nested too deeply")
    if "" in path[:-1]:
        raise FormError("only lists of plain values are understood")
    return path


def _put(params: dict[str, Any], path: Sequence[str], value: str) -> None:
    *parents, last = path
    if last == "":
        *parents, name = parents
        members = _enter(params, parents).setdefault(name, [])
        if not isinstance(members, list):
            raise FormError(f"{name} is a list and something else")
        cast(list[str], members).append(value)
        return
    place = _enter(params, parents)
    if isinstance(place.get(last), (dict, list)):
        raise FormError(f"{last} has members and a value")
    place[last] = value


def _enter(params: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    place = params
    for name in names:
        inner = place.setdefault(name, {})
        if not isinstance(inner, dict):
            raise FormError(f"{name} has members and a value")
        place = cast(dict[str, Any], inner)
    return place
