from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "object",
        "id",
        "molam_id",
        "home_region",
        "livemode",
        "capabilities",
    )
)

T = TypeVar("T", bound="Account")


@_attrs_define
class Account:
    """The account that the API key belongs to."""

    object_: Literal["account"]
    """ Always `account`. """

    id: str
    """ Unique id of the account. """

    molam_id: str
    """ The account's Molam ID. """

    home_region: str
    """ The region that holds the account's data. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    capabilities: list[str]
    """ What the account may do. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["id"] = self.id
        field_dict["molam_id"] = self.molam_id
        field_dict["home_region"] = self.home_region
        field_dict["livemode"] = self.livemode
        field_dict["capabilities"] = self.capabilities
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        object_ = cast(Literal["account"], src_dict["object"])
        if object_ != "account":
            raise ValueError(f"object must match const 'account', got '{object_}'")
        _self.object_ = object_
        _self.id = src_dict["id"]
        _self.molam_id = src_dict["molam_id"]
        _self.home_region = src_dict["home_region"]
        _self.livemode = src_dict["livemode"]
        _self.capabilities = src_dict["capabilities"]
        _self.additional_properties = (
            {}
            if len(src_dict) == 6
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
