from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.charge_status import ChargeStatus

_CHARGE_STATUS = {member.value: member for member in ChargeStatus}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "id",
        "object",
        "payment_intent",
        "amount",
        "amount_captured",
        "amount_refunded",
        "amount_refund_pending",
        "currency",
        "status",
        "provider",
        "provider_reference",
        "provider_transaction_id",
        "payment_method",
        "payment_method_details",
        "failure_code",
        "failure_message",
        "attempt_number",
        "livemode",
        "created_at",
        "updated_at",
    )
)

T = TypeVar("T", bound="Charge")


@_attrs_define
class Charge:
    """One attempt to collect a payment intent."""

    id: str
    """ Unique id of the charge. """

    object_: Literal["charge"]
    """ Always `charge`. """

    payment_intent: str
    """ The payment intent that this attempt belongs to. """

    amount: int
    """ What was attempted, in minor units. """

    amount_captured: int
    """ What was captured, in minor units. """

    amount_refunded: int
    """ What was refunded, in minor units. """

    amount_refund_pending: int
    """ What is reserved for refunds under way, in minor units. """

    currency: str
    """ ISO 4217 currency code in upper case. """

    status: ChargeStatus
    """ Status of a charge. `ready_to_send` and `sending`: on its way to the provider. `pending`: accepted, not
    final. `requires_action`: the customer must act. `authorized`: waiting for capture. `unknown`: the provider's
    answer was lost and is being found out. `succeeded`, `failed` and `canceled` are final. """

    provider: str
    """ The provider that handles the attempt. """

    provider_reference: None | str
    """ The reference under which the provider knows this; null until it was sent. """

    provider_transaction_id: None | str
    """ The provider's id of the finished transaction; null until there is one. """

    payment_method: None | str
    """ The payment method token used. """

    payment_method_details: None | PaymentMethodDetails
    """ What is known of the payment method; null until the provider told. """

    failure_code: None | str
    """ The error code of a failed attempt; otherwise null. """

    failure_message: None | str
    """ An explanation of the failure for people; otherwise null. """

    attempt_number: int
    """ 1 for the first attempt of its payment intent, then counting up. """

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
        field_dict["payment_intent"] = self.payment_intent
        field_dict["amount"] = self.amount
        field_dict["amount_captured"] = self.amount_captured
        field_dict["amount_refunded"] = self.amount_refunded
        field_dict["amount_refund_pending"] = self.amount_refund_pending
        field_dict["currency"] = self.currency
        field_dict["status"] = self.status.value
        field_dict["provider"] = self.provider
        field_dict["provider_reference"] = self.provider_reference
        field_dict["provider_transaction_id"] = self.provider_transaction_id
        field_dict["payment_method"] = self.payment_method
        field_dict["payment_method_details"] = (
            None
            if self.payment_method_details is None
            else self.payment_method_details.to_dict()
        )
        field_dict["failure_code"] = self.failure_code
        field_dict["failure_message"] = self.failure_message
        field_dict["attempt_number"] = self.attempt_number
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        field_dict["updated_at"] = self.updated_at.isoformat()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        object_ = cast(Literal["charge"], src_dict["object"])
        if object_ != "charge":
            raise ValueError(f"object must match const 'charge', got '{object_}'")
        _self.object_ = object_
        _self.payment_intent = src_dict["payment_intent"]
        _self.amount = src_dict["amount"]
        _self.amount_captured = src_dict["amount_captured"]
        _self.amount_refunded = src_dict["amount_refunded"]
        _self.amount_refund_pending = src_dict["amount_refund_pending"]
        _self.currency = src_dict["currency"]
        _self.status = _CHARGE_STATUS.get(_value := src_dict["status"]) or ChargeStatus(
            _value
        )
        _self.provider = src_dict["provider"]
        _self.provider_reference = src_dict["provider_reference"]
        _self.provider_transaction_id = src_dict["provider_transaction_id"]
        _self.payment_method = src_dict["payment_method"]
        _self.payment_method_details = (
            None
            if (_value := src_dict["payment_method_details"]) is None
            else PaymentMethodDetails.from_dict(_value)
        )
        _self.failure_code = src_dict["failure_code"]
        _self.failure_message = src_dict["failure_message"]
        _self.attempt_number = src_dict["attempt_number"]
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.updated_at = _parse_datetime(src_dict["updated_at"])
        _self.additional_properties = (
            {}
            if len(src_dict) == 20
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


from ..models.payment_method_details import PaymentMethodDetails
