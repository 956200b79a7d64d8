"""Turns what users pass into what the generated endpoints take, or says what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from molam_api.types import UNSET, Unset

from .._shapes import is_list, is_mapping
from ..errors import ValidationError
from ..money import Money, check_amount, major_text, resolve_major

if TYPE_CHECKING:
    from datetime import datetime
    from enum import StrEnum

    from molam_api.models import Metadata, ProviderSettings

    E = TypeVar("E", bound=StrEnum)

T = TypeVar("T")


def given(value: T | None) -> T | Unset:
    """Return UNSET, which is left out of the request, for None."""
    return UNSET if value is None else value


def minor_units(amount: object, param: str) -> int | Unset:
    """Return a checked amount whose currency the object it concerns decides.

    Raises:
        ValidationError: For everything but an int of minor units; a Money too, since nothing here
            could tell whether its currency is the object's.
    """
    if isinstance(amount, Money):
        raise ValidationError(
            f"{param} must be an int of minor units: its currency is that of the payment, a Money could differ",
            code="amount_invalid",
            param=param,
        )
    return UNSET if amount is None else check_amount(amount, param)


def major_units(amount: object, currency: str | None) -> tuple[str | Unset, str | Unset]:
    """Return the decimal text and the currency of an amount whose currency the payment decides.

    Raises:
        ValidationError: For everything but text and Money, and for a Money of another currency than the one given.
    """
    if amount is None:
        return UNSET, given(currency)
    if isinstance(amount, Money) or currency is not None:
        return resolve_major(amount, currency)
    return major_text(amount), UNSET


def word(enum: type[E], value: str | None, param: str) -> E | Unset:
    """Return a member of an open enum that may be left out."""
    return UNSET if value is None else required_word(enum, value, param)


def required_word(enum: type[E], value: object, param: str) -> E:
    """Return a member of an open enum: a word that this SDK does not know yet goes through."""
    if not isinstance(value, str):
        raise ValidationError(f"{param} must be a string", code="parameter_invalid", param=param)
    return enum(value)


def flag(value: object, param: str) -> bool | Unset:
    """Return a checked bool."""
    if value is None:
        return UNSET
    if not isinstance(value, bool):
        raise ValidationError(f"{param} must be True or False", code="parameter_invalid", param=param)
    return value


def strings(value: object, param: str) -> list[str]:
    """Return a list of strings; a single string is a mistake that would be taken apart."""
    if not is_list(value) or not all(isinstance(item, str) for item in value):
        raise ValidationError(f"{param} must be a list of strings", code="parameter_invalid", param=param)
    return list(value)


def optional_strings(value: Sequence[str] | None, param: str) -> list[str] | Unset:
    """Return a list of strings that may be left out."""
    return UNSET if value is None else strings(value, param)


def seconds(value: object, param: str) -> list[int] | Unset | None:
    """Return a list of seconds that may be left out; an empty one stands for null."""
    if value is None:
        return UNSET
    if not is_list(value) or not all(isinstance(item, int) and not isinstance(item, bool) for item in value):
        raise ValidationError(f"{param} must be a list of whole seconds", code="parameter_invalid", param=param)
    return list(value) or None


def whole(value: object, param: str) -> int | Unset:
    """Return a number that may be left out."""
    if value is None:
        return UNSET
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValidationError(f"{param} must be an int", code="parameter_invalid", param=param)
    return value


def count(value: object, param: str) -> int | Unset | None:
    """Return a number that may be left out; 0 stands for null."""
    return UNSET if value is None else whole(value, param) or None


def metadata(value: Mapping[str, str] | None) -> Metadata | Unset:
    """Return metadata as the generated model.

    Raises:
        ValidationError: For anything but strings: numbers would come back as something else.
    """
    if value is None:
        return UNSET
    from molam_api.models import Metadata

    members: object = value
    if not is_mapping(members) or not all(isinstance(part, str) for item in members.items() for part in item):
        raise ValidationError("metadata must map strings to strings", code="parameter_invalid", param="metadata")
    return Metadata.from_dict(value)


def provider_settings(value: Mapping[str, str] | None) -> ProviderSettings | Unset:
    """Return a provider's settings as the generated model; the message of a refusal holds no value.

    Raises:
        ValidationError: For anything but strings.
    """
    if value is None:
        return UNSET
    from molam_api.models import ProviderSettings

    members: object = value
    if not is_mapping(members) or not all(isinstance(part, str) for item in members.items() for part in item):
        raise ValidationError("settings must map strings to strings", code="parameter_invalid", param="settings")
    return ProviderSettings.from_dict(value)


def nested(model: type[T], value: T | Mapping[str, Any], param: str) -> T:
    """Return a nested object as the generated model.

    Raises:
        ValidationError: For a member that the API does not know, which would be lost, and for one
            that is missing.
    """
    if isinstance(value, model):
        return value
    if not isinstance(value, Mapping):
        raise ValidationError(f"{param} must be a mapping or a {model.__name__}", code="parameter_invalid", param=param)
    shape: Any = model
    known = {field.name.removesuffix("_") for field in shape.__attrs_attrs__}
    members = {str(name): member for name, member in cast(Mapping[Any, Any], value).items() if member is not None}
    for name in members:
        if name not in known:
            raise ValidationError(
                f"{param} has no member {name!r}; it takes {', '.join(sorted(known))}",
                code="parameter_unknown",
                param=f"{param}.{name}",
            )
    try:
        return cast(T, shape.from_dict(members))
    except KeyError as error:
        raise ValidationError(
            f"{param} needs the member {error.args[0]!r}",
            code="parameter_missing",
            param=f"{param}.{error.args[0]}",
        ) from None
    except (TypeError, ValueError, AttributeError):
        raise ValidationError(
            f"{param} has a member of the wrong type", code="parameter_invalid", param=param
        ) from None


def optional(model: type[T], value: T | Mapping[str, Any] | None, param: str) -> T | Unset:
    """Return a nested object that may be left out."""
    return UNSET if value is None else nested(model, value, param)


def time(value: datetime | str | None, param: str) -> datetime | None:
    """Return an aware datetime from one or from an RFC 3339 string.

    Raises:
        ValidationError: For a time without an offset, which means another moment elsewhere, and for
            a string that is no time.
    """
    if value is None:
        return None
    from datetime import datetime

    parsed: Any = value
    if isinstance(value, str):
        from dateutil.parser import isoparse

        try:
            parsed = isoparse(value)
        except (ValueError, OverflowError):
            parsed = None
    if not isinstance(parsed, datetime) or parsed.utcoffset() is None:
        raise ValidationError(
            f"{param} must be a datetime with a time zone or a string such as 2026-11-01T12:00:00Z",
            code="parameter_invalid",
            param=param,
        )
    return parsed
