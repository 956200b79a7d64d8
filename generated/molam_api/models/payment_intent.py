from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.capture_method import CaptureMethod
from ..models.payment_intent_status import PaymentIntentStatus

_PAYMENT_INTENT_STATUS = {member.value: member for member in PaymentIntentStatus}
_CAPTURE_METHOD = {member.value: member for member in CaptureMethod}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "id",
        "object",
        "amount",
        "amount_capturable",
        "amount_received",
        "amount_refunded",
        "currency",
        "status",
        "status_reason",
        "provider",
        "provider_reference",
        "payment_method",
        "payment_method_types",
        "capture_method",
        "cancellation_reason",
        "customer_id",
        "merchant_id",
        "customer",
        "description",
        "metadata",
        "return_url",
        "cancel_url",
        "next_action",
        "latest_charge",
        "last_error",
        "idempotency_key",
        "livemode",
        "created_at",
        "updated_at",
        "expires_at",
        "sequence",
    )
)

T = TypeVar("T", bound="PaymentIntent")


@_attrs_define
class PaymentIntent:
    """A payment from its first idea to captured money. Every attempt to collect it is a charge."""

    id: str
    """ Unique id of the payment intent. """

    object_: Literal["payment_intent"]
    """ Always `payment_intent`. """

    amount: int
    """ What the customer is to pay, in minor units of `currency`. """

    amount_capturable: int
    """ What is authorized but not captured, in minor units. """

    amount_received: int
    """ What has been captured, in minor units. """

    amount_refunded: int
    """ What has been refunded of the captured amount, in minor units. """

    currency: str
    """ ISO 4217 currency code in upper case. """

    status: PaymentIntentStatus
    """ Status of a payment intent. `requires_payment_method`: no method yet, or the last attempt failed.
    `requires_confirmation`: ready to be sent. `requires_action`: the customer must act. `processing`: sent, the
    outcome is not known yet. `requires_capture`: authorized, waiting for capture. `succeeded` and `canceled` are
    final. """

    status_reason: None | str
    """ Why the status is what it is, for example `expired` or `provider_unknown`; null where nothing needs
    explaining. """

    provider: None | str
    """ The provider that handles this; null until one is chosen. """

    provider_reference: None | str
    """ The reference under which the provider knows this; null until it was sent. """

    payment_method: None | str
    """ The payment method token in use; null until one is given. """

    payment_method_types: list[str]
    """ The kinds of payment method that this payment accepts. """

    capture_method: CaptureMethod
    """ `automatic` captures at once, `manual` authorizes first and waits for a capture call. """

    cancellation_reason: None | str
    """ The reason given when the payment was canceled. """

    customer_id: None | str
    """ Your id of the customer. """

    merchant_id: None | str
    """ The merchant that the payment is for, on a platform. """

    customer: Customer | None
    """ What is known of the customer; null if nothing was given. """

    description: None | str
    """ Your description of the payment. """

    metadata: Metadata
    """ Your own keys and values: at most 50, keys of up to 40 characters, values of up to 500. """

    return_url: None | str
    """ Where the customer returns after a redirect. """

    cancel_url: None | str
    """ Where the customer returns after giving up. """

    next_action: NextAction | None
    """ What has to happen next while the status is `requires_action`; otherwise null. """

    latest_charge: None | str
    """ Id of the latest attempt; null before the first. """

    last_error: LastError | None
    """ Why the latest attempt failed; null if it did not. """

    idempotency_key: None | str
    """ The idempotency key of the call that created the object; null when no call did. """

    livemode: bool
    """ True for real money, false in the sandbox. """

    created_at: datetime.datetime
    """ When the object was created. """

    updated_at: datetime.datetime
    """ When the object last changed. """

    expires_at: datetime.datetime | None
    """ When an unfinished payment is canceled by itself; null once it is final. """

    sequence: int
    """ Grows with every change of this object: the larger number is the newer state. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["id"] = self.id
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["amount"] = self.amount
        field_dict["amount_capturable"] = self.amount_capturable
        field_dict["amount_received"] = self.amount_received
        field_dict["amount_refunded"] = self.amount_refunded
        field_dict["currency"] = self.currency
        field_dict["status"] = self.status.value
        field_dict["status_reason"] = self.status_reason
        field_dict["provider"] = self.provider
        field_dict["provider_reference"] = self.provider_reference
        field_dict["payment_method"] = self.payment_method
        field_dict["payment_method_types"] = self.payment_method_types
        field_dict["capture_method"] = self.capture_method.value
        field_dict["cancellation_reason"] = self.cancellation_reason
        field_dict["customer_id"] = self.customer_id
        field_dict["merchant_id"] = self.merchant_id
        field_dict["customer"] = (
            None if self.customer is None else self.customer.to_dict()
        )
        field_dict["description"] = self.description
        field_dict["metadata"] = self.metadata.to_dict()
        field_dict["return_url"] = self.return_url
        field_dict["cancel_url"] = self.cancel_url
        field_dict["next_action"] = (
            None if self.next_action is None else self.next_action.to_dict()
        )
        field_dict["latest_charge"] = self.latest_charge
        field_dict["last_error"] = (
            None if self.last_error is None else self.last_error.to_dict()
        )
        field_dict["idempotency_key"] = self.idempotency_key
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        field_dict["updated_at"] = self.updated_at.isoformat()
        field_dict["expires_at"] = (
            None if self.expires_at is None else self.expires_at.isoformat()
        )
        field_dict["sequence"] = self.sequence
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        object_ = cast(Literal["payment_intent"], src_dict["object"])
        if object_ != "payment_intent":
            raise ValueError(
                f"object must match const 'payment_intent', got '{object_}'"
            )
        _self.object_ = object_
        _self.amount = src_dict["amount"]
        _self.amount_capturable = src_dict["amount_capturable"]
        _self.amount_received = src_dict["amount_received"]
        _self.amount_refunded = src_dict["amount_refunded"]
        _self.currency = src_dict["currency"]
        _self.status = _PAYMENT_INTENT_STATUS.get(
            _value := src_dict["status"]
        ) or PaymentIntentStatus(_value)
        _self.status_reason = src_dict["status_reason"]
        _self.provider = src_dict["provider"]
        _self.provider_reference = src_dict["provider_reference"]
        _self.payment_method = src_dict["payment_method"]
        _self.payment_method_types = src_dict["payment_method_types"]
        _self.capture_method = _CAPTURE_METHOD.get(
            _value := src_dict["capture_method"]
        ) or CaptureMethod(_value)
        _self.cancellation_reason = src_dict["cancellation_reason"]
        _self.customer_id = src_dict["customer_id"]
        _self.merchant_id = src_dict["merchant_id"]
        _self.customer = (
            None
            if (_value := src_dict["customer"]) is None
            else Customer.from_dict(_value)
        )
        _self.description = src_dict["description"]
        _self.metadata = Metadata.from_dict(src_dict["metadata"])
        _self.return_url = src_dict["return_url"]
        _self.cancel_url = src_dict["cancel_url"]
        _self.next_action = (
            None
            if (_value := src_dict["next_action"]) is None
            else NextAction.from_dict(_value)
        )
        _self.latest_charge = src_dict["latest_charge"]
        _self.last_error = (
            None
            if (_value := src_dict["last_error"]) is None
            else LastError.from_dict(_value)
        )
        _self.idempotency_key = src_dict["idempotency_key"]
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.updated_at = _parse_datetime(src_dict["updated_at"])
        _self.expires_at = (
            None
            if (_value := src_dict["expires_at"]) is None
            else _parse_datetime(_value)
        )
        _self.sequence = src_dict["sequence"]
        _self.additional_properties = (
            {}
            if len(src_dict) == 31
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
