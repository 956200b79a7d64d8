from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CapturePaymentIntentRequest")


@_attrs_define
class CapturePaymentIntentRequest:
    """How much to capture."""

    amount_to_capture: int | Unset = UNSET
    """ What to capture in minor units, all of `amount_capturable` if left out. The rest is released. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        if not isinstance(self.amount_to_capture, Unset):
            field_dict["amount_to_capture"] = self.amount_to_capture
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.amount_to_capture = src_dict.get("amount_to_capture", UNSET)
        return _self
