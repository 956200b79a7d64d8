from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.webhook_endpoint_status import WebhookEndpointStatus
from ..types import UNSET, Unset

_WEBHOOK_ENDPOINT_STATUS = {member.value: member for member in WebhookEndpointStatus}

T = TypeVar("T", bound="UpdateWebhookEndpointRequest")


@_attrs_define
class UpdateWebhookEndpointRequest:
    """What to change; members left out stay as they are."""

    url: str | Unset = UNSET
    """ Where to send events: https, or http to the loopback interface in the sandbox. """

    enabled_events: list[str] | Unset = UNSET
    """ The event types to send, or `*` for all. """

    description: str | Unset = UNSET
    """ Your description of the endpoint. """

    status: WebhookEndpointStatus | Unset = UNSET
    """ Events are delivered to `enabled` endpoints only. """

    retry_schedule: list[int] | None | Unset = UNSET
    """ Seconds from each failure to the next attempt; after the last one the delivery is a dead letter. Null, or
    left out at creation, for 1 min, 5 min, 15 min, 1 h and 6 h. """

    max_concurrency: int | None | Unset = UNSET
    """ How many attempts each process of the gateway may have under way here at the same time. Null, or left out at
    creation, for its own setting. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        if not isinstance(self.url, Unset):
            field_dict["url"] = self.url
        if not isinstance(self.enabled_events, Unset):
            field_dict["enabled_events"] = self.enabled_events
        if not isinstance(self.description, Unset):
            field_dict["description"] = self.description
        if not isinstance(self.status, Unset):
            field_dict["status"] = self.status.value
        if not isinstance(self.retry_schedule, Unset):
            field_dict["retry_schedule"] = self.retry_schedule
        if not isinstance(self.max_concurrency, Unset):
            field_dict["max_concurrency"] = self.max_concurrency
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.url = src_dict.get("url", UNSET)
        _self.enabled_events = src_dict.get("enabled_events", UNSET)
        _self.description = src_dict.get("description", UNSET)
        _self.status = (
            UNSET
            if (_value := src_dict.get("status", UNSET)) is UNSET
            else _WEBHOOK_ENDPOINT_STATUS.get(_value) or WebhookEndpointStatus(_value)
        )
        _self.retry_schedule = src_dict.get("retry_schedule", UNSET)
        _self.max_concurrency = src_dict.get("max_concurrency", UNSET)
        return _self
