from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "brand",
        "last4",
        "exp_month",
        "exp_year",
    )
)

T = TypeVar("T", bound="CardDetails")


@_attrs_define
class CardDetails:
    """The parts of a card that may be shown."""

    brand: str
    """ Card brand. """

    last4: str
    """ Last four digits. """

    exp_month: int
    """ Month of expiry. """

    exp_year: int
    """ Year of expiry, four digits. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["brand"] = self.brand
        field_dict["last4"] = self.last4
        field_dict["exp_month"] = self.exp_month
        field_dict["exp_year"] = self.exp_year
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.brand = src_dict["brand"]
        _self.last4 = src_dict["last4"]
        _self.exp_month = src_dict["exp_month"]
        _self.exp_year = src_dict["exp_year"]
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
