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

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        field_dict["url"] = self.url
        field_dict["enabled_events"] = self.enabled_events
        if not isinstance(self.description, Unset):
            field_dict["description"] = self.description
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.url = src_dict["url"]
        _self.enabled_events = src_dict["enabled_events"]
        _self.description = src_dict.get("description", UNSET)
        return _self
