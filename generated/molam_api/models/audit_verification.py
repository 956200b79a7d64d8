from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "object",
        "livemode",
        "verified",
        "entries",
        "unsealed",
        "first_break",
        "head",
    )
)

T = TypeVar("T", bound="AuditVerification")


@_attrs_define
class AuditVerification:
    """What came of verifying the account's chain of audit entries."""

    object_: Literal["audit_verification"]
    """ Always `audit_verification`. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    verified: bool
    """ Whether nothing was changed, deleted, moved or put in between. """

    entries: int
    """ How many entries were verified, up to the first break. """

    unsealed: int
    """ How many entries wait to be linked into the chain. """

    first_break: AuditBreak | None
    """ Where the chain breaks first; null if it is whole. """

    head: AuditHead | None
    """ Where the chain ends; null if there is none yet. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["livemode"] = self.livemode
        field_dict["verified"] = self.verified
        field_dict["entries"] = self.entries
        field_dict["unsealed"] = self.unsealed
        field_dict["first_break"] = (
            None if self.first_break is None else self.first_break.to_dict()
        )
        field_dict["head"] = None if self.head is None else self.head.to_dict()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        object_ = cast(Literal["audit_verification"], src_dict["object"])
        if object_ != "audit_verification":
            raise ValueError(
                f"object must match const 'audit_verification', got '{object_}'"
            )
        _self.object_ = object_
        _self.livemode = src_dict["livemode"]
        _self.verified = src_dict["verified"]
        _self.entries = src_dict["entries"]
        _self.unsealed = src_dict["unsealed"]
        _self.first_break = (
            None
            if (_value := src_dict["first_break"]) is None
            else AuditBreak.from_dict(_value)
        )
        _self.head = (
            None
            if (_value := src_dict["head"]) is None
            else AuditHead.from_dict(_value)
        )
        _self.additional_properties = (
            {}
            if len(src_dict) == 7
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


from ..models.audit_break import AuditBreak
from ..models.audit_head import AuditHead
