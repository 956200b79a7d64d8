"""The event type map: every event type of the spec's webhooks, with the model of its object."""

from pathlib import Path
from typing import Any

import pytest

from _regenerate.spec import load
from molam_api import models
from molam_api.event_types import EVENT_OBJECTS, event_model

WEBHOOKS: dict[str, Any] = load(Path(__file__).parents[3] / "spec" / "openapi.yaml")["webhooks"]


def test_the_map_is_that_of_the_spec() -> None:
    objects = {event_type: item["post"]["x-event-object"] for event_type, item in WEBHOOKS.items()}
    assert dict(EVENT_OBJECTS) == objects
    assert EVENT_OBJECTS["payment_intent.succeeded"] == "PaymentIntent"


@pytest.mark.parametrize("event_type", WEBHOOKS)
def test_every_type_has_a_model(event_type: str) -> None:
    model = event_model(event_type)
    assert model is getattr(models, EVENT_OBJECTS[event_type])
    assert model is not None
    assert callable(model.from_dict)


def test_an_unknown_type_has_none() -> None:
    assert event_model("payment_intent.teleported") is None


def test_the_map_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        EVENT_OBJECTS["x"] = "Refund"  # type: ignore[index]  # the point of the test
