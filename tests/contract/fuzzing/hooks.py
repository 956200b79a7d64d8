"""The hooks and checks that schemathesis loads."""

import itertools
import json
import os
from collections.abc import Callable, MutableMapping
from typing import Any, TypeVar, cast

import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.hooks import HookContext

from tests.contract.fuzzing import conventions, fences
from tests.contract.fuzzing.refusals import is_legitimate
from tests.contract.fuzzing.world import World

api_key = os.environ["MOLAM_CONTRACT_KEY"]
world = World(os.environ["MOLAM_CONTRACT_URL"], api_key)

_keys = itertools.count(1)
_STATEFUL = "stateful"
_REFUSED = "ST202"

F = TypeVar("F", bound=Callable[..., Any])


def hook(function: F) -> F:
    """`schemathesis.hook` with its type: the function stays what it is."""
    return cast(F, cast(Any, schemathesis).hook(function))


@hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Make a request reach its handler, if it is meant to, and do no harm there."""
    meta = case.meta
    if meta is None:
        return
    operation_id = _operation_id(case)
    headers = cast(MutableMapping[str, Any], cast(Any, case).headers)
    fences.headers(headers, world, f"fuzz-{next(_keys)}")
    if isinstance(case.body, dict):
        fences.body(operation_id, cast(dict[str, Any], case.body), world)
    meant = meta.phase.data.parameter if meta.is_negative_at(ParameterLocation.HEADER) else None
    fences.optional_headers(headers, meant)
    if not meta.is_negative_at(ParameterLocation.QUERY):
        fences.query(operation_id, case.query, world)
    if meta.generation.mode.is_positive and meta.phase.name.value != _STATEFUL:
        fences.path(operation_id, case.path_parameters, world)


@hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Learn which objects exist."""
    if response.status_code not in (200, 201):
        return
    document = response.json()
    id = document.get("id", document.get("transaction_id"))
    if isinstance(id, str):
        if document.get("deleted"):
            world.forget(id)
        else:
            world.learn(id)


@hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Drop what is no failure: a well-formed request refused for a reason that the contract names."""
    if failure.code != _REFUSED:
        return True
    return not (_is_a_stranger(response) or is_legitimate(_operation_id(case), json.loads(response.content)))


@schemathesis.check
def keeps_the_conventions(context: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """Every answer has its request id, echoes the attempt, may not be cached, and is a problem if it is an error."""
    sent = response.request.headers
    wrong = conventions.complaint(response.status_code, response.headers, response.content, sent)
    assert wrong is None, wrong
    return None


def _operation_id(case: Case[Any]) -> str:
    return str(case.operation.definition.raw["operationId"])


def _is_a_stranger(response: Response) -> bool:
    """Credentials are no part of the schema, so a request with generated ones counts as well-formed."""
    return response.status_code == 401 and response.request.headers.get("Authorization") != f"Bearer {api_key}"
