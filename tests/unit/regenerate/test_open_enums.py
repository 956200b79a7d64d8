"""Open enums: a value that the API learnt after this client was generated is kept, and behaves like its string."""

import copy
import json
import pickle
from typing import Any

import pytest

from molam_api.models import CaptureMethod, ChargeStatus, PaymentIntentStatus


def test_a_known_value_is_its_member() -> None:
    assert PaymentIntentStatus("succeeded") is PaymentIntentStatus.SUCCEEDED
    assert str(PaymentIntentStatus.SUCCEEDED) == "succeeded"


def test_an_unknown_value_is_a_member_that_equals_and_hashes_like_its_string() -> None:
    status = PaymentIntentStatus("paused")
    assert isinstance(status, PaymentIntentStatus)
    assert status == "paused"
    assert status != PaymentIntentStatus.SUCCEEDED
    counted: dict[str, int] = {status: 1}
    assert counted["paused"] == 1
    assert (status.value, status.name, str(status), f"{status}") == ("paused",) * 4
    assert type(status.value) is str
    assert repr(status) == "<PaymentIntentStatus.paused: 'paused'>"


def test_unknown_values_are_not_listed() -> None:
    before = list(PaymentIntentStatus)
    PaymentIntentStatus("paused")
    assert list(PaymentIntentStatus) == before
    assert len(PaymentIntentStatus) == len(before)
    assert "paused" not in PaymentIntentStatus.__members__


@pytest.mark.parametrize("value", ["paused", "succeeded", ""])
def test_members_survive_pickling_copying_and_json(value: str) -> None:
    status = PaymentIntentStatus(value)
    unpickled = pickle.loads(pickle.dumps(status))  # noqa: S301  our own bytes
    for twin in (unpickled, copy.copy(status), copy.deepcopy(status)):
        assert isinstance(twin, PaymentIntentStatus)
        assert twin == status
        assert twin.value == value
    assert json.dumps(status) == json.dumps(value)


def described(status: PaymentIntentStatus) -> str:
    match status:
        case PaymentIntentStatus.SUCCEEDED:
            return "paid"
        case "paused":  # pyright: ignore[reportUnnecessaryComparison]  (the class is open)
            return "on hold"
        case _:
            return f"other: {status.value}"


def test_match_works_on_members_on_strings_and_on_the_rest() -> None:
    answers = [described(PaymentIntentStatus(value)) for value in ("succeeded", "paused", "frozen")]
    assert answers == ["paid", "on hold", "other: frozen"]


def test_an_unknown_value_is_not_taken_for_a_member_called_unknown() -> None:
    assert ChargeStatus("lost") != ChargeStatus.UNKNOWN
    assert ChargeStatus("unknown") is ChargeStatus.UNKNOWN


@pytest.mark.parametrize("value", [None, 7, 1.5, b"manual", ["manual"]])
def test_what_is_no_string_is_still_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="is not a valid CaptureMethod"):
        CaptureMethod(value)
