"""What the simulated account refuses before it does anything."""

import base64

import pytest

from molam_gateway.providers.simulators.stripe import SECRET_KEY

from .account import Account

pytestmark = pytest.mark.anyio

PATH = "/v1/payment_intents"
PAY: dict[str, object] = {"amount": 2500, "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true"}


def without(*names: str) -> dict[str, object]:
    return {name: value for name, value in PAY.items() if name not in names}


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        (without("amount"), "parameter_missing", "amount"),
        (without("currency"), "parameter_missing", "currency"),
        (without("payment_method"), None, "confirm"),
        ({**PAY, "amount": "1e3"}, "parameter_invalid_integer", "amount"),
        ({**PAY, "amount": -1}, "parameter_invalid_integer", "amount"),
        ({**PAY, "amount": 49}, "amount_too_small", "amount"),
        ({**PAY, "amount": 100_000_000}, "amount_too_large", "amount"),
        ({**PAY, "amount": 5125, "currency": "kwd"}, "invalid_amount", "amount"),
        ({**PAY, "amount": 550, "currency": "ugx"}, None, "amount"),
        ({**PAY, "currency": "irr"}, None, "currency"),
        ({**PAY, "currency[a]": "usd"}, None, None),
        ({**without("currency"), "currency[a]": "usd"}, None, "currency"),
        ({**PAY, "confirm": "yes"}, None, "confirm"),
        ({**PAY, "capture_method": "never"}, None, "capture_method"),
        ({**PAY, "colour": "red"}, "parameter_unknown", "colour"),
        ({**PAY, "metadata": "x"}, None, "metadata"),
        ({**PAY, "metadata[a][b]": "x"}, None, "metadata"),
        ({**PAY, f"metadata[{'k' * 41}]": "x"}, None, "metadata"),
        ({**PAY, **{f"metadata[{n}]": "x" for n in range(51)}}, None, "metadata"),
        ({**PAY, "expand": "latest_charge"}, None, "expand"),
        ({**PAY, "payment_method": "pm_nobody"}, "resource_missing", "payment_method"),
        ({**without("payment_method"), "payment_method_data[type]": "sepa_debit"}, None, "payment_method_data"),
        ({**without("confirm"), "error_on_requires_action": "true"}, None, "error_on_requires_action"),
    ],
)
async def test_parameters(account: Account, form: dict[str, object], code: str | None, param: str | None) -> None:
    answer = await account.call("POST", PATH, form)
    document = answer.document()
    assert document is not None
    error = document["error"]
    assert (answer.status, error["type"]) == (400, "invalid_request_error")
    assert (error.get("code"), error.get("param")) == (code, param)
    assert account.moved() == []


async def test_card_numbers(account: Account) -> None:
    form = {**without("payment_method"), "payment_method_data[type]": "card"}
    answer = await account.call("POST", PATH, {**form, "payment_method_data[card][number]": "4242424242424242"})
    assert answer.status == 402
    assert b"4242424242424242" not in answer.body


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"charge": "ch_1", "payment_intent": "pi_1"},
        {"charge": "ch_nobody"},
        {"payment_intent": "pi_nobody"},
        {"charge": "ch_1", "reason": "boredom"},
    ],
)
async def test_refunds(account: Account, form: dict[str, object]) -> None:
    assert (await account.call("POST", "/v1/refunds", form)).status == 400


async def test_a_refund_of_what_was_never_paid(account: Account) -> None:
    intent = (await account.call("POST", PATH, {"amount": 2500, "currency": "usd"})).document()
    assert intent is not None
    assert (await account.call("POST", "/v1/refunds", {"payment_intent": intent["id"]})).status == 400
    confirm = await account.call("POST", f"{PATH}/{intent['id']}/confirm")
    assert b"payment_intent_unexpected_state" in confirm.body


@pytest.mark.parametrize(
    "path",
    [
        f"{PATH}/search",
        f"{PATH}/search?query=status:'succeeded'",
        f"{PATH}/search?query=metadata['a']:'b'&limit=101",
        "/v1/refunds?limit=101",
        f"{PATH}/pi_nobody",
        "/v1/refunds/re_nobody",
        "/v1/charges/ch_nobody",
        "/v1/events/evt_nobody",
        "/v1/balance?a[=1",
    ],
)
async def test_questions(account: Account, path: str) -> None:
    answer = await account.call("GET", path)
    assert answer.status == (404 if "nobody" in path else 400)
    assert b'"type": "invalid_request_error"' in answer.body


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {SECRET_KEY}", 200),
        (f"Basic {base64.b64encode(f'{SECRET_KEY}:'.encode()).decode()}", 200),
        ("Basic ???", 401),
        ("Bearer ", 401),
        ("Digest x", 401),
        ("Bearer sk_test_somebodyelse", 401),
    ],
)
async def test_keys(account: Account, authorization: str, status: int) -> None:
    answer = await account.call("GET", "/v1/balance", headers={"Authorization": authorization})
    assert answer.status == status
    assert b"somebodyelse" not in answer.body


async def test_versions(account: Account) -> None:
    assert (await account.call("GET", "/v1/balance", headers={"Stripe-Version": "yesterday"})).status == 400
    answer = await account.call("GET", "/v1/balance", headers={"Stripe-Version": "2024-06-20"})
    assert answer.headers["stripe-version"] == "2024-06-20"
    assert answer.headers["request-id"].startswith("req_")


async def test_bodies_that_are_no_forms(account: Account) -> None:
    headers = {"Authorization": f"Bearer {SECRET_KEY}"}
    url = f"{account.served.url}{PATH}"
    assert (await account.http.request("POST", url, headers=headers, json={"amount": 1})).status == 400
    assert (await account.call("POST", PATH, {"a": "x" * 100_001})).status == 413


async def test_the_limit_counts_reads_and_writes_of_each_second_by_themselves(account: Account) -> None:
    account.simulator.knobs.rate_limit = 2
    reads = [(await account.call("GET", "/v1/balance")).status for _ in range(3)]
    assert reads == [200, 200, 429]
    assert (await account.call("POST", PATH, PAY)).status == 200
    account.clock.advance(1)
    assert (await account.call("GET", "/v1/balance")).status == 200


async def test_the_customers_page_is_there_for_whoever_has_to_decide(account: Account) -> None:
    assert (await account.call("GET", "/3d_secure/pi_nobody")).status == 404
    assert (await account.call("POST", "/3d_secure/pi_nobody")).status == 404


async def test_customers_decide_over_the_controls_once(account: Account) -> None:
    form = {**PAY, "payment_method": "pm_card_authenticationRequired", "return_url": "https://shop.example/"}
    intent = (await account.call("POST", PATH, form)).document()
    assert intent is not None
    url = f"{account.served.url}/_control/authenticate"
    for approve in (True, False):
        decided = await account.http.request("POST", url, json={"payment_intent": intent["id"], "approve": approve})
        document = decided.document()
        assert document is not None
        assert document["status"] == "succeeded"
    nobody = await account.http.request("POST", url, json={"payment_intent": "pi_nobody", "approve": True})
    assert nobody.status == 404
    assert account.moved() == [("charge", 2500, "USD")]


async def test_disputes_are_opened_and_lost_by_hand(account: Account) -> None:
    _, paid = await account.done()
    account.simulator.dispute(paid.transaction_id)
    charge = (await account.call("GET", f"/v1/charges/{paid.transaction_id}")).document()
    assert charge is not None
    assert charge["disputed"]
    dispute = account.simulator.simulation.book.all("dispute")[0]["id"]
    account.simulator.close_dispute(dispute, "lost")
    account.simulator.close_dispute(dispute, "won")
    document = (await account.call("GET", f"/v1/disputes/{dispute}")).document()
    assert document is not None
    assert document["status"] == "lost"


async def test_endpoints_need_an_address_and_events(account: Account) -> None:
    for form in ({"url": "ftp://x", "enabled_events[]": "*"}, {"url": "https://x.example"}):
        assert (await account.call("POST", "/v1/webhook_endpoints", form)).status == 400
