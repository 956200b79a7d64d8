from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.payment_status import PaymentStatus

_PAYMENT_STATUS = {member.value: member for member in PaymentStatus}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "id",
        "event_type",
        "status",
        "actor",
        "request_id",
        "created_at",
    )
)

T = TypeVar("T", bound="PaymentAuditEntry")


@_attrs_define
class PaymentAuditEntry:
    """One thing that happened to a payment."""

    id: str
    """ Unique id of the entry. """

    event_type: str
    """ What happened. """

    status: None | PaymentStatus
    """ The status of the payment afterwards; null if it was not changed. """

    actor: None | str
    """ Who did it; null if the gateway did by itself. """

    request_id: None | str
    """ Id of the request that did it; null if none did. """

    created_at: datetime.datetime
    """ When it happened. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["id"] = self.id
        field_dict["event_type"] = self.event_type
        field_dict["status"] = None if self.status is None else self.status.value
        field_dict["actor"] = self.actor
        field_dict["request_id"] = self.request_id
        field_dict["created_at"] = self.created_at.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        _self.event_type = src_dict["event_type"]
        _self.status = (
            None
            if (_value := src_dict["status"]) is None
            else _PAYMENT_STATUS.get(_value) or PaymentStatus(_value)
        )
        _self.actor = src_dict["actor"]
        _self.request_id = src_dict["request_id"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.additional_properties = (
            {}
            if len(src_dict) == 6
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
