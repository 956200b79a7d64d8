"""PaymentIntents: created, confirmed, captured and canceled through Stripe's statuses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import amounts, charges
from .cards import Card, find, refusal, unauthenticated
from .errors import StripeError, invalid, missing
from .parameters import Parameters
from .world import Document, World, shown

Execute = Callable[[], Document]
"""What is left of a request once its parameters are known to be valid; refusals from here on are stored."""

EXPIRES = "stripe.authorization_expires"
SETTLES = "stripe.settles"
_CAPTURE_METHODS = ("automatic", "automatic_async", "manual")
_CANCELABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")
_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
_IDLE: Mapping[str, Any] = {"next_action": None, "processing": None}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How a payment is to be confirmed; `key` is the request's idempotency key."""

    token: str | None
    return_url: str | None
    without_customer: bool
    base_url: str
    key: str | None
    expand: list[str] = field(default_factory=list[str])


def create(world: World, given: Mapping[str, Any], key: str | None, base_url: str) -> Execute:
    """`POST /v1/payment_intents`."""
    params = Parameters(given)
    amount, currency = params.integer("amount"), params.required("currency").lower()
    if amount is None:
        raise invalid("Missing required param: amount.", "parameter_missing", "amount")
    amounts.check_charge(amount, currency)
    confirm, off_session = params.flag("confirm"), params.flag("off_session")
    document = {
        "amount": amount,
        "currency": currency,
        "capture_method": params.choice("capture_method", *_CAPTURE_METHODS) or "automatic_async",
        "customer": params.text("customer"),
        "description": params.text("description"),
        "metadata": {name: value for name, value in params.metadata().items() if value},
        "payment_method_types": params.listed("payment_method_types") or ["card"],
        "receipt_email": params.text("receipt_email"),
        "statement_descriptor_suffix": params.text("statement_descriptor_suffix"),
        "confirmation_method": params.choice("confirmation_method", "automatic", "manual") or "automatic",
    }
    params.members("automatic_payment_methods")
    confirmation = _confirmation(params, key, base_url, off_session=off_session)
    params.end()
    if confirmation.without_customer and not confirm:
        raise invalid("The parameter can only be used with confirm=true.", None, "error_on_requires_action")
    if confirm and confirmation.token is None:
        raise invalid("You cannot confirm this PaymentIntent because it's missing a payment method.", param="confirm")

    def execute() -> Document:
        intent = _created(world, document, confirmation)
        world.emit("payment_intent.created", intent, key)
        return _confirm(world, intent, confirmation) if confirm else charges.expanded(world, intent, params.expand)

    return execute


def retrieve(world: World, id: str, given: Mapping[str, Any]) -> Execute:
    """`GET /v1/payment_intents/{id}`."""
    params = Parameters(given)
    params.text("client_secret")
    params.end()
    return lambda: charges.expanded(world, world.find("payment_intent", id, "intent"), params.expand)


def confirm(world: World, id: str, given: Mapping[str, Any], key: str | None, base_url: str) -> Execute:
    """`POST /v1/payment_intents/{id}/confirm`."""
    params = Parameters(given)
    confirmation = _confirmation(params, key, base_url, off_session=params.flag("off_session"))
    params.end()
    world.find("payment_intent", id, "intent")

    def execute() -> Document:
        intent = world.find("payment_intent", id, "intent")
        if intent["status"] not in {"requires_payment_method", "requires_confirmation", "requires_action"}:
            raise _unexpected(intent, "confirm")
        if confirmation.token is None and intent["payment_method"] is None:
            raise _unexpected(intent, "confirm", "it's missing a payment method")
        return _confirm(world, intent, confirmation)

    return execute


def capture(world: World, id: str, given: Mapping[str, Any], key: str | None) -> Execute:
    """`POST /v1/payment_intents/{id}/capture`: what is not captured is released."""
    params = Parameters(given)
    wanted, metadata = params.integer("amount_to_capture"), params.metadata()
    params.end()
    found = world.find("payment_intent", id, "intent")
    if wanted is not None:
        amounts.check(wanted, found["currency"], "amount_to_capture")

    def execute() -> Document:
        intent = world.find("payment_intent", id, "intent")
        if intent["status"] != "requires_capture":
            raise _unexpected(intent, "capture")
        amount = wanted or intent["amount_capturable"]
        if amount > intent["amount_capturable"]:
            message = "The requested capture amount is greater than the amount you can capture for this charge."
            raise invalid(message, "amount_too_large", "amount_to_capture")
        intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
        intent["metadata"] = {name: text for name, text in (intent["metadata"] | metadata).items() if text}
        charge = charges.capture(world, intent["latest_charge"], amount, key or intent["id"])
        world.save(intent)
        world.emit("charge.captured", charge, key)
        world.emit("payment_intent.succeeded", intent, key)
        return charges.expanded(world, intent, params.expand)

    return execute


def cancel(world: World, id: str, given: Mapping[str, Any], key: str | None) -> Execute:
    """`POST /v1/payment_intents/{id}/cancel`."""
    params = Parameters(given)
    reason = params.choice("cancellation_reason", *_REASONS)
    params.end()
    world.find("payment_intent", id, "intent")

    def execute() -> Document:
        intent = world.find("payment_intent", id, "intent")
        if intent["status"] not in _CANCELABLE:
            raise _unexpected(intent, "cancel")
        canceled(world, intent, reason, key)
        return charges.expanded(world, intent, params.expand)

    return execute


def canceled(world: World, intent: Document, reason: str | None, key: str | None) -> None:
    """Release what was held; nothing can be done with the payment any more."""
    held = intent["status"] == "requires_capture"
    intent |= {"status": "canceled", "canceled_at": world.time(), "cancellation_reason": reason, **_IDLE}
    intent["amount_capturable"] = 0
    if held:
        charges.release(world, intent["latest_charge"])
    world.save(intent)
    world.emit("payment_intent.canceled", intent, key)


def authenticated(world: World, id: str, *, approve: bool) -> Document:
    """The customer came back from the page of their bank; a second time changes nothing."""
    intent = world.find("payment_intent", id)
    if intent["status"] != "requires_action":
        return intent
    card = _card(intent["_token"])
    if not approve:
        error = StripeError(
            402,
            "invalid_request_error",
            "The provided PaymentMethod has failed authentication.",
            "payment_intent_authentication_failure",
        )
        _declined(world, intent, card, error, None)
    elif card.code is not None:
        _declined(world, intent, card, _card_error(card), None)
    else:
        _accepted(world, intent, card, None)
    return intent


def settled(world: World, id: str) -> None:
    """What was processing comes to its end."""
    intent = world.find("payment_intent", id)
    card = _card(intent["_token"])
    if intent["status"] != "processing":
        return
    if card.code is not None:
        _declined(world, intent, card, _card_error(card), None)
    else:
        _paid(world, intent, card, None)


def expired(world: World, id: str) -> None:
    """Nobody captured the payment in time."""
    intent = world.find("payment_intent", id)
    if intent["status"] == "requires_capture":
        canceled(world, intent, "automatic", None)


def _created(world: World, document: Document, confirmation: Confirmation) -> Document:
    id = world.new_id("pi")
    intent: Document = {
        "id": id,
        "object": "payment_intent",
        **document,
        "amount_capturable": 0,
        "amount_received": 0,
        "canceled_at": None,
        "cancellation_reason": None,
        "client_secret": f"{id}_secret_simulated",
        "created": world.time(),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": world.livemode,
        "payment_method": confirmation.token,
        "status": "requires_confirmation" if confirmation.token else "requires_payment_method",
        **_IDLE,
        "_reference": confirmation.key or id,
        "_token": confirmation.token,
    }
    for name, value in document["metadata"].items():
        world.index(f"metadata {name} {value}", id)
    world.save(intent)
    return intent


def _confirmation(params: Parameters, key: str | None, base_url: str, *, off_session: bool) -> Confirmation:
    token = params.text("payment_method")
    data = params.members("payment_method_data")
    if data:
        card = data.get("card")
        if not isinstance(card, dict) or set(data) != {"type", "card"} or data["type"] != "card":
            raise invalid("Only payment_method_data of a card is simulated.", None, "payment_method_data")
        if "number" in card or "cvc" in card:
            message = "Sending credit card numbers directly to the Stripe API is generally unsafe."
            raise invalid(message, None, "payment_method_data[card][number]", 402)
        token = str(card.get("token"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - a form's
    if token is not None and find(token) is None:
        raise missing("PaymentMethod" if token.startswith("pm_") else "token", token, "payment_method")
    return Confirmation(
        token,
        params.text("return_url"),
        params.flag("error_on_requires_action") or off_session,
        base_url,
        key,
        params.expand,
    )


def _confirm(world: World, intent: Document, confirmation: Confirmation) -> Document:
    token = confirmation.token or intent["payment_method"]
    card = _card(token)
    intent |= {"payment_method": token, "_token": token, **_IDLE}
    intent["_reference"] = confirmation.key or intent["_reference"]
    if card.authentication and not confirmation.without_customer:
        intent |= {"status": "requires_action", "next_action": _next_action(intent, confirmation)}
        world.save(intent)
        world.emit("payment_intent.requires_action", intent, confirmation.key)
    elif card.authentication:
        raise _declined(world, intent, card, _card_error(unauthenticated(card)), confirmation.key)
    elif card.code is not None and not card.processing:
        raise _declined(world, intent, card, _card_error(card), confirmation.key)
    else:
        _accepted(world, intent, card, confirmation.key)
    return charges.expanded(world, intent, confirmation.expand)


def _next_action(intent: Document, confirmation: Confirmation) -> Document:
    if confirmation.return_url is None:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
    url = f"{confirmation.base_url}/3d_secure/{intent['id']}"
    intent["_return_url"] = confirmation.return_url
    return {
        "type": "redirect_to_url",
        "redirect_to_url": {"return_url": confirmation.return_url, "url": url},
    }


def _accepted(world: World, intent: Document, card: Card, key: str | None) -> None:
    intent |= _IDLE
    processing = card.processing or world.knobs.processing
    if not processing:
        _paid(world, intent, card, key)
        return
    intent["status"] = "processing"
    world.save(intent)
    world.simulation.plan(processing, SETTLES, {"id": intent["id"]})
    world.emit("payment_intent.processing", intent, key)


def _paid(world: World, intent: Document, card: Card, key: str | None) -> None:
    manual = intent["capture_method"] == "manual"
    charge = charges.create(world, intent, card, captured=not manual)
    intent |= {"last_payment_error": None, "latest_charge": charge["id"], **_IDLE}
    if manual:
        intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
        world.simulation.plan(world.knobs.authorization_lifetime, EXPIRES, {"id": intent["id"]})
    else:
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    world.save(intent)
    world.emit("charge.succeeded", charge, key)
    world.emit("payment_intent.amount_capturable_updated" if manual else "payment_intent.succeeded", intent, key)


def _declined(world: World, intent: Document, card: Card, error: StripeError, key: str | None) -> StripeError:
    charge = charges.fail(world, intent, card, error)
    error.members = {"charge": charge["id"], **error.members}
    inner = error.document()["error"]
    intent |= {"status": "requires_payment_method", "payment_method": None, "latest_charge": charge["id"], **_IDLE}
    intent["last_payment_error"] = inner
    world.save(intent)
    world.emit("charge.failed", charge, key)
    world.emit("payment_intent.payment_failed", intent, key)
    error.members = {**error.members, "payment_intent": shown(intent)}
    return error


def _card_error(card: Card) -> StripeError:
    return StripeError(402, "card_error", refusal(card), card.code, decline_code=card.decline_code)


def _unexpected(intent: Document, verb: str, why: str | None = None) -> StripeError:
    reason = why or f"it has a status of {intent['status']}"
    error = invalid(
        f"You cannot {verb} this PaymentIntent because {reason}.", "payment_intent_unexpected_state", "intent"
    )
    error.members = {"payment_intent": shown(intent)}
    return error


def _card(token: str) -> Card:
    card = find(token)
    if card is None:
        raise missing("PaymentMethod", token, "payment_method")
    return card
