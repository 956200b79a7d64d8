from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.error_type import ErrorType

_ERROR_TYPE = {member.value: member for member in ErrorType}
_PROPERTIES = frozenset(
    (
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "error_type",
        "code",
        "param",
        "errors",
        "request_id",
        "decline_code",
        "provider",
        "provider_code",
        "retryable",
        "retry_after",
        "doc_url",
        "resource",
    )
)

T = TypeVar("T", bound="Problem")


@_attrs_define
class Problem:
    """What went wrong, after RFC 9457."""

    type_: str
    """ URI that identifies the kind of problem. """

    title: str
    """ Short name of the kind of problem, the same for every occurrence. """

    status: int
    """ The HTTP status of the answer. """

    detail: str
    """ What happened this time, for people. """

    instance: None | str
    """ URI of this occurrence: `urn:molam:request:` and the request's id; null where there is none. """

    error_type: ErrorType
    """ The class of an error, which follows from the status. """

    code: str
    """ The precise error, for programs. New codes appear without notice. """

    param: None | str
    """ The parameter or body member at fault; null if it is none or many. """

    errors: list[ProblemError]
    """ Every single fault of an invalid request; empty for other problems. """

    request_id: str
    """ Id of the request, as in the `Request-Id` header. """

    decline_code: None | str
    """ The finer reason of a decline; otherwise null. """

    provider: None | str
    """ The provider concerned; null if none was. """

    provider_code: None | str
    """ The provider's own code; null if there is none. """

    retryable: bool
    """ Whether the same call with the same idempotency key may succeed later. """

    retry_after: int | None
    """ Seconds to wait before repeating; null if there is no advice. """

    doc_url: None | str
    """ Where to read more; null if nowhere. """

    resource: None | ResourceReference
    """ The object concerned, such as the intent of a declined payment; null if there is none. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field_dict: dict[str, Any] = dict(self.additional_properties)
        field_dict["type"] = self.type_
        field_dict["title"] = self.title
        field_dict["status"] = self.status
        field_dict["detail"] = self.detail
        field_dict["instance"] = self.instance
        field_dict["error_type"] = self.error_type.value
        field_dict["code"] = self.code
        field_dict["param"] = self.param
        field_dict["errors"] = [_item.to_dict() for _item in self.errors]
        field_dict["request_id"] = self.request_id
        field_dict["decline_code"] = self.decline_code
        field_dict["provider"] = self.provider
        field_dict["provider_code"] = self.provider_code
        field_dict["retryable"] = self.retryable
        field_dict["retry_after"] = self.retry_after
        field_dict["doc_url"] = self.doc_url
        field_dict["resource"] = (
            None if self.resource is None else self.resource.to_dict()
        )
        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        _self = cls.__new__(cls)
        _self.type_ = src_dict["type"]
        _self.title = src_dict["title"]
        _self.status = src_dict["status"]
        _self.detail = src_dict["detail"]
        _self.instance = src_dict["instance"]
        _self.error_type = _ERROR_TYPE.get(
            _value := src_dict["error_type"]
        ) or ErrorType(_value)
        _self.code = src_dict["code"]
        _self.param = src_dict["param"]
        _self.errors = [ProblemError.from_dict(_item) for _item in src_dict["errors"]]
        _self.request_id = src_dict["request_id"]
        _self.decline_code = src_dict["decline_code"]
        _self.provider = src_dict["provider"]
        _self.provider_code = src_dict["provider_code"]
        _self.retryable = src_dict["retryable"]
        _self.retry_after = src_dict["retry_after"]
        _self.doc_url = src_dict["doc_url"]
        _self.resource = (
            None
            if (_value := src_dict["resource"]) is None
            else ResourceReference.from_dict(_value)
        )
        _self.additional_properties = (
            {}
            if len(src_dict) == 17
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


from ..models.problem_error import ProblemError
from ..models.resource_reference import ResourceReference
