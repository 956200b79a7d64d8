from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "id",
        "object",
        "type",
        "api_version",
        "livemode",
        "account",
        "sequence",
        "created_at",
        "data",
        "request",
    )
)

T = TypeVar("T", bound="Event")


@_attrs_define
class Event:
    """Something that happened, as told by webhooks and by the events list."""

    id: str
    """ Unique id of the event; every delivery repeats it. """

    object_: Literal["event"]
    """ Always `event`. """

    type_: str
    """ What happened. New types appear without notice, so an unknown one must be expected. """

    api_version: str
    """ The API version in which `data.object` is written. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    account: str
    """ The account that the event belongs to. """

    sequence: int
    """ Grows with every event of the account. """

    created_at: datetime.datetime
    """ When it happened. """

    data: EventData
    """ The object that an event is about. """

    request: EventRequest | None
    """ The request that caused the event; null if none did. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["id"] = self.id
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["type"] = self.type_
        field_dict["api_version"] = self.api_version
        field_dict["livemode"] = self.livemode
        field_dict["account"] = self.account
        field_dict["sequence"] = self.sequence
        field_dict["created_at"] = self.created_at.isoformat()
        field_dict["data"] = self.data.to_dict()
        field_dict["request"] = None if self.request is None else self.request.to_dict()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        object_ = cast(Literal["event"], src_dict["object"])
        if object_ != "event":
            raise ValueError(f"object must match const 'event', got '{object_}'")
        _self.object_ = object_
        _self.type_ = src_dict["type"]
        _self.api_version = src_dict["api_version"]
        _self.livemode = src_dict["livemode"]
        _self.account = src_dict["account"]
        _self.sequence = src_dict["sequence"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.data = EventData.from_dict(src_dict["data"])
        _self.request = (
            None
            if (_value := src_dict["request"]) is None
            else EventRequest.from_dict(_value)
        )
        _self.additional_properties = (
            {}
            if len(src_dict) == 10
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


from ..models.event_data import EventData
from ..models.event_request import EventRequest
