"""The error classes carry what a caller needs to decide, and nothing that must stay secret."""

import builtins
import copy
import json
import pickle
from collections.abc import Callable

import pytest

from molam_sdk import errors

TREE = {
    errors.ApiError: errors.MolamError,
    errors.ValidationError: errors.ApiError,
    errors.AuthenticationError: errors.ApiError,
    errors.DeclinedError: errors.ApiError,
    errors.PermissionDeniedError: errors.ApiError,
    errors.NotFoundError: errors.ApiError,
    errors.ConflictError: errors.ApiError,
    errors.IdempotencyError: errors.ApiError,
    errors.RateLimitError: errors.ApiError,
    errors.ServerError: errors.ApiError,
    errors.ProviderError: errors.ApiError,
    errors.NetworkError: errors.MolamError,
    errors.TimeoutError: errors.NetworkError,
    errors.CircuitOpenError: errors.NetworkError,
    errors.UnexpectedResponseError: errors.MolamError,
    errors.SignatureError: errors.MolamError,
    errors.ConfigurationError: errors.MolamError,
}

EXAMPLES = [
    errors.MolamError("it broke", code="x", status_code=500, attempts=3, cause_type="ReadError"),
    errors.DeclinedError(
        "402 card_declined (req_1): ask for another payment method",
        status_code=402,
        code="card_declined",
        decline_code="insufficient_funds",
        request_id="req_1",
        payload={"code": "card_declined", "nested": {"list": [1, 2]}},
        idempotency_key="order-1",
        attempts=2,
        outcome="rejected",
        retry_after=1.5,
        doc_url="https://docs.example/card_declined",
        errors=[errors.FieldProblem(pointer="/amount", code="too_small", detail="at least 1")],
        param="amount",
        provider="cpay",
        provider_code="51",
        retryable=False,
        resource=errors.ResourceReference(object="payment_intent", id="pi_1", status="processing"),
    ),
    errors.NetworkError("lost", phase="body", outcome="unknown"),
    errors.TimeoutError("too late", phase="connect", cause_type="ConnectTimeout"),
    errors.CircuitOpenError("open", retry_after=5.0),
    errors.UnexpectedResponseError("torn", raw=b'{"id":"pi_', object_id="pi_1"),
    errors.SignatureError("no", reason="mismatch"),
    errors.ConfigurationError("no key"),
]


def _pickled(error: errors.MolamError) -> errors.MolamError:
    twin = pickle.loads(pickle.dumps(error))  # noqa: S301 - what it tests
    assert isinstance(twin, errors.MolamError)
    return twin


@pytest.mark.parametrize(("child", "parent"), TREE.items())
def test_tree(child: type[errors.MolamError], parent: type[errors.MolamError]) -> None:
    assert child.__mro__[1] is parent


def test_every_error_is_exported_and_drawn_at_the_top() -> None:
    drawn = errors.__doc__ or ""
    for name in ("MolamError", *(cls.__name__ for cls in TREE)):
        assert name in errors.__all__
        assert name in drawn
        assert "Raised " in (getattr(errors, name).__doc__ or "") or name == "MolamError"


def test_timeout_error_is_the_builtin_too() -> None:
    with pytest.raises(builtins.TimeoutError, match="too late"):
        raise errors.TimeoutError("too late", phase="connect")


def test_configuration_error_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="no key"):
        raise errors.ConfigurationError("no key")


def test_a_bare_error_has_every_attribute() -> None:
    error = errors.ApiError("refused")
    assert (error.message, str(error), error.args) == ("refused", "refused", ("refused",))
    assert (error.code, error.status_code, error.request_id, error.payload) == (None, None, None, None)
    assert (error.idempotency_key, error.attempts, error.outcome) == (None, 0, "not_sent")
    assert (error.retry_after, error.doc_url, error.cause_type) == (None, None, None)
    assert (error.errors, error.param, error.decline_code, error.provider) == ((), None, None, None)
    assert (error.provider_code, error.retryable, error.resource) == (None, None, None)


def test_an_unexpected_response_is_in_doubt_unless_told_otherwise() -> None:
    assert errors.UnexpectedResponseError("torn").outcome == "unknown"
    assert errors.UnexpectedResponseError("a redirect", outcome="rejected").outcome == "rejected"


def test_details_are_keyword_only() -> None:
    with pytest.raises(TypeError):
        errors.MolamError("x", "code")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_errors_survive_copying(
    error: errors.MolamError, copied: Callable[[errors.MolamError], errors.MolamError]
) -> None:
    error.add_note("seen by the worker")
    twin = copied(error)
    assert type(twin) is type(error)
    assert twin.args == error.args
    assert str(twin) == str(error)
    assert vars(twin) == vars(error)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_errors_survive_pickling_but_for_what_may_show_a_customer(error: errors.MolamError) -> None:
    error.add_note("seen by the worker")
    twin = _pickled(error)
    assert type(twin) is type(error)
    assert (twin.args, str(twin)) == (error.args, str(error))
    left_out = {"payload", "errors", "resource", "raw"}
    assert vars(twin).keys() == vars(error).keys()
    assert [name for name in vars(error) if vars(twin)[name] != vars(error)[name] and name not in left_out] == []


def test_a_pickle_keeps_the_codes_of_a_problem_and_none_of_its_texts() -> None:
    problem = {
        "title": "Bad Request",
        "status": 400,
        "detail": "Awa Canary is no name",
        "code": "parameter_invalid",
        "errors": [{"pointer": "/customer/name", "code": "pattern", "detail": "Awa Canary"}, "Canary"],
        "resource": {"object": "payment_intent", "id": "pi_1", "status": "canceled", "description": "Canary"},
        "echo": {"name": "Canary"},
        "request_id": {"not": "Canary"},
    }
    error = errors.api_error(400, {}, json.dumps(problem).encode())
    assert b"Canary" not in pickle.dumps(_without_message(error))
    twin = _pickled(error)
    assert isinstance(twin, errors.ValidationError)
    assert twin.payload == {
        "title": "Bad Request",
        "status": 400,
        "code": "parameter_invalid",
        "errors": [{"pointer": "/customer/name", "code": "pattern"}],
        "resource": {"object": "payment_intent", "id": "pi_1", "status": "canceled"},
    }
    assert [(found.pointer, found.code, found.detail) for found in twin.errors] == [("/customer/name", "pattern", None)]
    assert twin.resource == {"object": "payment_intent", "id": "pi_1", "status": "canceled"}


def test_the_bytes_of_an_answer_are_not_pickled() -> None:
    assert b"whsec_" not in pickle.dumps(errors.UnexpectedResponseError("torn", raw=b'{"secret": "whsec_abc"}'))


def _without_message(error: errors.MolamError) -> errors.MolamError:
    """The server's words stay in the message, masked; here it is the rest that counts."""
    error.args, error.message = (), ""
    return error


def test_a_subclass_with_its_own_constructor_survives_pickling() -> None:
    error = ShopError(42)
    twin = _pickled(error)
    assert isinstance(twin, ShopError)
    assert (str(twin), twin.order, twin.outcome) == ("order 42", 42, "unknown")


class ShopError(errors.MolamError):
    def __init__(self, order: int) -> None:
        super().__init__(f"order {order}", outcome="unknown")
        self.order = order


def test_neither_str_nor_repr_show_the_answer() -> None:
    error = errors.UnexpectedResponseError(
        "torn", raw=b"whsec_abc", payload={"secret": "whsec_abc"}, idempotency_key="order-1"
    )
    assert "whsec_abc" not in f"{error} {error!r}"


def test_parts_of_a_problem_are_mappings_with_named_members() -> None:
    field = errors.FieldProblem(pointer="/amount", code="amount_invalid", detail="at least 1", hint="new")
    assert (field.pointer, field.code, field.detail) == ("/amount", "amount_invalid", "at least 1")
    assert field["hint"] == "new"
    resource = errors.ResourceReference(object="payment_intent", id="pi_1", status="processing")
    assert (resource.object_, resource.id, resource.status) == ("payment_intent", "pi_1", "processing")
    assert resource["id"] == "pi_1"
    assert errors.ResourceReference(id=7).id is None
