from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="RefreshTokenRequest")


@_attrs_define
class RefreshTokenRequest:
    """Which token to exchange."""

    refresh_token: str = _attrs_field(repr=False)
    """ The refresh token. """

    expires_in: int | Unset = UNSET
    """ Seconds that the new access token lives. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        field_dict["refresh_token"] = self.refresh_token
        if not isinstance(self.expires_in, Unset):
            field_dict["expires_in"] = self.expires_in
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.refresh_token = src_dict["refresh_token"]
        _self.expires_in = src_dict.get("expires_in", UNSET)
        return _self
