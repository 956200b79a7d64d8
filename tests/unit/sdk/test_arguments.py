"""What users pass, turned into what the generated endpoints take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_api.models import BeneficiaryRequest, CaptureMethod, CustomerRequest, Metadata
from molam_api.types import UNSET
from molam_sdk import errors
from molam_sdk.resources import _arguments as arguments


def refused(call: Any, *args: Any) -> errors.ValidationError:
    with pytest.raises(errors.ValidationError) as caught:
        call(*args)
    assert (caught.value.outcome, caught.value.status_code) == ("not_sent", None)
    return caught.value


def test_what_is_left_out_is_unset() -> None:
    left_out: list[object] = [
        arguments.given(None),
        arguments.minor_units(None, "amount"),
        arguments.word(CaptureMethod, None, "capture_method"),
        arguments.flag(None, "confirm"),
        arguments.optional_strings(None, "enabled_events"),
        arguments.metadata(None),
        arguments.optional(CustomerRequest, None, "customer"),
    ]
    assert all(each is UNSET for each in left_out)
    assert arguments.time(None, "created_at_gte") is None


def test_words() -> None:
    assert arguments.word(CaptureMethod, "manual", "capture_method") is CaptureMethod.MANUAL
    assert arguments.word(CaptureMethod, CaptureMethod.MANUAL, "capture_method") is CaptureMethod.MANUAL
    assert arguments.required_word(CaptureMethod, "by_pigeon", "capture_method") == "by_pigeon"
    assert refused(arguments.required_word, CaptureMethod, None, "capture_method").param == "capture_method"


@pytest.mark.parametrize("value", [["*"], ("*",), []])
def test_lists_of_strings(value: Any) -> None:
    assert arguments.strings(value, "enabled_events") == list(value)


@pytest.mark.parametrize("value", ["*", b"*", None, 7, {"*"}, iter(["*"]), ["*", 1], {"*": 1}])
def test_what_is_no_list_of_strings(value: Any) -> None:
    assert refused(arguments.strings, value, "enabled_events").param == "enabled_events"


@pytest.mark.parametrize("value", [{}, {"a": "b"}, MappingProxyType({"a": "b"}), Metadata.from_dict({"a": "b"})])
def test_metadata(value: Any) -> None:
    made = arguments.metadata(value)
    assert isinstance(made, Metadata)
    assert made.to_dict() == dict(value)


def test_metadata_is_copied() -> None:
    given_ = {"a": "b"}
    made = arguments.metadata(given_)
    given_["a"] = "c"
    assert isinstance(made, Metadata)
    assert made.to_dict() == {"a": "b"}


@pytest.mark.parametrize("value", [[("a", "b")], "ab", 7, {"a": None}, {"a": 1}, {None: "a"}, {"a": ["b"]}])
def test_metadata_of_anything_but_strings(value: Any) -> None:
    assert refused(arguments.metadata, value).param == "metadata"


def test_nested_objects() -> None:
    model = CustomerRequest(phone="+221")
    assert arguments.nested(CustomerRequest, model, "customer") is model
    made = arguments.nested(CustomerRequest, {"phone": "+221", "email": None}, "customer")
    assert made.to_dict() == {"phone": "+221"}


def test_a_missing_member_is_named() -> None:
    error = refused(arguments.nested, BeneficiaryRequest, {"phone": "+221"}, "beneficiary")
    assert (error.code, error.param) == ("parameter_missing", "beneficiary.type")


def test_an_unknown_member_is_named_with_those_that_exist() -> None:
    error = refused(arguments.nested, CustomerRequest, {"fone": "+221"}, "customer")
    assert (error.code, error.param) == ("parameter_unknown", "customer.fone")
    assert "it takes email, name, phone" in error.message
    assert refused(arguments.nested, CustomerRequest, {1: "a"}, "customer").param == "customer.1"


@pytest.mark.parametrize("value", [{"type": []}, {"type": {}}, {"type": 7}])
def test_a_member_of_the_wrong_type(value: Any) -> None:
    assert refused(arguments.nested, BeneficiaryRequest, value, "beneficiary").param == "beneficiary"


@pytest.mark.parametrize("value", [None, "awa", 7, [("phone", "+221")], BeneficiaryRequest])
def test_what_is_no_mapping(value: Any) -> None:
    assert refused(arguments.nested, CustomerRequest, value, "customer").param == "customer"


@pytest.mark.parametrize("value", [True, False])
def test_flags(value: bool) -> None:
    assert arguments.flag(value, "confirm") is value


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-01T12:00:00Z", datetime(2026, 11, 1, 12, tzinfo=UTC)),
        ("2026-11-01T12:00:00.25+02:00", datetime(2026, 11, 1, 10, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-11-01T12:00-0530", datetime(2026, 11, 1, 17, 30, tzinfo=UTC)),
    ],
)
def test_times_in_words(text: str, moment: datetime) -> None:
    assert arguments.time(text, "created_at_gte") == moment


@pytest.mark.parametrize(
    "value",
    ["", "now", "2026-11-01", "2026-11-01T12:00:00", "2026-13-01T12:00:00Z", "1700000000", 1_700_000_000, 1.5, b"2026"],
)
def test_what_is_no_moment(value: Any) -> None:
    assert refused(arguments.time, value, "created_at_gte").param == "created_at_gte"


def test_a_naive_datetime_is_no_moment() -> None:
    refused(arguments.time, datetime(2026, 11, 1), "created_at_gte")  # noqa: DTZ001 - it must be refused


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-11)), timezone(timedelta(hours=14))])))
def test_aware_datetimes_go_through(moment: datetime) -> None:
    assert arguments.time(moment, "created_at_gte") is moment
    assert arguments.time(moment.isoformat(), "created_at_gte") == moment


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    try:
        moment = arguments.time(text, "created_at_gte")
    except errors.ValidationError:
        return
    assert moment is not None
    assert moment.utcoffset() is not None
