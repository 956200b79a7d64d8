from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CreatePayoutRequest")


@_attrs_define
class CreatePayoutRequest:
    """Money to send."""

    amount: int
    """ What to send, in minor units of `currency`. """

    currency: str
    """ ISO 4217 currency code, in any case. """

    beneficiary: BeneficiaryRequest
    """ Who is to receive money: a bank account (with `account_number` and `account_holder`) or mobile money (with
    `phone`). """

    origin_module: str | Unset = UNSET
    """ The part of your system that asks for the payout. """

    origin_entity_id: str | Unset = UNSET
    """ Your id of what the payout is for. """

    metadata: Metadata | Unset = UNSET
    """ Your own keys and values: at most 50, keys of up to 40 characters, values of up to 500. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        field_dict["amount"] = self.amount
        field_dict["currency"] = self.currency
        field_dict["beneficiary"] = self.beneficiary.to_dict()
        if not isinstance(self.origin_module, Unset):
            field_dict["origin_module"] = self.origin_module
        if not isinstance(self.origin_entity_id, Unset):
            field_dict["origin_entity_id"] = self.origin_entity_id
        if not isinstance(self.metadata, Unset):
            field_dict["metadata"] = self.metadata.to_dict()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.amount = src_dict["amount"]
        _self.currency = src_dict["currency"]
        _self.beneficiary = BeneficiaryRequest.from_dict(src_dict["beneficiary"])
        _self.origin_module = src_dict.get("origin_module", UNSET)
        _self.origin_entity_id = src_dict.get("origin_entity_id", UNSET)
        _self.metadata = (
            UNSET
            if (_value := src_dict.get("metadata", UNSET)) is UNSET
            else Metadata.from_dict(_value)
        )
        return _self


from ..models.beneficiary_request import BeneficiaryRequest
from ..models.metadata import Metadata
