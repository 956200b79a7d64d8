from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "pointer",
        "code",
        "detail",
    )
)

T = TypeVar("T", bound="ProblemError")


@_attrs_define
class ProblemError:
    """One fault of an invalid request."""

    pointer: str
    """ JSON Pointer (RFC 6901) to the faulty member of the body, such as `/amount`; for a parameter its place and
    name, such as `query/limit`. """

    code: str
    """ The precise error, for programs. """

    detail: str
    """ What is wrong with it, for people. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["pointer"] = self.pointer
        field_dict["code"] = self.code
        field_dict["detail"] = self.detail
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.pointer = src_dict["pointer"]
        _self.code = src_dict["code"]
        _self.detail = src_dict["detail"]
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
