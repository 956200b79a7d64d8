"""`molam create-payment`, `get-payment`, `confirm-payment` and `create-refund`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from ._options import ApiBase, ApiKey, AsJson, IdempotencyKey, Metadata, pairs

if TYPE_CHECKING:
    from .. import MolamClient, Money
    from ._answers import Document
    from ._output import Output

PaymentId = Annotated[str, typer.Argument(metavar="ID", help="Id of the payment: pi_...", show_default=False)]
PaymentMethod = Annotated[
    str | None, typer.Option("--payment-method", metavar="PM", help="What it is paid with; pm_cpay_ok in the sandbox.")
]
Amount = Annotated[str, typer.Option("--amount", metavar="DECIMAL", help="In major units: 49.99.", show_default=False)]

_NEXT = {
    "requires_payment_method": "molam confirm-payment {id} --payment-method pm_...",
    "requires_confirmation": "molam confirm-payment {id}",
    "succeeded": "molam create-refund {id}",
}


def create_payment(
    amount: Amount,
    currency: Annotated[
        str, typer.Option(envvar="MOLAM_DEFAULT_CURRENCY", metavar="ISO", help="ISO 4217: EUR, XOF, ...")
    ],
    payment_method: PaymentMethod = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Pay at once; needs --payment-method.")] = False,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    metadata: Metadata = None,
    idempotency_key: IdempotencyKey = None,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
    as_json: AsJson = False,
) -> None:
    """Create a payment; with --confirm, collect it too."""
    kept = pairs(metadata, "--metadata")
    from ._answers import document
    from ._connection import connected, new_key
    from ._output import Output

    with Output(as_json) as out:
        money = _money(amount, currency)
        with connected(api_key, api_base) as client:
            out.idempotency_key = idempotency_key or new_key()
            raw = client.with_raw_response.payment_intents.create(
                amount=money,
                confirm=confirm or None,
                payment_method=payment_method,
                description=description,
                metadata=kept or None,
                idempotency_key=out.idempotency_key,
            )
        _show_payment(out, document(raw))
        out.note(f"idempotency key: {raw.idempotency_key}" + (" (the earlier answer)" if raw.replayed else ""), "dim")


def get_payment(id: PaymentId, api_key: ApiKey = None, api_base: ApiBase = None, as_json: AsJson = False) -> None:
    """Show a payment as it is now."""
    from ._answers import document
    from ._connection import connected
    from ._output import Output

    with Output(as_json) as out, connected(api_key, api_base) as client:
        _show_payment(out, document(client.with_raw_response.payment_intents.retrieve(id)))


def confirm_payment(
    id: PaymentId,
    payment_method: PaymentMethod = None,
    return_url: Annotated[str | None, typer.Option(metavar="URL", help="Where the customer comes back to.")] = None,
    idempotency_key: IdempotencyKey = None,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
    as_json: AsJson = False,
) -> None:
    """Collect a payment that was created."""
    from ._answers import document
    from ._connection import connected, new_key
    from ._output import Output

    with Output(as_json) as out, connected(api_key, api_base) as client:
        out.idempotency_key = idempotency_key or new_key()
        raw = client.with_raw_response.payment_intents.confirm(
            id, payment_method=payment_method, return_url=return_url, idempotency_key=out.idempotency_key
        )
        _show_payment(out, document(raw))


def create_refund(
    id: Annotated[str, typer.Argument(metavar="ID", help="Payment or charge: pi_... or ch_...", show_default=False)],
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="DECIMAL", help="In major units (default: what remains).")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    metadata: Metadata = None,
    idempotency_key: IdempotencyKey = None,
    api_key: ApiKey = None,
    api_base: ApiBase = None,
    as_json: AsJson = False,
) -> None:
    """Give money back, all that remains or a part of it."""
    kept = pairs(metadata, "--metadata")
    from ._answers import amount as shown
    from ._answers import document
    from ._connection import connected, new_key
    from ._output import Output

    with Output(as_json) as out, connected(api_key, api_base) as client:
        money = None if amount is None else _money(amount, _currency(client, id)).amount
        out.idempotency_key = idempotency_key or new_key()
        raw = client.with_raw_response.refunds.create(
            id, amount=money, reason=reason, metadata=kept or None, idempotency_key=out.idempotency_key
        )
        refund = document(raw)
        out.document(refund)
        facts = [("amount", shown(refund["amount"], refund["currency"])), ("status", refund["status"])]
        out.facts(f"Refund {refund['id']}", [*facts, ("of", refund["charge"]), ("reason", refund["reason"])])


def _money(amount: str, currency: str) -> Money:
    from .. import Money

    return Money.of(amount.strip(), currency.strip())


def _currency(client: MolamClient, id: str) -> str:
    """The currency of what is given back, since a refund's amount is in it."""
    found = client.charges.retrieve(id) if id.startswith("ch_") else client.payment_intents.retrieve(id)
    return found.currency


def _show_payment(out: Output, payment: Document) -> None:
    from ._answers import amount as shown

    out.document(payment)
    action = cast("Document", payment["next_action"] or {})
    declined = cast("Document", payment["last_error"] or {})
    currency = payment["currency"]
    received, refunded = payment["amount_received"], payment["amount_refunded"]
    out.facts(
        f"Payment {payment['id']}",
        [
            ("amount", shown(payment["amount"], currency)),
            ("status", payment["status"]),
            (
                "received",
                shown(received, currency) if received else None,
            ),
            (
                "refunded",
                shown(refunded, currency) if refunded else None,
            ),
            ("charge", payment["latest_charge"]),
            ("declined", declined.get("decline_code") or declined.get("code")),
            ("customer goes to", action.get("redirect_url")),
            ("description", payment["description"]),
            ("metadata", ", ".join(f"{name}={value}" for name, value in payment["metadata"].items()) or None),
            ("created", payment["created_at"]),
        ],
    )
    step = _NEXT.get(payment["status"])
    if step is not None:
        out.note(f"next: {step.format(id=payment['id'])}", "dim")
