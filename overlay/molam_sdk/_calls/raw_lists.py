"""Types the raw-mode `list` methods: which list model the first page of which items is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, overload

from .._front_door import front_door

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from molam_api.models import (
        AuditLog,
        AuditLogList,
        Charge,
        ChargeList,
        Event,
        EventList,
        Payment,
        PaymentIntent,
        PaymentIntentList,
        PaymentList,
        Payout,
        PayoutList,
        Provider,
        ProviderList,
        Refund,
        RefundList,
        WebhookDelivery,
        WebhookDeliveryList,
        WebhookEndpoint,
        WebhookEndpointList,
    )

    from .pagination import AsyncPages, Pages
    from .raw import RawResponse

P = ParamSpec("P")


@overload
def raw_list(method: Callable[P, Pages[AuditLog]]) -> Callable[P, RawResponse[AuditLogList]]: ...
@overload
def raw_list(method: Callable[P, Pages[Charge]]) -> Callable[P, RawResponse[ChargeList]]: ...
@overload
def raw_list(method: Callable[P, Pages[Event]]) -> Callable[P, RawResponse[EventList]]: ...
@overload
def raw_list(method: Callable[P, Pages[PaymentIntent]]) -> Callable[P, RawResponse[PaymentIntentList]]: ...
@overload
def raw_list(method: Callable[P, Pages[Payment]]) -> Callable[P, RawResponse[PaymentList]]: ...
@overload
def raw_list(method: Callable[P, Pages[Provider]]) -> Callable[P, RawResponse[ProviderList]]: ...
@overload
def raw_list(method: Callable[P, Pages[Payout]]) -> Callable[P, RawResponse[PayoutList]]: ...
@overload
def raw_list(method: Callable[P, Pages[Refund]]) -> Callable[P, RawResponse[RefundList]]: ...
@overload
def raw_list(method: Callable[P, Pages[WebhookDelivery]]) -> Callable[P, RawResponse[WebhookDeliveryList]]: ...
@overload
def raw_list(method: Callable[P, Pages[WebhookEndpoint]]) -> Callable[P, RawResponse[WebhookEndpointList]]: ...
def raw_list(method: Callable[P, Pages[Any]]) -> Callable[P, RawResponse[Any]]:
    """Make a raw-mode `list` fetch the first page, since only an answer can be raw."""

    @front_door
    def first_page(*args: P.args, **kwargs: P.kwargs) -> RawResponse[Any]:
        found: RawResponse[Any] = method(*args, **kwargs).fetch()
        return found

    return first_page


@overload
def raw_list_async(
    method: Callable[P, AsyncPages[AuditLog]],
) -> Callable[P, Awaitable[RawResponse[AuditLogList]]]: ...
@overload
def raw_list_async(method: Callable[P, AsyncPages[Charge]]) -> Callable[P, Awaitable[RawResponse[ChargeList]]]: ...
@overload
def raw_list_async(method: Callable[P, AsyncPages[Event]]) -> Callable[P, Awaitable[RawResponse[EventList]]]: ...
@overload
def raw_list_async(
    method: Callable[P, AsyncPages[PaymentIntent]],
) -> Callable[P, Awaitable[RawResponse[PaymentIntentList]]]: ...
@overload
def raw_list_async(method: Callable[P, AsyncPages[Payment]]) -> Callable[P, Awaitable[RawResponse[PaymentList]]]: ...
@overload
def raw_list_async(method: Callable[P, AsyncPages[Provider]]) -> Callable[P, Awaitable[RawResponse[ProviderList]]]: ...
@overload
def raw_list_async(method: Callable[P, AsyncPages[Payout]]) -> Callable[P, Awaitable[RawResponse[PayoutList]]]: ...
@overload
def raw_list_async(method: Callable[P, AsyncPages[Refund]]) -> Callable[P, Awaitable[RawResponse[RefundList]]]: ...
@overload
def raw_list_async(
    method: Callable[P, AsyncPages[WebhookDelivery]],
) -> Callable[P, Awaitable[RawResponse[WebhookDeliveryList]]]: ...
@overload
def raw_list_async(
    method: Callable[P, AsyncPages[WebhookEndpoint]],
) -> Callable[P, Awaitable[RawResponse[WebhookEndpointList]]]: ...
def raw_list_async(method: Callable[P, AsyncPages[Any]]) -> Callable[P, Awaitable[RawResponse[Any]]]:
    """Make a raw-mode `list` fetch the first page, since only an answer can be raw."""

    @front_door
    def first_page(*args: P.args, **kwargs: P.kwargs) -> Awaitable[RawResponse[Any]]:
        return method(*args, **kwargs).fetch()

    return first_page
