"""The functions that an application registers for types of events, each with the object that its types are about."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from attrs import frozen

from molam_api.event_types import EVENT_OBJECTS, event_model

from .._front_door import front_door
from ..errors import ConfigurationError, UnexpectedResponseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from molam_api.models import (
        Charge,
        Event,
        MerchantOnboarding,
        PaymentIntent,
        Payout,
        ReceivedPayment,
        Refund,
        WebhookEndpoint,
    )

    from ._event_types import (
        ChargeEvent,
        MerchantOnboardingEvent,
        PaymentIntentEvent,
        PayoutEvent,
        ReceivedPaymentEvent,
        RefundEvent,
        WebhookEndpointEvent,
    )

T = TypeVar("T")
R = TypeVar("R")


class Registering(Protocol[T]):
    """Registers a function of an event and of the object that the event is about, and returns it."""

    def __call__(self, handler: Callable[[Event, T], R], /) -> Callable[[Event, T], R]: ...


@frozen
class _Handler:
    types: frozenset[str]
    run: Callable[[Event, Any], object]

    def takes(self, event_type: str) -> bool:
        return not self.types.isdisjoint((event_type, f"{event_type.partition('.')[0]}.*", "*"))


class Handlers:
    """Functions by types of events."""

    def __init__(self) -> None:
        self._registered: list[_Handler] = []

    @overload
    def on(self, first: PaymentIntentEvent, /, *more: PaymentIntentEvent) -> Registering[PaymentIntent]: ...
    @overload
    def on(self, first: RefundEvent, /, *more: RefundEvent) -> Registering[Refund]: ...
    @overload
    def on(self, first: ChargeEvent, /, *more: ChargeEvent) -> Registering[Charge]: ...
    @overload
    def on(self, first: PayoutEvent, /, *more: PayoutEvent) -> Registering[Payout]: ...
    @overload
    def on(
        self, first: MerchantOnboardingEvent, /, *more: MerchantOnboardingEvent
    ) -> Registering[MerchantOnboarding]: ...
    @overload
    def on(self, first: ReceivedPaymentEvent, /, *more: ReceivedPaymentEvent) -> Registering[ReceivedPayment]: ...
    @overload
    def on(self, first: WebhookEndpointEvent, /, *more: WebhookEndpointEvent) -> Registering[WebhookEndpoint]: ...
    @overload
    def on(self, first: str, /, *more: str) -> Registering[Any]: ...
    @front_door
    def on(self, first: str, /, *more: str) -> Any:
        """Register a function for types of events: exact, all of an object (`"refund.*"`), or all (`"*"`).

            @webhooks.on("payment_intent.succeeded")
            async def paid(event: Event, intent: PaymentIntent) -> None: ...

        It is called with the event and the object that the event is about, while the webhook waits for its answer. If
        it raises, the answer is no 2xx and Molam delivers the event again, to all functions that match it. An event
        may come twice in any case, and late.

        Args:
            first: A type of events; a UserWarning tells of one that this version does not know.
            more: Further types.

        Raises:
            ConfigurationError: For a type that cannot be one, a function that cannot be called, and for a receiver
                with an inbox, whose functions are registered with `inbox.on`.
        """
        types = (first, *more)
        self._check_types(types)

        def register(handler: Callable[[Event, Any], R]) -> Callable[[Event, Any], R]:
            self._check_handler(handler)
            self._registered.append(_Handler(frozenset(types), handler))
            return handler

        return register

    def _check_types(self, types: tuple[object, ...]) -> None:
        for each in types:
            if not isinstance(each, str) or not each:
                raise ConfigurationError("types of events are strings such as 'refund.failed', 'refund.*' or '*'")
            if not _is_known(each):
                warnings.warn(f"this version of the SDK knows no events {each!r}", UserWarning, stacklevel=5)

    def _check_handler(self, handler: object) -> None:
        if not callable(handler):
            raise ConfigurationError("what handles events must be a function of the event and its object")

    def _chosen(self, event: Event) -> list[Callable[[Event, Any], object]]:
        """The functions for an event, in the order in which they were registered.

        Raises:
            ConfigurationError: There is no function at all, so that every event would be lost.
            UnexpectedResponseError: Its object does not have the form that they were promised.
        """
        if not self._registered:
            raise ConfigurationError("no function for webhooks is registered: use @on(...), or give an inbox")
        chosen = [each.run for each in self._registered if each.takes(event.type_)]
        model = event_model(event.type_)
        if chosen and model is not None and not isinstance(event.data.object_, model):
            raise UnexpectedResponseError(
                f"the object of the {event.type_} {event.id} does not have the expected form, so that no function gets "
                "it: update the SDK, and redrive the delivery",
                object_id=event.id,
                outcome="not_sent",
            )
        return chosen


def _is_known(event_type: str) -> bool:
    stem = event_type.removesuffix("*")
    return event_type in EVENT_OBJECTS or (
        event_type != stem and (stem == "" or any(each.startswith(stem) for each in EVENT_OBJECTS))
    )
