from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.webhook_endpoint_status import WebhookEndpointStatus

_WEBHOOK_ENDPOINT_STATUS = {member.value: member for member in WebhookEndpointStatus}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "id",
        "object",
        "url",
        "enabled_events",
        "description",
        "status",
        "status_reason",
        "retry_schedule",
        "max_concurrency",
        "secret",
        "kid",
        "livemode",
        "created_at",
        "updated_at",
    )
)

T = TypeVar("T", bound="WebhookEndpoint")


@_attrs_define
class WebhookEndpoint:
    """A URL of yours that events are delivered to."""

    id: str
    """ Unique id of the endpoint. """

    object_: Literal["webhook_endpoint"]
    """ Always `webhook_endpoint`. """

    url: str
    """ Where events are sent. """

    enabled_events: list[str]
    """ The event types sent to this endpoint; `*` stands for all. """

    description: None | str
    """ Your description of the endpoint. """

    status: WebhookEndpointStatus
    """ Events are delivered to `enabled` endpoints only. """

    status_reason: None | str
    """ Why the endpoint was disabled, `gone` (it answered 410) or `failing` (nothing was accepted for days); null
    if you did it, or it is enabled. """

    retry_schedule: list[int] | None
    """ Seconds from each failure to the next attempt, to which up to a tenth is added; null for 1 min, 5 min, 15
    min, 1 h and 6 h. """

    max_concurrency: int | None
    """ How many attempts each process of the gateway has under way here at the same time; null for its own setting.
    """

    secret: None | str = _attrs_field(repr=False)
    """ The signing secret. Given once, in the answers that create or rotate it; otherwise null. """

    kid: str
    """ Id of the current signing key, as in the signature header. """

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
        field_dict["url"] = self.url
        field_dict["enabled_events"] = self.enabled_events
        field_dict["description"] = self.description
        field_dict["status"] = self.status.value
        field_dict["status_reason"] = self.status_reason
        field_dict["retry_schedule"] = self.retry_schedule
        field_dict["max_concurrency"] = self.max_concurrency
        field_dict["secret"] = self.secret
        field_dict["kid"] = self.kid
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        field_dict["updated_at"] = self.updated_at.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        object_ = cast(Literal["webhook_endpoint"], src_dict["object"])
        if object_ != "webhook_endpoint":
            raise ValueError(
                f"object must match const 'webhook_endpoint', got '{object_}'"
            )
        _self.object_ = object_
        _self.url = src_dict["url"]
        _self.enabled_events = src_dict["enabled_events"]
        _self.description = src_dict["description"]
        _self.status = _WEBHOOK_ENDPOINT_STATUS.get(
            _value := src_dict["status"]
        ) or WebhookEndpointStatus(_value)
        _self.status_reason = src_dict["status_reason"]
        _self.retry_schedule = src_dict["retry_schedule"]
        _self.max_concurrency = src_dict["max_concurrency"]
        _self.secret = src_dict["secret"]
        _self.kid = src_dict["kid"]
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.updated_at = _parse_datetime(src_dict["updated_at"])
        _self.additional_properties = (
            {}
            if len(src_dict) == 14
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
