from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "object",
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "scopes",
        "customer_id",
        "livemode",
    )
)

T = TypeVar("T", bound="Token")


@_attrs_define
class Token:
    """A pair of tokens that speak for an API key."""

    object_: Literal["token"]
    """ Always `token`. """

    access_token: str
    """ A JWT (RFC 9068) to be sent as the bearer token in the place of the API key. """

    token_type: Literal["Bearer"]
    """ Always `Bearer`. """

    expires_in: int
    """ Seconds that the access token lives. """

    refresh_token: str
    """ What is exchanged for the next pair, once, within 30 days. """

    scopes: list[str]
    """ What the access token may do. """

    customer_id: None | str
    """ The customer for whom it was made. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["access_token"] = self.access_token
        token_type = self.token_type
        field_dict["token_type"] = token_type
        field_dict["expires_in"] = self.expires_in
        field_dict["refresh_token"] = self.refresh_token
        field_dict["scopes"] = self.scopes
        field_dict["customer_id"] = self.customer_id
        field_dict["livemode"] = self.livemode
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        object_ = cast(Literal["token"], src_dict["object"])
        if object_ != "token":
            raise ValueError(f"object must match const 'token', got '{object_}'")
        _self.object_ = object_
        _self.access_token = src_dict["access_token"]
        token_type = cast(Literal["Bearer"], src_dict["token_type"])
        if token_type != "Bearer":
            raise ValueError(
                f"token_type must match const 'Bearer', got '{token_type}'"
            )
        _self.token_type = token_type
        _self.expires_in = src_dict["expires_in"]
        _self.refresh_token = src_dict["refresh_token"]
        _self.scopes = src_dict["scopes"]
        _self.customer_id = src_dict["customer_id"]
        _self.livemode = src_dict["livemode"]
        _self.additional_properties = (
            {}
            if len(src_dict) == 8
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
