from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.health_status import HealthStatus

_HEALTH_STATUS = {member.value: member for member in HealthStatus}
_PROPERTIES = frozenset(
    (
        "object",
        "status",
        "checks",
        "livemode",
    )
)

T = TypeVar("T", bound="Health")


@_attrs_define
class Health:
    """How the gateway is."""

    object_: Literal["health"]
    """ Always `health`. """

    status: HealthStatus
    """ `ok`: everything works. `degraded`: requests are answered, but something is late or does not work. """

    checks: list[HealthCheck]
    """ How its parts are; empty for callers without the scope `platform:read`. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["status"] = self.status.value
        field_dict["checks"] = [_item.to_dict() for _item in self.checks]
        field_dict["livemode"] = self.livemode
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        object_ = cast(Literal["health"], src_dict["object"])
        if object_ != "health":
            raise ValueError(f"object must match const 'health', got '{object_}'")
        _self.object_ = object_
        _self.status = _HEALTH_STATUS.get(_value := src_dict["status"]) or HealthStatus(
            _value
        )
        _self.checks = [HealthCheck.from_dict(_item) for _item in src_dict["checks"]]
        _self.livemode = src_dict["livemode"]
        _self.additional_properties = (
            {}
            if len(src_dict) == 4
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


from ..models.health_check import HealthCheck
