from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.payment_status import PaymentStatus

_PAYMENT_STATUS = {member.value: member for member in PaymentStatus}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "transaction_id",
        "object",
        "status",
        "status_reason",
        "amount",
        "amount_refunded",
        "currency",
        "provider",
        "payment_method",
        "customer_id",
        "customer",
        "description",
        "metadata",
        "return_url",
        "next_action",
        "last_error",
        "livemode",
        "created_at",
        "updated_at",
        "expires_at",
        "audit_trail",
    )
)

T = TypeVar("T", bound="PaymentDetails")


@_attrs_define
class PaymentDetails:
    """A payment with the trail of what happened to it."""

    transaction_id: str
    """ Unique id of the payment; that of its payment intent. """

    object_: Literal["payment"]
    """ Always `payment`. """

    status: PaymentStatus
    """ Status of a payment. `pending`: not sent yet. `processing`: sent; the customer may have to act, or the
    outcome is not known yet. `completed`: paid. `failed`: the last attempt was refused. `partially_refunded` and
    `refunded`: paid, and given back in part or wholly. `canceled`: given up. """

    status_reason: None | str
    """ Why the status is what it is, for example `expired` or `provider_unknown`; null where nothing needs
    explaining. """

    amount: str
    """ What the customer is to pay, in major units of `currency` with all its digits. """

    amount_refunded: str
    """ What has been refunded, in major units. """

    currency: str
    """ ISO 4217 currency code in upper case. """

    provider: None | str
    """ The provider that handles this; null until one is chosen. """

    payment_method: None | str
    """ The payment method token in use; null until one is given. """

    customer_id: None | str
    """ Your id of the customer. """

    customer: Customer | None
    """ What is known of the customer; null if nothing was given. """

    description: None | str
    """ Your description of the payment. """

    metadata: Metadata
    """ Your own keys and values: at most 50, keys of up to 40 characters, values of up to 500. """

    return_url: None | str
    """ Where the customer returns after a redirect. """

    next_action: NextAction | None
    """ What the customer has to do now; null if there is nothing. """

    last_error: LastError | None
    """ Why the latest attempt failed; null if it did not. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    created_at: datetime.datetime
    """ When the payment was created. """

    updated_at: datetime.datetime
    """ When the payment last changed. """

    expires_at: datetime.datetime | None
    """ When an unfinished payment is canceled by itself; null once it is final. """

    audit_trail: list[PaymentAuditEntry]
    """ What happened to the payment and to its charges, refunds and attempts, oldest first. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["transaction_id"] = self.transaction_id
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["status"] = self.status.value
        field_dict["status_reason"] = self.status_reason
        field_dict["amount"] = self.amount
        field_dict["amount_refunded"] = self.amount_refunded
        field_dict["currency"] = self.currency
        field_dict["provider"] = self.provider
        field_dict["payment_method"] = self.payment_method
        field_dict["customer_id"] = self.customer_id
        field_dict["customer"] = (
            None if self.customer is None else self.customer.to_dict()
        )
        field_dict["description"] = self.description
        field_dict["metadata"] = self.metadata.to_dict()
        field_dict["return_url"] = self.return_url
        field_dict["next_action"] = (
            None if self.next_action is None else self.next_action.to_dict()
        )
        field_dict["last_error"] = (
            None if self.last_error is None else self.last_error.to_dict()
        )
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        field_dict["updated_at"] = self.updated_at.isoformat()
        field_dict["expires_at"] = (
            None if self.expires_at is None else self.expires_at.isoformat()
        )
        field_dict["audit_trail"] = [_item.to_dict() for _item in self.audit_trail]
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.transaction_id = src_dict["transaction_id"]
        object_ = cast(Literal["payment"], src_dict["object"])
        if object_ != "payment":
            raise ValueError(f"object must match const 'payment', got '{object_}'")
        _self.object_ = object_
        _self.status = _PAYMENT_STATUS.get(
            _value := src_dict["status"]
        ) or PaymentStatus(_value)
        _self.status_reason = src_dict["status_reason"]
        _self.amount = src_dict["amount"]
        _self.amount_refunded = src_dict["amount_refunded"]
        _self.currency = src_dict["currency"]
        _self.provider = src_dict["provider"]
        _self.payment_method = src_dict["payment_method"]
        _self.customer_id = src_dict["customer_id"]
        _self.customer = (
            None
            if (_value := src_dict["customer"]) is None
            else Customer.from_dict(_value)
        )
        _self.description = src_dict["description"]
        _self.metadata = Metadata.from_dict(src_dict["metadata"])
        _self.return_url = src_dict["return_url"]
        _self.next_action = (
            None
            if (_value := src_dict["next_action"]) is None
            else NextAction.from_dict(_value)
        )
        _self.last_error = (
            None
            if (_value := src_dict["last_error"]) is None
            else LastError.from_dict(_value)
        )
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.updated_at = _parse_datetime(src_dict["updated_at"])
        _self.expires_at = (
            None
            if (_value := src_dict["expires_at"]) is None
            else _parse_datetime(_value)
        )
        _self.audit_trail = [
            PaymentAuditEntry.from_dict(_item) for _item in src_dict["audit_trail"]
        ]
        _self.additional_properties = (
            {}
            if len(src_dict) == 21
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


from ..models.customer import Customer
from ..models.last_error import LastError
from ..models.metadata import Metadata
from ..models.next_action import NextAction
from ..models.payment_audit_entry import PaymentAuditEntry
