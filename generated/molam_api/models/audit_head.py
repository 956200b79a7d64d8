from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "sequence",
        "hash",
    )
)

T = TypeVar("T", bound="AuditHead")


@_attrs_define
class AuditHead:
    """Where a chain ends."""

    sequence: int
    """ The place of the last entry, from 1. """

    hash_: str
    """ The keyed hash of the whole chain up to there, in hexadecimal digits. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["sequence"] = self.sequence
        field_dict["hash"] = self.hash_
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.sequence = src_dict["sequence"]
        _self.hash_ = src_dict["hash"]
        _self.additional_properties = (
            {}
            if len(src_dict) == 2
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
