from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "object",
        "provider",
        "configuration",
        "succeeded",
        "detail",
        "livemode",
    )
)

T = TypeVar("T", bound="ProviderTest")


@_attrs_define
class ProviderTest:
    """What came of testing a configuration."""

    object_: Literal["provider_test"]
    """ Always `provider_test`. """

    provider: str
    """ Name of the provider. """

    configuration: str
    """ Unique id of the configuration. """

    succeeded: bool
    """ Whether the credentials work. """

    detail: None | str
    """ What is wrong with them, for people; null if nothing is. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["provider"] = self.provider
        field_dict["configuration"] = self.configuration
        field_dict["succeeded"] = self.succeeded
        field_dict["detail"] = self.detail
        field_dict["livemode"] = self.livemode
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        object_ = cast(Literal["provider_test"], src_dict["object"])
        if object_ != "provider_test":
            raise ValueError(
                f"object must match const 'provider_test', got '{object_}'"
            )
        _self.object_ = object_
        _self.provider = src_dict["provider"]
        _self.configuration = src_dict["configuration"]
        _self.succeeded = src_dict["succeeded"]
        _self.detail = src_dict["detail"]
        _self.livemode = src_dict["livemode"]
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
