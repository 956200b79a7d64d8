from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="CustomerRequest")


@_attrs_define
class CustomerRequest:
    """What you know of the paying customer."""

    phone: str | Unset = _attrs_field(default=UNSET, repr=False)
    """ Phone number in E.164 form. Answers show its last four digits only. """

    email: str | Unset = UNSET
    """ E-mail address. """

    name: str | Unset = UNSET
    """ Name. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        if not isinstance(self.phone, Unset):
            field_dict["phone"] = self.phone
        if not isinstance(self.email, Unset):
            field_dict["email"] = self.email
        if not isinstance(self.name, Unset):
            field_dict["name"] = self.name
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.phone = src_dict.get("phone", UNSET)
        _self.email = src_dict.get("email", UNSET)
        _self.name = src_dict.get("name", UNSET)
        return _self
