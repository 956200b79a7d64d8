"""What a client offers: its resources, their methods, and which method is for which operation."""

import inspect
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from molam_api.operations import OPERATIONS
from molam_sdk import MolamAsyncClient, MolamClient


def attribute(tag: str) -> str:
    """Where a client has the resource of a tag."""
    return tag.replace("gateway_", "gateway.", 1)


RESOURCES = sorted({attribute(operation.resource) for operation in OPERATIONS.values()})

_NAMES = {
    "rotate_webhook_secret": "rotate_secret",
    "redrive_webhook_deliveries": "redrive_many",
    "create_realtime_ticket": "create_ticket",
    "retrieve_sandbox_ledger": "retrieve_ledger",
    "advance_clock": "advance_clock",
    "inject_fault": "inject_fault",
    "trigger_event": "trigger_event",
    "get_liveness": "live",
    "retrieve_provider_configuration": "retrieve_configuration",
    "get_readiness": "ready",
}
"""Methods that are called more than the first word of their operation."""

METHODS: Mapping[str, tuple[str, str]] = {
    id: (attribute(operation.resource), _NAMES.get(id, id.partition("_")[0])) for id, operation in OPERATIONS.items()
}
"""The resource and the method of each operation."""

CLIENTS: Mapping[str, Any] = {
    "sync": MolamClient(api_key="sk_test_parity", api_base="http://127.0.0.1:8080"),
    "async": MolamAsyncClient(api_key="sk_test_parity", api_base="http://127.0.0.1:8080"),
}
"""One client of each kind, to look at; they never open a connection."""


def public(thing: object) -> list[str]:
    """The names that users may use."""
    return [name for name in dir(thing) if not name.startswith("_")]


def methods(kind: str, resource: str) -> Mapping[str, Any]:
    """The bound methods of a resource."""
    found = attrgetter(resource)(CLIENTS[kind])
    return {name: getattr(found, name) for name in public(found)}


def promise(method: Any) -> tuple[object, str]:
    """A method's parameters with kind, default and type, and its result, as the synchronous client would say it."""
    signature = inspect.signature(method)
    parameters = [(p.name, p.kind, p.default, str(p.annotation)) for p in signature.parameters.values()]
    return parameters, str(signature.return_annotation).replace("Async", "")
