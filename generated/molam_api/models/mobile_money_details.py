from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "network",
        "last4",
        "receipt",
    )
)

T = TypeVar("T", bound="MobileMoneyDetails")


@_attrs_define
class MobileMoneyDetails:
    """The parts of a mobile money account that may be shown."""

    network: str
    """ Mobile money network. """

    last4: str
    """ Last four digits of the phone number. """

    receipt: None | str
    """ The network's receipt number; null until paid. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["network"] = self.network
        field_dict["last4"] = self.last4
        field_dict["receipt"] = self.receipt
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.network = src_dict["network"]
        _self.last4 = src_dict["last4"]
        _self.receipt = src_dict["receipt"]
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
