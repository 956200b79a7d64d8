from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "currency",
        "minimum",
        "maximum",
        "step",
    )
)

T = TypeVar("T", bound="ProviderLimit")


@_attrs_define
class ProviderLimit:
    """What payments in one currency have to keep to."""

    currency: str
    """ ISO 4217 currency code in upper case. """

    minimum: str
    """ The smallest amount, in major units. """

    maximum: str
    """ The largest amount, in major units. """

    step: str
    """ Amounts are a multiple of this, in major units. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["currency"] = self.currency
        field_dict["minimum"] = self.minimum
        field_dict["maximum"] = self.maximum
        field_dict["step"] = self.step
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.currency = src_dict["currency"]
        _self.minimum = src_dict["minimum"]
        _self.maximum = src_dict["maximum"]
        _self.step = src_dict["step"]
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
