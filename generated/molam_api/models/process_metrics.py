from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "uptime_ms",
        "cpu_ms",
        "peak_memory_bytes",
    )
)

T = TypeVar("T", bound="ProcessMetrics")


@_attrs_define
class ProcessMetrics:
    """Figures of one process."""

    uptime_ms: int
    """ For how long it has run, in milliseconds. """

    cpu_ms: int
    """ The processor time that it took, in milliseconds. """

    peak_memory_bytes: int | None
    """ The most memory that it had, in bytes; null where the system does not count it. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["uptime_ms"] = self.uptime_ms
        field_dict["cpu_ms"] = self.cpu_ms
        field_dict["peak_memory_bytes"] = self.peak_memory_bytes
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.uptime_ms = src_dict["uptime_ms"]
        _self.cpu_ms = src_dict["cpu_ms"]
        _self.peak_memory_bytes = src_dict["peak_memory_bytes"]
        _self.additional_properties = (
            {}
            if len(src_dict) == 3
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
