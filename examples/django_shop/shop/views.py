"""The pages: what there is to buy, the way to the payment, what became of the order."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from molam_sdk import errors
from molam_sdk.contrib.django import client

from .models import Order, Product


def buy(request: HttpRequest) -> HttpResponse:
    """Show the products; a POST orders one of them."""
    if request.method == "POST":
        product = get_object_or_404(Product, id=request.POST.get("product"))
        made = Order.objects.create(product=product, amount=product.price)  # committed before anything is paid
        return pay_for(request, made)
    return render(request, "shop/buy.html", {"products": Product.objects.order_by("id")})


@require_safe
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Say what became of an order; the page asks again until that is certain."""
    return render(request, "shop/order.html", {"order": get_object_or_404(Order, id=order_id)})


@require_POST
def pay(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Try again: the key is the same, so whatever happened before, the order is paid once."""
    return pay_for(request, get_object_or_404(Order, id=order_id))


def pay_for(request: HttpRequest, order: Order) -> HttpResponse:
    try:
        intent = client().payment_intents.create(
            amount=order.amount,
            payment_method="pm_cpay_action",  # of the sandbox: the customer has to approve
            confirm=True,
            return_url=request.build_absolute_uri(order.get_absolute_url()),
            metadata={"order_id": str(order.id)},
            idempotency_key=f"order-{order.id}",
        )
    except errors.DeclinedError:
        Order.objects.filter(id=order.id, state=Order.State.OPEN).update(state=Order.State.FAILED)
        return redirect(order)
    except errors.MolamError as error:
        page = {"order": order, "unknown": error.outcome == "unknown"}
        return render(request, "shop/unreachable.html", page, status=503)
    if intent.next_action is not None and intent.next_action.redirect_url is not None:
        return redirect(intent.next_action.redirect_url)
    return redirect(order)
