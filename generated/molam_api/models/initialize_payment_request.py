from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="InitializePaymentRequest")


@_attrs_define
class InitializePaymentRequest:
    """A payment to collect, in major units."""

    provider: str
    """ The provider to use. """

    amount: str
    """ What the customer is to pay, in major units of `currency`, with at most as many decimals as it has. """

    currency: str
    """ ISO 4217 currency code, in any case. """

    payment_method: str | Unset = UNSET
    """ Payment method token. Never a card number. """

    customer: CustomerRequest | Unset = UNSET
    """ What you know of the paying customer. """

    customer_id: str | Unset = UNSET
    """ Your id of the customer, for finding the payment again. """

    description: str | Unset = UNSET
    """ Your description of the payment. """

    metadata: Metadata | Unset = UNSET
    """ Your own keys and values: at most 50, keys of up to 40 characters, values of up to 500. """

    return_url: str | Unset = UNSET
    """ Where the customer returns after a redirect. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        field_dict["provider"] = self.provider
        field_dict["amount"] = self.amount
        field_dict["currency"] = self.currency
        if not isinstance(self.payment_method, Unset):
            field_dict["payment_method"] = self.payment_method
        if not isinstance(self.customer, Unset):
            field_dict["customer"] = self.customer.to_dict()
        if not isinstance(self.customer_id, Unset):
            field_dict["customer_id"] = self.customer_id
        if not isinstance(self.description, Unset):
            field_dict["description"] = self.description
        if not isinstance(self.metadata, Unset):
            field_dict["metadata"] = self.metadata.to_dict()
        if not isinstance(self.return_url, Unset):
            field_dict["return_url"] = self.return_url
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.provider = src_dict["provider"]
        _self.amount = src_dict["amount"]
        _self.currency = src_dict["currency"]
        _self.payment_method = src_dict.get("payment_method", UNSET)
        _self.customer = (
            UNSET
            if (_value := src_dict.get("customer", UNSET)) is UNSET
            else CustomerRequest.from_dict(_value)
        )
        _self.customer_id = src_dict.get("customer_id", UNSET)
        _self.description = src_dict.get("description", UNSET)
        _self.metadata = (
            UNSET
            if (_value := src_dict.get("metadata", UNSET)) is UNSET
            else Metadata.from_dict(_value)
        )
        _self.return_url = src_dict.get("return_url", UNSET)
        return _self


from ..models.customer_request import CustomerRequest
from ..models.metadata import Metadata
