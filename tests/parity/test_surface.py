"""Both clients have the same resources, methods, signatures and docstrings."""

import inspect
from operator import attrgetter
from typing import Any

import pytest

from molam_api.operations import OPERATIONS
from molam_sdk import MolamAsyncClient, MolamClient
from tests.parity.recording import KINDS
from tests.parity.surface import CLIENTS, METHODS, RESOURCES, methods, promise, public

CLASSES = {"sync": MolamClient, "async": MolamAsyncClient}
FLAT = {
    "create_payment_intent": "payment_intents.create",
    "retrieve_payment_intent": "payment_intents.retrieve",
    "confirm_payment_intent": "payment_intents.confirm",
    "cancel_payment_intent": "payment_intents.cancel",
    "list_payment_intents": "payment_intents.list",
    "create_refund": "refunds.create",
    "retrieve_refund": "refunds.retrieve",
    "create_payout": "payouts.create",
    "retrieve_payout": "payouts.retrieve",
    "create_merchant_onboarding": "merchant_onboardings.create",
}
NAMED_METHODS = sorted(METHODS.values())


def reached(client: Any, path: str) -> Any:
    resource, _, method = path.partition(".")
    return getattr(getattr(client, resource), method)


def test_the_clients_offer_the_same() -> None:
    asynchronous = {"close" if name == "aclose" else name for name in public(CLIENTS["async"])}
    assert set(public(CLIENTS["sync"])) == asynchronous


@pytest.mark.parametrize("kind", KINDS)
def test_every_operation_has_its_method_and_every_method_its_operation(kind: str) -> None:
    offered = {(resource, name) for resource in RESOURCES for name in methods(kind, resource)}
    assert offered == set(METHODS.values())
    assert len(offered) == len(OPERATIONS)


@pytest.mark.parametrize(("resource", "name"), NAMED_METHODS)
def test_a_method_promises_the_same_on_both_clients(resource: str, name: str) -> None:
    sync, asynchronous = methods("sync", resource)[name], methods("async", resource)[name]
    assert promise(sync) == promise(asynchronous)
    assert inspect.getdoc(sync) == inspect.getdoc(asynchronous)
    assert inspect.iscoroutinefunction(asynchronous) == (name != "list")
    assert not inspect.iscoroutinefunction(sync)


@pytest.mark.parametrize(("resource", "name"), NAMED_METHODS)
def test_a_docstring_explains_every_argument(resource: str, name: str) -> None:
    method = methods("sync", resource)[name]
    documentation = inspect.getdoc(method) or ""
    named = [parameter for parameter in inspect.signature(method).parameters if parameter != path_id(method)]
    assert [parameter for parameter in named if f"\n    {parameter}: " not in documentation] == []


ACTS_ON = {"refresh_token": ("refresh_token",), "revoke_token": ("token",)}
"""Operations without an id in the path whose only required member is what they act on."""


def path_id(method: Any) -> str | None:
    """What a method acts on, the only argument that may be given by position: the id of an object, mostly."""
    first = next(iter(inspect.signature(method).parameters.values()), None)
    return first.name if first is not None and first.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD else None


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_only_what_it_acts_on_is_positional(operation_id: str) -> None:
    resource, name = METHODS[operation_id]
    parameters = inspect.signature(methods("sync", resource)[name]).parameters.values()
    positional = tuple(p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD)
    assert positional == ACTS_ON.get(operation_id, OPERATIONS[operation_id].path_params)
    takes_a_key = "idempotency_key" in {parameter.name for parameter in parameters}
    assert takes_a_key == OPERATIONS[operation_id].needs_idempotency_key


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("flat", "path"), FLAT.items())
def test_a_flat_name_is_the_same_method(kind: str, flat: str, path: str) -> None:
    assert getattr(CLIENTS[kind], flat) == reached(CLIENTS[kind], path)


@pytest.mark.parametrize("kind", KINDS)
def test_raw_mode_covers_every_method(kind: str) -> None:
    raw = CLIENTS[kind].with_raw_response
    assert {*public(raw)} - {"gateway"} | {f"gateway.{name}" for name in public(raw.gateway)} == {*RESOURCES}
    for resource in RESOURCES:
        found = attrgetter(resource)(raw)
        offered = {name: getattr(found, name) for name in public(found)}
        assert offered.keys() == methods(kind, resource).keys()
        for name, method in offered.items():
            if name != "list":
                assert promise(method) == promise(methods(kind, resource)[name])


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_resource_says_the_same_about_itself(resource: str) -> None:
    holder, _, name = resource.rpartition(".")
    holders: list[Any] = [type(getattr(CLIENTS[kind], holder)) if holder else CLASSES[kind] for kind in KINDS]
    sync, asynchronous = (inspect.getdoc(getattr(each, name)) for each in holders)
    assert sync
    assert sync == asynchronous


@pytest.mark.parametrize(
    "name", ["call", "resolve", "recover", "with_options", "verify_webhook_signature", "construct_event", "config"]
)
def test_what_is_on_the_client_itself_promises_the_same(name: str) -> None:
    sync, asynchronous = (getattr(CLASSES[kind], name) for kind in KINDS)
    assert inspect.getdoc(sync) == inspect.getdoc(asynchronous)
    if callable(sync):
        assert promise(sync) == promise(asynchronous)


def test_webhooks_are_verified_by_plain_functions_on_both() -> None:
    for kind in KINDS:
        for name in ("verify_webhook_signature", "construct_event"):
            assert not inspect.iscoroutinefunction(getattr(CLIENTS[kind], name))
