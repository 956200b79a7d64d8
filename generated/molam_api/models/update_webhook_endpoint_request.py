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
        return _self
