from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ConfirmPaymentIntentRequest")


@_attrs_define
class ConfirmPaymentIntentRequest:
    """What may still be set at confirmation."""

    payment_method: str | Unset = UNSET
    """ Payment method token; the intent's own if left out. """

    return_url: str | Unset = UNSET
    """ Where the customer returns after a redirect; the intent's own if left out. """

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = {}
        if not isinstance(self.payment_method, Unset):
            field_dict["payment_method"] = self.payment_method
        if not isinstance(self.return_url, Unset):
            field_dict["return_url"] = self.return_url
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.payment_method = src_dict.get("payment_method", UNSET)
        _self.return_url = src_dict.get("return_url", UNSET)
        return _self
