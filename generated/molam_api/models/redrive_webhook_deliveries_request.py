from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

_parse_datetime = datetime.datetime.fromisoformat

T = TypeVar("T", bound="RedriveWebhookDeliveriesRequest")


@_attrs_define
class RedriveWebhookDeliveriesRequest:
    """Which dead letters to redrive; members left out exclude none."""

    endpoint_id: str | Unset = UNSET
    """ Only those to this endpoint. """

    event_type: str | Unset = UNSET
    """ Only those of events of this type. """

    created_at_gte: datetime.datetime | Unset = UNSET
    """ Only those created at or after this time. """

    created_at_lte: datetime.datetime | Unset = UNSET
    """ Only those created at or before this time. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        if not isinstance(self.endpoint_id, Unset):
            field_dict["endpoint_id"] = self.endpoint_id
        if not isinstance(self.event_type, Unset):
            field_dict["event_type"] = self.event_type
        if not isinstance(self.created_at_gte, Unset):
            field_dict["created_at_gte"] = self.created_at_gte.isoformat()
        if not isinstance(self.created_at_lte, Unset):
            field_dict["created_at_lte"] = self.created_at_lte.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.endpoint_id = src_dict.get("endpoint_id", UNSET)
        _self.event_type = src_dict.get("event_type", UNSET)
        _self.created_at_gte = (
            UNSET
            if (_value := src_dict.get("created_at_gte", UNSET)) is UNSET
            else _parse_datetime(_value)
        )
        _self.created_at_lte = (
            UNSET
            if (_value := src_dict.get("created_at_lte", UNSET)) is UNSET
            else _parse_datetime(_value)
        )
        return _self
