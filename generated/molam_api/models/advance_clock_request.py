from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="AdvanceClockRequest")


@_attrs_define
class AdvanceClockRequest:
    """How far to advance the clock."""

    seconds: int
    """ Seconds to advance by, at most 31 days; 0 only does the work that is due. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        field_dict["seconds"] = self.seconds
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.seconds = src_dict["seconds"]
        return _self
