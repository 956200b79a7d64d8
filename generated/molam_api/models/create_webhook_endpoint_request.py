from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CreateWebhookEndpointRequest")


@_attrs_define
class CreateWebhookEndpointRequest:
    """A URL that is to receive events."""

    url: str
    """ Where to send events: https, or http to the loopback interface in the sandbox. """

    enabled_events: list[str]
    """ The event types to send, or `*` for all. """

    description: str | Unset = UNSET
    """ Your description of the endpoint. """

    retry_schedule: list[int] | None | Unset = UNSET
    """ Seconds from each failure to the next attempt; after the last one the delivery is a dead letter. Null, or
    left out at creation, for 1 min, 5 min, 15 min, 1 h and 6 h. """

    max_concurrency: int | None | Unset = UNSET
    """ How many attempts each process of the gateway may have under way here at the same time. Null, or left out at
    creation, for its own setting. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        field_dict["url"] = self.url
        field_dict["enabled_events"] = self.enabled_events
        if not isinstance(self.description, Unset):
            field_dict["description"] = self.description
        if not isinstance(self.retry_schedule, Unset):
            field_dict["retry_schedule"] = self.retry_schedule
        if not isinstance(self.max_concurrency, Unset):
            field_dict["max_concurrency"] = self.max_concurrency
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.url = src_dict["url"]
        _self.enabled_events = src_dict["enabled_events"]
        _self.description = src_dict.get("description", UNSET)
        _self.retry_schedule = src_dict.get("retry_schedule", UNSET)
        _self.max_concurrency = src_dict.get("max_concurrency", UNSET)
        return _self
