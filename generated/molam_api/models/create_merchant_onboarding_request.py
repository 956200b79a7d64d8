from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.business_type import BusinessType
from ..types import UNSET, Unset

_BUSINESS_TYPE = {member.value: member for member in BusinessType}

T = TypeVar("T", bound="CreateMerchantOnboardingRequest")


@_attrs_define
class CreateMerchantOnboardingRequest:
    """A merchant who wants to be paid."""

    business_name: str
    """ Registered name of the business. """

    business_type: BusinessType
    """ Legal form of a business. """

    country: str
    """ ISO 3166-1 alpha-2 country code in upper case. """

    email: str
    """ Contact e-mail address. """

    phone: str | Unset = _attrs_field(default=UNSET, repr=False)
    """ Contact phone number in E.164 form. Answers show its last four digits only. """

    settlement: BeneficiaryRequest | Unset = UNSET
    """ Who is to receive money: a bank account (with `account_number` and `account_holder`) or mobile money (with
    `phone`). """

    metadata: Metadata | Unset = UNSET
    """ Your own keys and values: at most 50, keys of up to 40 characters, values of up to 500. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        field_dict["business_name"] = self.business_name
        field_dict["business_type"] = self.business_type.value
        field_dict["country"] = self.country
        field_dict["email"] = self.email
        if not isinstance(self.phone, Unset):
            field_dict["phone"] = self.phone
        if not isinstance(self.settlement, Unset):
            field_dict["settlement"] = self.settlement.to_dict()
        if not isinstance(self.metadata, Unset):
            field_dict["metadata"] = self.metadata.to_dict()
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.business_name = src_dict["business_name"]
        _self.business_type = _BUSINESS_TYPE.get(
            _value := src_dict["business_type"]
        ) or BusinessType(_value)
        _self.country = src_dict["country"]
        _self.email = src_dict["email"]
        _self.phone = src_dict.get("phone", UNSET)
        _self.settlement = (
            UNSET
            if (_value := src_dict.get("settlement", UNSET)) is UNSET
            else BeneficiaryRequest.from_dict(_value)
        )
        _self.metadata = (
            UNSET
            if (_value := src_dict.get("metadata", UNSET)) is UNSET
            else Metadata.from_dict(_value)
        )
        return _self


from ..models.beneficiary_request import BeneficiaryRequest
from ..models.metadata import Metadata
