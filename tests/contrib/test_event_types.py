"""The types that type checkers know are those of the spec."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from molam_api.event_types import EVENT_OBJECTS
from molam_sdk.contrib import _event_types


@pytest.mark.parametrize("model", sorted(set(EVENT_OBJECTS.values())))
def test_every_type_is_known_with_its_object(model: str) -> None:
    known: Any = getattr(_event_types, f"{model}Event")
    types = {each for each, about in EVENT_OBJECTS.items() if about == model}
    patterns = {f"{each.partition('.')[0]}.*" for each in types if "." in each}
    assert set(get_args(known)) == types | patterns
