from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.capture_method import CaptureMethod
from ..types import UNSET, Unset

_CAPTURE_METHOD = {member.value: member for member in CaptureMethod}

T = TypeVar("T", bound="CreatePaymentIntentRequest")


@_attrs_define
class CreatePaymentIntentRequest:
    """A payment to collect."""

    amount: int
    """ What the customer is to pay, in minor units of `currency`. """

    currency: str
    """ ISO 4217 currency code, in any case. """

    confirm: bool | Unset = UNSET
    """ Confirm in the same call; needs `payment_method`. False if left out. """

    capture_method: CaptureMethod | Unset = UNSET
    """ `automatic` captures at once, `manual` authorizes first and waits for a capture call. """

    payment_method: str | Unset = UNSET
    """ Payment method token. Never a card number. """

    provider: str | Unset = UNSET
    """ The provider to use; chosen for you if left out. """

    customer: CustomerRequest | Unset = UNSET
    """ What you know of the paying customer. """

    customer_id: str | Unset = UNSET
    """ Your id of the customer, for finding the payment again. """

    merchant_id: str | Unset = UNSET
    """ The merchant that the payment is for, on a platform. """

    description: str | Unset = UNSET
    """ Your description of the payment. """

    metadata: Metadata | Unset = UNSET
    """ Your own keys and values: at most 50, keys of up to 40 characters, values of up to 500. """

    return_url: str | Unset = UNSET
    """ Where the customer returns after a redirect. """

    cancel_url: str | Unset = UNSET
    """ Where the customer returns after giving up. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        field_dict["amount"] = self.amount
        field_dict["currency"] = self.currency
        if not isinstance(self.confirm, Unset):
            field_dict["confirm"] = self.confirm
        if not isinstance(self.capture_method, Unset):
            field_dict["capture_method"] = self.capture_method.value
        if not isinstance(self.payment_method, Unset):
            field_dict["payment_method"] = self.payment_method
        if not isinstance(self.provider, Unset):
            field_dict["provider"] = self.provider
        if not isinstance(self.customer, Unset):
            field_dict["customer"] = self.customer.to_dict()
        if not isinstance(self.customer_id, Unset):
            field_dict["customer_id"] = self.customer_id
        if not isinstance(self.merchant_id, Unset):
            field_dict["merchant_id"] = self.merchant_id
        if not isinstance(self.description, Unset):
            field_dict["description"] = self.description
        if not isinstance(self.metadata, Unset):
            field_dict["metadata"] = self.metadata.to_dict()
        if not isinstance(self.return_url, Unset):
            field_dict["return_url"] = self.return_url
        if not isinstance(self.cancel_url, Unset):
            field_dict["cancel_url"] = self.cancel_url
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.amount = src_dict["amount"]
        _self.currency = src_dict["currency"]
        _self.confirm = src_dict.get("confirm", UNSET)
        _self.capture_method = (
            UNSET
            if (_value := src_dict.get("capture_method", UNSET)) is UNSET
            else _CAPTURE_METHOD.get(_value) or CaptureMethod(_value)
        )
        _self.payment_method = src_dict.get("payment_method", UNSET)
        _self.provider = src_dict.get("provider", UNSET)
        _self.customer = (
            UNSET
            if (_value := src_dict.get("customer", UNSET)) is UNSET
            else CustomerRequest.from_dict(_value)
        )
        _self.customer_id = src_dict.get("customer_id", UNSET)
        _self.merchant_id = src_dict.get("merchant_id", UNSET)
        _self.description = src_dict.get("description", UNSET)
        _self.metadata = (
            UNSET
            if (_value := src_dict.get("metadata", UNSET)) is UNSET
            else Metadata.from_dict(_value)
        )
        _self.return_url = src_dict.get("return_url", UNSET)
        _self.cancel_url = src_dict.get("cancel_url", UNSET)
        return _self


from ..models.customer_request import CustomerRequest
from ..models.metadata import Metadata
