"""What a caller of the generated client sees: the spec less what others call and the headers that the SDK sends."""

import copy
import json
from typing import Any

from _regenerate.paths import operations
from _regenerate.spec import Spec, is_object

_IDEMPOTENCY_KEY = "idempotency-key"
_SENT_BY_THE_SDK = "molam-"


def client_view(spec: Spec) -> Spec:
    """A copy of the spec with `Idempotency-Key` optional (the SDK mints one) and without `Molam-*` request headers.

    Operations marked `x-molam-inbound` are left out with the schemas that only they have. Everything else is unchanged,
    and so is the argument.
    """
    view = copy.deepcopy(spec)
    _drop_inbound(view)
    shared: Spec = view.get("components", {}).get("parameters", {})
    dropped = {f"#/components/parameters/{name}" for name, each in shared.items() if _sent_by_the_sdk(each)}
    for reference in dropped:
        del shared[reference.rpartition("/")[2]]
    for parameter in shared.values():
        _make_key_optional(parameter)
    for item in view.get("paths", {}).values():
        for holder in (item, *item.values()):
            if is_object(holder) and "parameters" in holder:
                declared: list[Spec] = holder["parameters"]
                kept = [each for each in declared if each.get("$ref") not in dropped and not _sent_by_the_sdk(each)]
                for parameter in kept:
                    _make_key_optional(parameter)
                holder["parameters"] = kept
    return view


def _drop_inbound(view: Spec) -> None:
    dropped = [operation for operation in operations(view) if operation.is_inbound]
    for operation in dropped:
        item = view["paths"][operation.path]
        del item[operation.method]
        if not item:
            del view["paths"][operation.path]
    were, schemas = json.dumps([each.declared for each in dropped]), view.get("components", {}).get("schemas", {})
    for name in list(schemas):
        reference = f'"#/components/schemas/{name}"'
        if reference in were and reference not in json.dumps(view):
            del schemas[name]


def _sent_by_the_sdk(parameter: dict[str, Any]) -> bool:
    return _header(parameter).startswith(_SENT_BY_THE_SDK)


def _make_key_optional(parameter: dict[str, Any]) -> None:
    if _header(parameter) == _IDEMPOTENCY_KEY:
        parameter["required"] = False


def _header(parameter: dict[str, Any]) -> str:
    """The parameter's name in lower case if it is a header, otherwise an empty string."""
    return str(parameter["name"]).lower() if parameter.get("in") == "header" else ""
