"""What a caller of the generated client passes, as opposed to what goes over the wire: the spec less the SDK's headers."""

import copy
from typing import Any

from _regenerate.spec import Spec

IDEMPOTENCY_KEY = "idempotency-key"
SENT_BY_THE_SDK = "molam-"


def client_view(spec: Spec) -> Spec:
    """A copy of the spec for the generator: `Idempotency-Key` optional (the SDK mints one), no `Molam-*` request headers.

    Everything else is unchanged, and so is the argument.
    """
    view = copy.deepcopy(spec)
    shared: dict[str, Any] = view.get("components", {}).get("parameters", {})
    dropped = {f"#/components/parameters/{name}" for name, parameter in shared.items() if _is_sent_by_the_sdk(parameter)}
    for name in [name for name in shared if f"#/components/parameters/{name}" in dropped]:
        del shared[name]
    for parameter in shared.values():
        _make_key_optional(parameter)
    for item in view.get("paths", {}).values():
        for holder in [item, *(value for value in item.values() if isinstance(value, dict))]:
            if "parameters" in holder:
                holder["parameters"] = [
                    parameter
                    for parameter in holder["parameters"]
                    if parameter.get("$ref") not in dropped and not _is_sent_by_the_sdk(parameter)
                ]
                for parameter in holder["parameters"]:
                    _make_key_optional(parameter)
    return view


def _is_sent_by_the_sdk(parameter: dict[str, Any]) -> bool:
    return parameter.get("in") == "header" and str(parameter.get("name")).lower().startswith(SENT_BY_THE_SDK)


def _make_key_optional(parameter: dict[str, Any]) -> None:
    if parameter.get("in") == "header" and str(parameter.get("name")).lower() == IDEMPOTENCY_KEY:
        parameter["required"] = False
