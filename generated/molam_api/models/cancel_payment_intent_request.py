from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CancelPaymentIntentRequest")


@_attrs_define
class CancelPaymentIntentRequest:
    """Why the payment is canceled."""

    cancellation_reason: str | Unset = UNSET
    """ Why the payment is canceled. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        if not isinstance(self.cancellation_reason, Unset):
            field_dict["cancellation_reason"] = self.cancellation_reason
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.cancellation_reason = src_dict.get("cancellation_reason", UNSET)
        return _self
