from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="CreateRealtimeTicketRequest")


@_attrs_define
class CreateRealtimeTicketRequest:
    """Which channel the ticket opens."""

    channel: str
    """ The WebSocket's path without `/ws/`. The caller must be allowed to listen there itself. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        field_dict["channel"] = self.channel
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.channel = src_dict["channel"]
        return _self
