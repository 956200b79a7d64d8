from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.webhook_delivery_status import WebhookDeliveryStatus

_WEBHOOK_DELIVERY_STATUS = {member.value: member for member in WebhookDeliveryStatus}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "id",
        "object",
        "event_id",
        "event_type",
        "endpoint_id",
        "status",
        "attempt_count",
        "next_attempt_at",
        "attempts",
        "livemode",
        "created_at",
        "updated_at",
    )
)

T = TypeVar("T", bound="WebhookDelivery")


@_attrs_define
class WebhookDelivery:
    """One event on its way to one endpoint."""

    id: str
    """ Unique id of the delivery. """

    object_: Literal["webhook_delivery"]
    """ Always `webhook_delivery`. """

    event_id: str
    """ The event; every attempt carries its id and its bytes. """

    event_type: str
    """ Type of the event. """

    endpoint_id: str
    """ The webhook endpoint, which may be deleted by now. """

    status: WebhookDeliveryStatus
    """ `pending` before the first attempt, `retrying` between attempts; `delivered`, `dead_letter` (given up after
    failures) and `canceled` (the endpoint was disabled or deleted) at the end. """

    attempt_count: int
    """ How many attempts were made, those before a redrive included. """

    next_attempt_at: datetime.datetime | None
    """ When the next attempt is due; null if there is none. """

    attempts: list[WebhookAttempt] | None
    """ The latest attempts, oldest first; null in lists. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    created_at: datetime.datetime
    """ When the object was created. """

    updated_at: datetime.datetime
    """ When the object last changed. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["id"] = self.id
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["event_id"] = self.event_id
        field_dict["event_type"] = self.event_type
        field_dict["endpoint_id"] = self.endpoint_id
        field_dict["status"] = self.status.value
        field_dict["attempt_count"] = self.attempt_count
        field_dict["next_attempt_at"] = (
            None if self.next_attempt_at is None else self.next_attempt_at.isoformat()
        )
        field_dict["attempts"] = (
            None
            if self.attempts is None
            else [_item.to_dict() for _item in self.attempts]
        )
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        field_dict["updated_at"] = self.updated_at.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        object_ = cast(Literal["webhook_delivery"], src_dict["object"])
        if object_ != "webhook_delivery":
            raise ValueError(
                f"object must match const 'webhook_delivery', got '{object_}'"
            )
        _self.object_ = object_
        _self.event_id = src_dict["event_id"]
        _self.event_type = src_dict["event_type"]
        _self.endpoint_id = src_dict["endpoint_id"]
        _self.status = _WEBHOOK_DELIVERY_STATUS.get(
            _value := src_dict["status"]
        ) or WebhookDeliveryStatus(_value)
        _self.attempt_count = src_dict["attempt_count"]
        _self.next_attempt_at = (
            None
            if (_value := src_dict["next_attempt_at"]) is None
            else _parse_datetime(_value)
        )
        _self.attempts = (
            None
            if (_value := src_dict["attempts"]) is None
            else [WebhookAttempt.from_dict(_item) for _item in _value]
        )
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.updated_at = _parse_datetime(src_dict["updated_at"])
        _self.additional_properties = (
            {}
            if len(src_dict) == 12
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


from ..models.webhook_attempt import WebhookAttempt
