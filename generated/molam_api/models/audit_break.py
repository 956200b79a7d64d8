from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "audit_log",
        "sequence",
        "reason",
    )
)

T = TypeVar("T", bound="AuditBreak")


@_attrs_define
class AuditBreak:
    """The first place where a chain does not verify."""

    audit_log: None | str
    """ The entry; null if it is not known which one. """

    sequence: int | None
    """ The place in the chain, from 1; null for an entry that has none. """

    reason: str
    """ What is wrong, such as `entry_changed`, `entry_missing` or `tail_missing`; new reasons may come. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["audit_log"] = self.audit_log
        field_dict["sequence"] = self.sequence
        field_dict["reason"] = self.reason
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.audit_log = src_dict["audit_log"]
        _self.sequence = src_dict["sequence"]
        _self.reason = src_dict["reason"]
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
