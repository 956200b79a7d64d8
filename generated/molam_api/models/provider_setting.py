from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "name",
        "secret",
        "value",
        "last4",
        "fingerprint",
    )
)

T = TypeVar("T", bound="ProviderSetting")


@_attrs_define
class ProviderSetting:
    """One setting of a configuration."""

    name: str
    """ Its name. """

    secret: bool
    """ Whether its value is never shown. """

    value: None | str
    """ Its value; null for a secret, and where nothing is set. """

    last4: None | str
    """ The last four characters of a secret that is long enough to show them. """

    fingerprint: None | str
    """ A keyed fingerprint of a secret, the same for the same secret. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["name"] = self.name
        field_dict["secret"] = self.secret
        field_dict["value"] = self.value
        field_dict["last4"] = self.last4
        field_dict["fingerprint"] = self.fingerprint
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.name = src_dict["name"]
        _self.secret = src_dict["secret"]
        _self.value = src_dict["value"]
        _self.last4 = src_dict["last4"]
        _self.fingerprint = src_dict["fingerprint"]
        _self.additional_properties = (
            {}
            if len(src_dict) == 5
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
