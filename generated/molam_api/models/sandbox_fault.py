from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.fault_kind import FaultKind

_FAULT_KIND = {member.value: member for member in FaultKind}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "object",
        "id",
        "kind",
        "operation_id",
        "times",
        "delay_ms",
        "livemode",
        "created_at",
    )
)

T = TypeVar("T", bound="SandboxFault")


@_attrs_define
class SandboxFault:
    """A fault that will hit coming requests."""

    object_: Literal["sandbox_fault"]
    """ Always `sandbox_fault`. """

    id: str
    """ Unique id of the fault. """

    kind: FaultKind
    """ `drop_response`: after commit the connection closes without a byte. `reset`: the connection is reset before
    anything is done. `truncate`: half the body, then the connection closes. `delay`: the answer comes late.
    `error_before`: 503, nothing done. `error_after`: 500 after commit. """

    operation_id: None | str
    """ The only operation that is hit; null for all but the sandbox's own. """

    times: int
    """ How many requests are hit. """

    delay_ms: int | None
    """ For `delay`: how long, in milliseconds; otherwise null. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    created_at: datetime.datetime
    """ When the object was created. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["id"] = self.id
        field_dict["kind"] = self.kind.value
        field_dict["operation_id"] = self.operation_id
        field_dict["times"] = self.times
        field_dict["delay_ms"] = self.delay_ms
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        object_ = cast(Literal["sandbox_fault"], src_dict["object"])
        if object_ != "sandbox_fault":
            raise ValueError(
                f"object must match const 'sandbox_fault', got '{object_}'"
            )
        _self.object_ = object_
        _self.id = src_dict["id"]
        _self.kind = _FAULT_KIND.get(_value := src_dict["kind"]) or FaultKind(_value)
        _self.operation_id = src_dict["operation_id"]
        _self.times = src_dict["times"]
        _self.delay_ms = src_dict["delay_ms"]
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.additional_properties = (
            {}
            if len(src_dict) == 8
            else {
                _name: _extra
                for _name, _extra in src_dict.items()
                if _name not in _PROPERTIES
            }
        )
        return _self

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: object) -> bool:
        return key in self.additional_properties
