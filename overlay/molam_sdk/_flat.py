"""The flat method names of earlier SDKs, bound to the methods of the resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._async_client import MolamAsyncClient
    from ._client import MolamClient

M = TypeVar("M")


class _Bound(Generic[M]):
    """A name on the client for a method of a resource."""

    def __init__(self, method: Callable[[Any], M]) -> None:
        self._method = method

    @overload
    def __get__(self, client: None, owner: type) -> Self: ...
    @overload
    def __get__(self, client: object, owner: type) -> M: ...
    def __get__(self, client: object, owner: type) -> Self | M:
        return self if client is None else self._method(client)


def _sync(method: Callable[[MolamClient], M]) -> _Bound[M]:
    return _Bound(method)


def _async(method: Callable[[MolamAsyncClient], M]) -> _Bound[M]:
    return _Bound(method)


class FlatNames:
    """Flat names of the synchronous client."""

    create_payment_intent = _sync(lambda client: client.payment_intents.create)
    retrieve_payment_intent = _sync(lambda client: client.payment_intents.retrieve)
    confirm_payment_intent = _sync(lambda client: client.payment_intents.confirm)
    cancel_payment_intent = _sync(lambda client: client.payment_intents.cancel)
    list_payment_intents = _sync(lambda client: client.payment_intents.list)
    create_refund = _sync(lambda client: client.refunds.create)
    retrieve_refund = _sync(lambda client: client.refunds.retrieve)
    create_payout = _sync(lambda client: client.payouts.create)
    retrieve_payout = _sync(lambda client: client.payouts.retrieve)
    create_merchant_onboarding = _sync(lambda client: client.merchant_onboardings.create)


class AsyncFlatNames:
    """Flat names of the asynchronous client."""

    create_payment_intent = _async(lambda client: client.payment_intents.create)
    retrieve_payment_intent = _async(lambda client: client.payment_intents.retrieve)
    confirm_payment_intent = _async(lambda client: client.payment_intents.confirm)
    cancel_payment_intent = _async(lambda client: client.payment_intents.cancel)
    list_payment_intents = _async(lambda client: client.payment_intents.list)
    create_refund = _async(lambda client: client.refunds.create)
    retrieve_refund = _async(lambda client: client.refunds.retrieve)
    create_payout = _async(lambda client: client.payouts.create)
    retrieve_payout = _async(lambda client: client.payouts.retrieve)
    create_merchant_onboarding = _async(lambda client: client.merchant_onboardings.create)
