"""A newer server: fields and values that this SDK has never heard of arrive and stay reachable."""

from __future__ import annotations

from typing import Any

import pytest

from molam_sdk import errors
from tests.faults.driver import Connect
from tests.faults.payloads import INTENT_ID, created, page, payment_intent, problem, retrieved
from tests.faults.server import FaultServer


def test_unknown_fields_are_kept(connect: Connect, server: FaultServer) -> None:
    server.then(created(loyalty={"points": 12}))
    intent = connect(server).create()
    assert intent.id == INTENT_ID
    assert intent.additional_properties["loyalty"] == {"points": 12}


def test_unknown_enum_values_equal_their_strings(connect: Connect, server: FaultServer) -> None:
    changes: dict[str, Any] = {
        "status": "settling",
        "capture_method": "scheduled",
        "next_action": {"type": "scan_code", "redirect_url": None, "account_reference": None},
        "payment_method_types": ["telepathy"],
    }
    server.then(retrieved(**changes))
    intent = connect(server).retrieve(INTENT_ID)
    assert intent.status == "settling"
    assert intent.capture_method == "scheduled"
    assert intent.next_action is not None
    assert intent.next_action.type_ == "scan_code"
    assert intent.payment_method_types == ["telepathy"]
    assert intent.to_dict() == payment_intent(**changes) | {
        name: intent.to_dict()[name] for name in ("created_at", "updated_at", "expires_at")
    }


def test_unknown_members_of_a_page_and_its_objects(connect: Connect, server: FaultServer) -> None:
    server.then(page(payment_intent("pi_1", status="settling"), payment_intent("pi_2", hue="blue")))
    first, second = connect(server).list_all()
    assert first.status == "settling"
    assert second.additional_properties == {"hue": "blue"}


def test_unknown_problem_members_and_codes(connect: Connect, server: FaultServer) -> None:
    server.then(problem(402, "moon_phase", "astral_error", hint="wait"))
    with pytest.raises(errors.DeclinedError) as caught:
        connect(server).create()
    assert caught.value.code == "moon_phase"
    assert caught.value.payload is not None
    assert caught.value.payload["hint"] == "wait"
