from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CreateTokenRequest")


@_attrs_define
class CreateTokenRequest:
    """What the token may do, for whom and for how long."""

    scopes: list[str] | Unset = UNSET
    """ What it may do; each must be a scope of the API key. Everything that the key may, if left out. """

    customer_id: str | Unset = UNSET
    """ The customer for whom it is made, say to follow their payments in real time. Such a token has the scope
    `payments:read` at most, and does nothing else. """

    expires_in: int | Unset = UNSET
    """ Seconds that the access token lives. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        if not isinstance(self.scopes, Unset):
            field_dict["scopes"] = self.scopes
        if not isinstance(self.customer_id, Unset):
            field_dict["customer_id"] = self.customer_id
        if not isinstance(self.expires_in, Unset):
            field_dict["expires_in"] = self.expires_in
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.scopes = src_dict.get("scopes", UNSET)
        _self.customer_id = src_dict.get("customer_id", UNSET)
        _self.expires_in = src_dict.get("expires_in", UNSET)
        return _self
