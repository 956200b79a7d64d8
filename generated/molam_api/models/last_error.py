from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "type",
        "code",
        "decline_code",
        "provider_code",
        "message",
    )
)

T = TypeVar("T", bound="LastError")


@_attrs_define
class LastError:
    """Why an attempt to pay failed."""

    type_: str
    """ The error type, as in a problem's `error_type`. """

    code: str
    """ The error code, as in a problem's `code`. """

    decline_code: None | str
    """ The finer reason of a decline; null if the provider gave none. """

    provider_code: None | str
    """ The provider's own code; null if it gave none. """

    message: str
    """ An explanation for people. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["type"] = self.type_
        field_dict["code"] = self.code
        field_dict["decline_code"] = self.decline_code
        field_dict["provider_code"] = self.provider_code
        field_dict["message"] = self.message
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.type_ = src_dict["type"]
        _self.code = src_dict["code"]
        _self.decline_code = src_dict["decline_code"]
        _self.provider_code = src_dict["provider_code"]
        _self.message = src_dict["message"]
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
