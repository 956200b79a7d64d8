from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.refund_status import RefundStatus

_REFUND_STATUS = {member.value: member for member in RefundStatus}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "id",
        "object",
        "charge",
        "payment_intent",
        "amount",
        "currency",
        "reason",
        "status",
        "failure_reason",
        "provider",
        "provider_reference",
        "metadata",
        "idempotency_key",
        "livemode",
        "created_at",
        "updated_at",
    )
)

T = TypeVar("T", bound="Refund")


@_attrs_define
class Refund:
    """Money given back from a captured charge."""

    id: str
    """ Unique id of the refund. """

    object_: Literal["refund"]
    """ Always `refund`. """

    charge: str
    """ The charge that is refunded. """

    payment_intent: str
    """ The payment intent of that charge. """

    amount: int
    """ What is given back, in minor units. """

    currency: str
    """ ISO 4217 currency code in upper case; that of the charge. """

    reason: None | str
    """ The reason given. """

    status: RefundStatus
    """ Status of a refund. `pending`: reserved, not sent. `requires_action`: somebody must act. `processing`: sent,
    not final. `succeeded`: given back; a provider may still turn it into `failed`. `failed` and `canceled` are
    final. """

    failure_reason: None | str
    """ Why the refund failed; otherwise null. """

    provider: str
    """ The provider that handles the refund. """

    provider_reference: None | str
    """ The reference under which the provider knows this; null until it was sent. """

    metadata: Metadata
    """ Your own keys and values: at most 50, keys of up to 40 characters, values of up to 500. """

    idempotency_key: None | str
    """ The idempotency key of the call that created the object; null when no call did. """

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
        field_dict["charge"] = self.charge
        field_dict["payment_intent"] = self.payment_intent
        field_dict["amount"] = self.amount
        field_dict["currency"] = self.currency
        field_dict["reason"] = self.reason
        field_dict["status"] = self.status.value
        field_dict["failure_reason"] = self.failure_reason
        field_dict["provider"] = self.provider
        field_dict["provider_reference"] = self.provider_reference
        field_dict["metadata"] = self.metadata.to_dict()
        field_dict["idempotency_key"] = self.idempotency_key
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        field_dict["updated_at"] = self.updated_at.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        object_ = cast(Literal["refund"], src_dict["object"])
        if object_ != "refund":
            raise ValueError(f"object must match const 'refund', got '{object_}'")
        _self.object_ = object_
        _self.charge = src_dict["charge"]
        _self.payment_intent = src_dict["payment_intent"]
        _self.amount = src_dict["amount"]
        _self.currency = src_dict["currency"]
        _self.reason = src_dict["reason"]
        _self.status = _REFUND_STATUS.get(_value := src_dict["status"]) or RefundStatus(
            _value
        )
        _self.failure_reason = src_dict["failure_reason"]
        _self.provider = src_dict["provider"]
        _self.provider_reference = src_dict["provider_reference"]
        _self.metadata = Metadata.from_dict(src_dict["metadata"])
        _self.idempotency_key = src_dict["idempotency_key"]
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.updated_at = _parse_datetime(src_dict["updated_at"])
        _self.additional_properties = (
            {}
            if len(src_dict) == 16
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


from ..models.metadata import Metadata
