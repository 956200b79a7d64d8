"""Runs a canonical operation for the façade: its answers in the façade's words, the replayed ones too.

What is stored with the key is the canonical answer. Translating it is pure, so a replay gives the same bytes.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias, cast

from ...domain import facade
from ...domain.call import Answer, Call
from ...domain.problems import ProblemError, Resource
from ...services import Services
from ..execution import Operation, to_bytes

View: TypeAlias = Callable[[Mapping[str, object]], dict[str, object]]


async def translated(services: Services, call: Call, operation: Operation, view: View) -> Answer:
    """Run `operation` for a call that has its members already; `view` translates the object that it answers."""
    try:
        answer = await operation(services, call)
    except ProblemError as error:
        if error.resource is not None:
            told = facade.resource(error.resource, declined=error.status == 402)
            error.detail = facade.detail(error.detail, error.resource, told)
            error.resource = told
        raise
    document = cast(dict[str, object], json.loads(answer.body) if isinstance(answer.body, bytes) else answer.body)
    body = view(document) if answer.status < 400 else _problem(document, declined=answer.status == 402)
    return replace(answer, body=to_bytes(body))


def _problem(document: dict[str, object], *, declined: bool) -> dict[str, object]:
    named = cast(Mapping[str, str | None] | None, document["resource"])
    if named is None:
        return document
    meant = Resource(str(named["object"]), str(named["id"]), named["status"])
    told = facade.resource(meant, declined=declined)
    return {
        **document,
        "detail": facade.detail(str(document["detail"]), meant, told),
        "resource": {"object": told.object, "id": told.id, "status": told.status},
    }
