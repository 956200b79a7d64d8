from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "object",
        "data",
        "page",
        "limit",
        "has_more",
    )
)

T = TypeVar("T", bound="ProviderList")


@_attrs_define
class ProviderList:
    """One page of providers, in alphabetical order."""

    object_: Literal["list"]
    """ Always `list`. """

    data: list[Provider]
    """ The providers of this page. """

    page: int
    """ The number of this page, from 1. """

    limit: int
    """ The size of a page. """

    has_more: bool
    """ Whether there is a page after this one. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["data"] = [_item.to_dict() for _item in self.data]
        field_dict["page"] = self.page
        field_dict["limit"] = self.limit
        field_dict["has_more"] = self.has_more
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        object_ = cast(Literal["list"], src_dict["object"])
        if object_ != "list":
            raise ValueError(f"object must match const 'list', got '{object_}'")
        _self.object_ = object_
        _self.data = [Provider.from_dict(_item) for _item in src_dict["data"]]
        _self.page = src_dict["page"]
        _self.limit = src_dict["limit"]
        _self.has_more = src_dict["has_more"]
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


from ..models.provider import Provider
