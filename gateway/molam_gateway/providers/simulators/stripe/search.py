"""The search for payments by metadata, which learns of new ones late."""

import re
from collections.abc import Mapping
from typing import Any

from . import charges
from .errors import invalid
from .parameters import Parameters
from .payment_intents import Execute
from .world import Document, World

_METADATA = re.compile(r"""metadata\[(['"])([^'"\\]{1,40})\1\]:(['"])([^'"\\]{1,500})\3""")
_STATUS = re.compile(r"""status:(['"])([a-z_]+)\1""")
_MOST = 100


def payment_intents(world: World, given: Mapping[str, Any]) -> Execute:
    """`GET /v1/payment_intents/search`: exact metadata, and a status beside it."""
    params = Parameters(given)
    query, limit = params.required("query"), params.integer("limit") or 10
    params.text("page")
    params.end()
    if not 1 <= limit <= _MOST:
        raise invalid("Invalid limit", None, "limit")
    metadata, statuses = _clauses(query)

    def execute() -> Document:
        newest = world.simulation.now() - world.knobs.search_lag
        matches = [world.indexed(f"metadata {name} {value}") for name, value in metadata.items()]
        ids = [id for id in matches[0] if all(id in others for others in matches)]
        found = [world.find("payment_intent", id) for id in reversed(ids)]
        seen = [each for each in found if each["created"] <= newest and (not statuses or {each["status"]} == statuses)]
        expand = [name.removeprefix("data.") for name in params.expand]
        return {
            "object": "search_result",
            "url": "/v1/payment_intents/search",
            "has_more": len(seen) > limit,
            "next_page": None,
            "data": [charges.expanded(world, each, expand) for each in seen[:limit]],
        }

    return execute


def _clauses(query: str) -> tuple[dict[str, str], set[str]]:
    metadata: dict[str, str] = {}
    statuses: set[str] = set()
    for clause in re.split(r"\s+AND\s+", query.strip()):
        if found := _METADATA.fullmatch(clause):
            metadata[found[2]] = found[4]
        elif found := _STATUS.fullmatch(clause):
            statuses.add(found[2])
        else:
            raise invalid("We were unable to parse your search query.", None, "query")
    if not metadata:
        raise invalid("The simulator searches by metadata only.", None, "query")
    return metadata, statuses
