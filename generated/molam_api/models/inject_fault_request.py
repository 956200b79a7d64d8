from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.fault_kind import FaultKind
from ..types import UNSET, Unset

_FAULT_KIND = {member.value: member for member in FaultKind}

T = TypeVar("T", bound="InjectFaultRequest")


@_attrs_define
class InjectFaultRequest:
    """A fault to arm."""

    kind: FaultKind
    """ `drop_response`: after commit the connection closes without a byte. `reset`: the connection is reset before
    anything is done. `truncate`: half the body, then the connection closes. `delay`: the answer comes late.
    `error_before`: 503, nothing done. `error_after`: 500 after commit. """

    operation_id: str | Unset = UNSET
    """ Hit only this operation; all but the sandbox's own if left out. """

    times: int | Unset = UNSET
    """ How many requests to hit; 1 if left out. """

    delay_ms: int | Unset = UNSET
    """ For `delay`: how long, in milliseconds; 1000 if left out. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        field_dict["kind"] = self.kind.value
        if not isinstance(self.operation_id, Unset):
            field_dict["operation_id"] = self.operation_id
        if not isinstance(self.times, Unset):
            field_dict["times"] = self.times
        if not isinstance(self.delay_ms, Unset):
            field_dict["delay_ms"] = self.delay_ms
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.kind = _FAULT_KIND.get(_value := src_dict["kind"]) or FaultKind(_value)
        _self.operation_id = src_dict.get("operation_id", UNSET)
        _self.times = src_dict.get("times", UNSET)
        _self.delay_ms = src_dict.get("delay_ms", UNSET)
        return _self
