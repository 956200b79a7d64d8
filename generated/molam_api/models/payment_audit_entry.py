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
        "action",
        "resource",
        "status",
        "outcome",
        "actor",
        "address",
        "request_id",
        "created_at",
    )
)

T = TypeVar("T", bound="PaymentAuditEntry")


@_attrs_define
class PaymentAuditEntry:
    """One entry of the audit trail about a payment or what belongs to it."""

    id: str
    """ Unique id of the entry; that of its audit log. """

    action: str
    """ The operation, or what the gateway did by itself. """

    resource: AuditResource | None
    """ The object that was changed: the payment, a charge, a refund or an attempt; null where there is none. """

    status: PaymentStatus
    """ Status of a payment. `pending`: not sent yet. `processing`: sent; the customer may have to act, or the
    outcome is not known yet. `completed`: paid. `failed`: the last attempt was refused. `partially_refunded` and
    `refunded`: paid, and given back in part or wholly. `canceled`: given up. """

    outcome: str
    """ `ok`, or the code of the error. """

    actor: AuditActor
    """ Who did something. """

    address: None | str
    """ The address that the request came from; null without a request, and for keys without the scope `audit:read`.
    """

    request_id: None | str
    """ Id of the request; null for work of the gateway's own. """

    created_at: datetime.datetime
    """ When it happened. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["id"] = self.id
        field_dict["action"] = self.action
        field_dict["resource"] = (
            None if self.resource is None else self.resource.to_dict()
        )
        field_dict["status"] = self.status.value
        field_dict["outcome"] = self.outcome
        field_dict["actor"] = self.actor.to_dict()
        field_dict["address"] = self.address
        field_dict["request_id"] = self.request_id
        field_dict["created_at"] = self.created_at.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        _self.action = src_dict["action"]
        _self.resource = (
            None
            if (_value := src_dict["resource"]) is None
            else AuditResource.from_dict(_value)
        )
        _self.status = _PAYMENT_STATUS.get(
            _value := src_dict["status"]
        ) or PaymentStatus(_value)
        _self.outcome = src_dict["outcome"]
        _self.actor = AuditActor.from_dict(src_dict["actor"])
        _self.address = src_dict["address"]
        _self.request_id = src_dict["request_id"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.additional_properties = (
            {}
            if len(src_dict) == 9
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


from ..models.audit_actor import AuditActor
from ..models.audit_resource import AuditResource
