"""The two pages: which plans there are, and what became of a subscription."""

from __future__ import annotations

from collections.abc import Mapping

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Subscriptions</title><link rel="icon" href="data:,">{head}</head>
<body><main>{main}</main></body>
</html>"""

_SUBSCRIBE = """<script>
async function subscribe(plan) {
  const answer = await fetch("/subscriptions", {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({plan}),
  });
  const told = await answer.json();
  if (answer.ok) location.href = told.checkout_url; else document.querySelector("output").textContent = told.title;
}
</script>"""

_WORDS = {
    "pending": "Waiting for the payment.",
    "active": "Your subscription is active.",
    "failed": "The payment did not succeed.",
}


def plans(prices: Mapping[str, int]) -> str:
    buttons = "".join(
        f"<p>{plan}, {price} cents a month <button onclick=\"subscribe('{plan}')\">Subscribe to {plan}</button></p>"
        for plan, price in prices.items()
    )
    return _PAGE.format(head=_SUBSCRIBE, main=f"<h1>Plans</h1>{buttons}<output></output>")


def subscription(plan: str, state: str) -> str:
    refreshing = '<meta http-equiv="refresh" content="1">' if state == "pending" else ""
    return _PAGE.format(head=refreshing, main=f"<h1>{plan}</h1><p>{_WORDS[state]}</p>")
