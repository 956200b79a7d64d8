from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_PROPERTIES = frozenset(
    (
        "object",
        "ticket",
        "channel",
        "expires_in",
        "livemode",
    )
)

T = TypeVar("T", bound="RealtimeTicket")


@_attrs_define
class RealtimeTicket:
    """What opens one WebSocket, once."""

    object_: Literal["realtime_ticket"]
    """ Always `realtime_ticket`. """

    ticket: str
    """ To be sent as the parameter `ticket` of the handshake's query. """

    channel: str
    """ The channel that it opens. """

    expires_in: int
    """ Seconds within which it must be used. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["ticket"] = self.ticket
        field_dict["channel"] = self.channel
        field_dict["expires_in"] = self.expires_in
        field_dict["livemode"] = self.livemode
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        object_ = cast(Literal["realtime_ticket"], src_dict["object"])
        if object_ != "realtime_ticket":
            raise ValueError(
                f"object must match const 'realtime_ticket', got '{object_}'"
            )
        _self.object_ = object_
        _self.ticket = src_dict["ticket"]
        _self.channel = src_dict["channel"]
        _self.expires_in = src_dict["expires_in"]
        _self.livemode = src_dict["livemode"]
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
