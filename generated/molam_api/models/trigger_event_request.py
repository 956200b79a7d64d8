from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="TriggerEventRequest")


@_attrs_define
class TriggerEventRequest:
    """An event to bring about."""

    type_: str
    """ The type of event to cause, one of those under `webhooks` in the OpenAPI document. """

    object_id: str | Unset = UNSET
    """ The object that it is to happen to; a new one is created if left out. """

    overrides: TriggerOverrides | Unset = UNSET
    """ Members of an object that the sandbox creates for an event. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        field_dict["type"] = self.type_
        if not isinstance(self.object_id, Unset):
            field_dict["object_id"] = self.object_id
        if not isinstance(self.overrides, Unset):
            field_dict["overrides"] = self.overrides.to_dict()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.type_ = src_dict["type"]
        _self.object_id = src_dict.get("object_id", UNSET)
        _self.overrides = (
            UNSET
            if (_value := src_dict.get("overrides", UNSET)) is UNSET
            else TriggerOverrides.from_dict(_value)
        )
        return _self


from ..models.trigger_overrides import TriggerOverrides
