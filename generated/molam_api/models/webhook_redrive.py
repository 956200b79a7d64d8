from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "object",
        "redriven",
        "has_more",
        "livemode",
    )
)

T = TypeVar("T", bound="WebhookRedrive")


@_attrs_define
class WebhookRedrive:
    """What a call that redrives many deliveries did."""

    object_: Literal["webhook_redrive"]
    """ Always `webhook_redrive`. """

    redriven: int
    """ How many deliveries begin anew. """

    has_more: bool
    """ Whether there are more of these dead letters. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["redriven"] = self.redriven
        field_dict["has_more"] = self.has_more
        field_dict["livemode"] = self.livemode
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        object_ = cast(Literal["webhook_redrive"], src_dict["object"])
        if object_ != "webhook_redrive":
            raise ValueError(
                f"object must match const 'webhook_redrive', got '{object_}'"
            )
        _self.object_ = object_
        _self.redriven = src_dict["redriven"]
        _self.has_more = src_dict["has_more"]
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
