from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.health_status import HealthStatus

_HEALTH_STATUS = {member.value: member for member in HealthStatus}
_PROPERTIES = frozenset(
    (
        "name",
        "status",
        "detail",
    )
)

T = TypeVar("T", bound="HealthCheck")


@_attrs_define
class HealthCheck:
    """How one part of the gateway is."""

    name: str
    """ Which part. """

    status: HealthStatus
    """ `ok`: everything works. `degraded`: requests are answered, but something is late or does not work. """

    detail: str
    """ What was found, for people. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["name"] = self.name
        field_dict["status"] = self.status.value
        field_dict["detail"] = self.detail
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.name = src_dict["name"]
        _self.status = _HEALTH_STATUS.get(_value := src_dict["status"]) or HealthStatus(
            _value
        )
        _self.detail = src_dict["detail"]
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
