from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "type",
        "id",
        "sequence",
    )
)

T = TypeVar("T", bound="AuditResource")


@_attrs_define
class AuditResource:
    """The object that an entry is about."""

    type_: str
    """ The kind of object. """

    id: str
    """ Its id. """

    sequence: int
    """ How often it had been written then; 0 where nobody counts. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["type"] = self.type_
        field_dict["id"] = self.id
        field_dict["sequence"] = self.sequence
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.type_ = src_dict["type"]
        _self.id = src_dict["id"]
        _self.sequence = src_dict["sequence"]
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
