from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.payout_status import PayoutStatus

_PAYOUT_STATUS = {member.value: member for member in PayoutStatus}
_parse_datetime = datetime.datetime.fromisoformat
_PROPERTIES = frozenset(
    (
        "id",
        "object",
        "amount",
        "currency",
        "origin_module",
        "origin_entity_id",
        "beneficiary",
        "status",
        "failure_code",
        "failure_message",
        "provider",
        "provider_reference",
        "metadata",
        "idempotency_key",
        "livemode",
        "created_at",
        "updated_at",
        "arrives_at",
    )
)

T = TypeVar("T", bound="Payout")


@_attrs_define
class Payout:
    """Money sent from the available balance to a bank account or a phone."""

    id: str
    """ Unique id of the payout. """

    object_: Literal["payout"]
    """ Always `payout`. """

    amount: int
    """ What is sent, in minor units. """

    currency: str
    """ ISO 4217 currency code in upper case. """

    origin_module: None | str
    """ The part of your system that asked for the payout. """

    origin_entity_id: None | str
    """ Your id of what the payout is for. """

    beneficiary: Beneficiary
    """ Who receives money. Account and phone numbers are never shown, only their last four digits. """

    status: PayoutStatus
    """ Status of a payout. `pending`: not sent, may be canceled. `processing`: sent, the outcome is not known yet.
    `succeeded`: arrived; a bank may still turn it into `reversed`. `failed`, `canceled` and `reversed` are final.
    """

    failure_code: None | str
    """ The error code of a failed or reversed payout; otherwise null. """

    failure_message: None | str
    """ An explanation of the failure for people; otherwise null. """

    provider: None | str
    """ The provider that handles this; null until one is chosen. """

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

    arrives_at: datetime.datetime | None
    """ When the money is expected to arrive; null if nobody knows. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["id"] = self.id
        object_ = self.object_
        field_dict["object"] = object_
        field_dict["amount"] = self.amount
        field_dict["currency"] = self.currency
        field_dict["origin_module"] = self.origin_module
        field_dict["origin_entity_id"] = self.origin_entity_id
        field_dict["beneficiary"] = self.beneficiary.to_dict()
        field_dict["status"] = self.status.value
        field_dict["failure_code"] = self.failure_code
        field_dict["failure_message"] = self.failure_message
        field_dict["provider"] = self.provider
        field_dict["provider_reference"] = self.provider_reference
        field_dict["metadata"] = self.metadata.to_dict()
        field_dict["idempotency_key"] = self.idempotency_key
        field_dict["livemode"] = self.livemode
        field_dict["created_at"] = self.created_at.isoformat()
        field_dict["updated_at"] = self.updated_at.isoformat()
        field_dict["arrives_at"] = (
            None if self.arrives_at is None else self.arrives_at.isoformat()
        )
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.id = src_dict["id"]
        object_ = cast(Literal["payout"], src_dict["object"])
        if object_ != "payout":
            raise ValueError(f"object must match const 'payout', got '{object_}'")
        _self.object_ = object_
        _self.amount = src_dict["amount"]
        _self.currency = src_dict["currency"]
        _self.origin_module = src_dict["origin_module"]
        _self.origin_entity_id = src_dict["origin_entity_id"]
        _self.beneficiary = Beneficiary.from_dict(src_dict["beneficiary"])
        _self.status = _PAYOUT_STATUS.get(_value := src_dict["status"]) or PayoutStatus(
            _value
        )
        _self.failure_code = src_dict["failure_code"]
        _self.failure_message = src_dict["failure_message"]
        _self.provider = src_dict["provider"]
        _self.provider_reference = src_dict["provider_reference"]
        _self.metadata = Metadata.from_dict(src_dict["metadata"])
        _self.idempotency_key = src_dict["idempotency_key"]
        _self.livemode = src_dict["livemode"]
        _self.created_at = _parse_datetime(src_dict["created_at"])
        _self.updated_at = _parse_datetime(src_dict["updated_at"])
        _self.arrives_at = (
            None
            if (_value := src_dict["arrives_at"]) is None
            else _parse_datetime(_value)
        )
        _self.additional_properties = (
            {}
            if len(src_dict) == 18
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


from ..models.beneficiary import Beneficiary
from ..models.metadata import Metadata
