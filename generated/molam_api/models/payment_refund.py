from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.payment_refund_status import PaymentRefundStatus

_PAYMENT_REFUND_STATUS = {member.value: member for member in PaymentRefundStatus}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "id",
        "object",
        "transaction_id",
        "status",
        "amount",
        "currency",
        "reason",
        "failure_reason",
        "provider",
        "metadata",
        "livemode",
        "created_at",
        "updated_at",
    )
)

T = TypeVar("T", bound="PaymentRefund")


@_attrs_define
class PaymentRefund:
    """Money of a payment that is given back, in major units."""

    id: str
    """ Unique id of the refund. """

    object_: Literal["payment_refund"]
    """ Always `payment_refund`. """

    transaction_id: str
    """ Unique id of the payment; that of its payment intent. """

    status: PaymentRefundStatus
    """ Status of a refund. `pending`: not sent yet. `processing`: sent, the outcome is not known yet. `completed`:
    given back, which a provider may still undo. `failed` and `canceled` are final. """

    amount: str
    """ What is given back, in major units of `currency`. """

    currency: str
    """ ISO 4217 currency code in upper case. """

    reason: None | str
    """ Why, in your words. """

    failure_reason: None | str
    """ Why it failed; null if it did not. """

    provider: str
    """ The provider that sends the money back. """

    metadata: Metadata
    """ Your own keys and values: at most 50, keys of up to 40 characters, values of up to 500. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    created_at: datetime.datetime
    """ When the refund was created. """

    updated_at: datetime.datetime
    """ When the refund last changed. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["id"] = self.id
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["transaction_id"] = self.transaction_id
        field_dict["status"] = self.status.value
        field_dict["amount"] = self.amount
        field_dict["currency"] = self.currency
        field_dict["reason"] = self.reason
        field_dict["failure_reason"] = self.failure_reason
        field_dict["provider"] = self.provider
        field_dict["metadata"] = self.metadata.to_dict()
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        field_dict["updated_at"] = self.updated_at.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        object_ = cast(Literal["payment_refund"], src_dict["object"])
        if object_ != "payment_refund":
            raise ValueError(
                f"object must match const 'payment_refund', got '{object_}'"
            )
        _self.object_ = object_
        _self.transaction_id = src_dict["transaction_id"]
        _self.status = _PAYMENT_REFUND_STATUS.get(
            _value := src_dict["status"]
        ) or PaymentRefundStatus(_value)
        _self.amount = src_dict["amount"]
        _self.currency = src_dict["currency"]
        _self.reason = src_dict["reason"]
        _self.failure_reason = src_dict["failure_reason"]
        _self.provider = src_dict["provider"]
        _self.metadata = Metadata.from_dict(src_dict["metadata"])
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.updated_at = _parse_datetime(src_dict["updated_at"])
        _self.additional_properties = (
            {}
            if len(src_dict) == 13
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
