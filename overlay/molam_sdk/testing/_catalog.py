"""What the specification says of each operation: its request, an example of its success, and what fits it."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from molam_api.operations import OPERATIONS

from ._errors import StandInError
from ._schemas import complaint, fitting, sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Found(NamedTuple):
    """The operation that a request is for, and the values in its path."""

    operation: str
    path_values: dict[str, str]


def known(operation: str) -> str:
    """Return the name of an operation.

    Raises:
        StandInError: If there is none of that name.
    """
    __tracebackhide__ = True
    if operation not in OPERATIONS:
        raise StandInError(f"there is no operation {operation!r}{_meant(operation, OPERATIONS)}")
    return operation


def find(method: str, path: str) -> Found | None:
    """Return the operation that a method and a path without its query stand for, whatever the API base begins with."""
    for name, verb, pattern in _patterns():
        match = pattern.search(path) if verb == method else None
        if match is not None:
            return Found(name, {key: unquote(value) for key, value in match.groupdict().items()})
    return None


def answer(operation: str, overrides: Mapping[str, Any]) -> tuple[int, Any]:
    """Return the status and the body of a success: the example, with these members in place of its own.

    An object among them need not be whole: what it leaves out is the example's, or what its schema gives as one.

    Raises:
        StandInError: For a member that the operation does not answer, or a value that does not fit.
    """
    row = _data()["operations"][known(operation)]
    return row["status"], merged(operation, row["schema"], row["example"], overrides)


def example_of(schema: str, status: str | None = None) -> Any:
    """Return an example of a model, as some operation answers it.

    One with this status if there is any, or else one that has just been created; without a status, one that is
    retrieved. A model that no operation answers is put together from the examples of its members.
    """
    rows = [(name, row["example"]) for name, row in _data()["operations"].items() if row["schema"] == schema]
    verb = "retrieve_" if status is None else "create_"
    rows.sort(key=lambda each: (each[1].get("status") != status, not each[0].startswith(verb)))
    return deepcopy(rows[0][1]) if rows else sample({"ref": schema}, _data()["schemas"])


def merged(what: str, schema: str, example: Any, overrides: Mapping[str, Any]) -> Any:
    """Return an example with other members; see `answer`."""
    schemas = _data()["schemas"]
    described = schemas.get(schema, {})
    body = deepcopy(example)
    for name, value in overrides.items():
        members = described.get("properties", {})
        if name not in members:
            raise StandInError(f"{what} has no member {name!r}{_meant(name, members)}")
        whole = fitting(value, members[name], body.get(name), schemas)
        wrong = complaint(whole, members[name], schemas)
        if wrong is not None:
            raise StandInError(f"{what}: {name}{wrong}")
        body[name] = whole
    return body


def fits(schema: str, member: str, value: Any) -> bool:
    """Whether a member of a model may have a value."""
    schemas = _data()["schemas"]
    described = schemas.get(schema, {}).get("properties", {}).get(member)
    return described is not None and complaint(value, described, schemas) is None


def schema_of(operation: str) -> str:
    """Return the name of the model that an operation answers."""
    return str(_data()["operations"][operation]["schema"])


def words_of(schema: str, member: str) -> list[str]:
    """Return the words that a member of a model may be; empty where it may be anything."""
    schemas = _data()["schemas"]
    described = schemas.get(schema, {}).get("properties", {}).get(member, {})
    while "ref" in described:
        described = schemas[described["ref"]]
    return list(described.get("enum", ()))


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files("molam_api").joinpath("examples.json").read_text("utf-8"))
    return loaded


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, str, re.Pattern[str]]]:
    """Return the operations with what their paths look like, those without values first."""
    ordered = sorted(OPERATIONS.values(), key=lambda operation: operation.path.count("{"))
    return [(each.id, each.method, re.compile(_pattern(each.path) + "$")) for each in ordered]


def _pattern(path: str) -> str:
    parts = re.split(r"{(\w+)}", path)
    return "".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>[^/]+)" for at, part in enumerate(parts))


def _meant(name: str, names: Iterable[str]) -> str:
    near = sorted(get_close_matches(name, list(names)), key=lambda each: not each.startswith(name))
    return f"; did you mean {near[0]!r}?" if near else ""
