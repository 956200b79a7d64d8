"""Lets the refusal of an argument name the idempotency key that was given, as every other error of a call does."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ._idempotency import usable_key
from .errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable

Method = TypeVar("Method", bound="Callable[..., Any]")


def keeps_key(method: Method) -> Method:
    """Complete the ValidationErrors of a method that takes an idempotency key."""

    @wraps(method)
    def kept(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except ValidationError as error:
            _complete(error, kwargs)
            raise

    return cast("Method", kept)


def keeps_key_async(method: Method) -> Method:
    """Complete the ValidationErrors of an asynchronous method that takes an idempotency key."""

    @wraps(method)
    async def kept(*args: Any, **kwargs: Any) -> Any:
        try:
            return await method(*args, **kwargs)
        except ValidationError as error:
            _complete(error, kwargs)
            raise

    return cast("Method", kept)


def _complete(error: ValidationError, given: dict[str, Any]) -> None:
    if error.idempotency_key is None:
        error.idempotency_key = usable_key(given.get("idempotency_key"))
