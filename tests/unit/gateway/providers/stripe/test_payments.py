"""The adapter against the simulated account: every status, every refusal, every way to ask."""

from collections.abc import Mapping

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from molam_gateway.providers.configuration import ConfigurationError
from molam_gateway.providers.contract import ProbeError
from molam_gateway.providers.stripe.settings import SETTINGS

from .account import Account

pytestmark = pytest.mark.anyio

RETURN_URL = "https://shop.example/back?order=7"
DECLINES = {
    "chargeDeclined": ("card_declined", "generic_decline"),
    "chargeDeclinedInsufficientFunds": ("card_declined", "insufficient_funds"),
    "chargeDeclinedLostCard": ("card_declined", "lost_card"),
    "chargeDeclinedStolenCard": ("card_declined", "stolen_card"),
    "chargeDeclinedFraudulent": ("card_declined", "fraudulent"),
    "chargeDeclinedVelocityLimitExceeded": ("limit_exceeded", "card_velocity_exceeded"),
    "chargeDeclinedExpiredCard": ("card_declined", "expired_card"),
    "chargeDeclinedIncorrectCvc": ("card_declined", "incorrect_cvc"),
    "chargeDeclinedProcessingError": ("card_declined", "processing_error"),
    "authenticationRequired": ("card_declined", "authentication_required"),
}


def action_of(outcome: Outcome | None) -> Mapping[str, object]:
    assert isinstance(outcome, Pending), outcome
    assert outcome.next_action is not None
    return outcome.next_action


async def test_a_charge_names_its_receipt_its_handle_and_its_card(account: Account) -> None:
    instruction, outcome = await account.done(description="Order 7", payment_intent="pi_ours")
    assert outcome.transaction_id.startswith("ch_")
    assert outcome.handle is not None
    assert outcome.details == {
        "type": "card",
        "card": {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034},
        "mobile_money": None,
    }
    intent = (await account.call("GET", f"/v1/payment_intents/{outcome.handle}")).document()
    assert intent is not None
    assert intent["metadata"] == {"molam_reference": instruction.reference, "molam_payment_intent": "pi_ours"}
    assert (intent["currency"], intent["amount"], intent["description"]) == ("usd", 2500, "Order 7")
    assert await account.query(instruction) == await account.query(instruction, outcome.handle) == outcome


@pytest.mark.parametrize("token", ["tok_visa", "tok_mastercard", "pm_card_mastercard"])
async def test_tokens_of_both_ages_pay(account: Account, token: str) -> None:
    await account.done(payment_method=token)
    assert account.moved() == [("charge", 2500, "USD")]


@pytest.mark.parametrize(
    "token", ["4242424242424242", "card_4242", "pm_4242424242424242", "pm_cpay_ok", "", "pm_", "pm_a b"]
)
async def test_what_is_no_token_of_stripes_is_never_sent(account: Account, token: str) -> None:
    assert not account.provider.knows(token)
    assert isinstance(await account.send(account.instruction(payment_method=token)), Failed)
    assert account.served.requests == []


@pytest.mark.parametrize("card", DECLINES)
async def test_declines_have_our_codes(account: Account, card: str) -> None:
    code, decline_code = DECLINES[card]
    instruction = account.instruction(payment_method=f"pm_card_{card}")
    outcome = await account.send(instruction)
    assert isinstance(outcome, Failed), outcome
    assert (outcome.code, outcome.decline_code) == (code, decline_code)
    assert outcome.handle is not None
    assert await account.query(instruction, outcome.handle) == outcome
    assert account.moved() == []


@pytest.mark.parametrize("kind", [AttemptKind.CHARGE, AttemptKind.AUTHORIZE])
async def test_a_customer_who_must_authenticate_is_sent_away_and_comes_back(
    account: Account, kind: AttemptKind
) -> None:
    instruction = account.instruction(kind, payment_method="pm_card_authenticationRequired", return_url=RETURN_URL)
    outcome = await account.send(instruction)
    action = action_of(outcome)
    assert action["type"] == "redirect"
    url = str(action["redirect_url"]).removeprefix(account.served.url)
    assert (await account.call("GET", url)).status == 200
    back = await account.call("POST", url, {"outcome": "complete"})
    assert back.status == 303
    assert back.headers["location"].startswith(f"{RETURN_URL}&payment_intent=pi_")
    assert isinstance(await account.query(instruction), Succeeded)


async def test_a_customer_who_fails_to_authenticate_is_declined(account: Account) -> None:
    instruction = account.instruction(payment_method="pm_card_authenticationRequired", return_url=RETURN_URL)
    outcome = await account.send(instruction)
    account.simulator.authenticate(str(action_of(outcome)["redirect_url"]).rpartition("/")[2], approve=False)
    failed = await account.query(instruction)
    assert isinstance(failed, Failed)
    assert (failed.code, failed.decline_code) == ("card_declined", "authentication_failed")


async def test_a_payment_is_processing_until_it_settles(account: Account) -> None:
    account.simulator.knobs.processing = 60
    instruction = account.instruction()
    outcome = await account.send(instruction)
    assert isinstance(outcome, Pending)
    assert (outcome.next_action, account.moved()) == (None, [])
    await account.advance(60)
    assert isinstance(await account.query(instruction, outcome.handle), Succeeded)


async def test_a_part_is_captured_and_the_rest_released(account: Account) -> None:
    parent = await account.done(AttemptKind.AUTHORIZE)
    assert account.moved() == []
    capture = account.child(AttemptKind.CAPTURE, parent, amount=1000)
    assert await account.query(capture) is None
    captured = await account.send(capture)
    assert isinstance(captured, Succeeded)
    assert captured.transaction_id == parent[1].transaction_id
    assert account.moved() == [("charge", 1000, "USD")]
    assert await account.query(capture) == captured
    assert isinstance(await account.query(parent[0]), Succeeded)
    second = account.child(AttemptKind.CAPTURE, parent, amount=500)
    assert isinstance(await account.send(second), Unknown | Failed)
    assert account.moved() == [("charge", 1000, "USD")]


async def test_more_than_is_held_is_not_captured(account: Account) -> None:
    parent = await account.done(AttemptKind.AUTHORIZE)
    outcome = await account.send(account.child(AttemptKind.CAPTURE, parent, amount=2501))
    assert isinstance(outcome, Failed)
    assert outcome.code == "amount_invalid"


async def test_an_authorization_is_gone_after_a_week(account: Account) -> None:
    parent = await account.done(AttemptKind.AUTHORIZE)
    await account.advance(7 * 86_400)
    capture = account.child(AttemptKind.CAPTURE, parent)
    for outcome in (await account.send(capture), await account.query(capture)):
        assert isinstance(outcome, Failed)
        assert outcome.code == "authorization_gone"
    failed = await account.query(parent[0])
    assert isinstance(failed, Failed)
    assert failed.code == "canceled"


async def test_what_is_held_is_released_and_what_is_paid_is_not(account: Account) -> None:
    held = await account.done(AttemptKind.AUTHORIZE)
    void = account.child(AttemptKind.VOID, held)
    assert await account.query(void) is None
    assert isinstance(await account.send(void), Succeeded)
    assert isinstance(await account.query(void), Succeeded)
    paid = await account.done()
    too_late = account.child(AttemptKind.VOID, paid)
    for outcome in (await account.send(too_late), await account.query(too_late)):
        assert isinstance(outcome, Failed)
        assert outcome.code == "too_late"


async def test_what_stripe_does_not_show_yet_is_neither_captured_nor_called_off(account: Account) -> None:
    account.simulator.knobs.search_lag = 60
    parent = await account.done(AttemptKind.AUTHORIZE)
    without_handle = {"parent_handle": None}
    capture = account.child(AttemptKind.CAPTURE, parent, **without_handle)
    assert isinstance(await account.send(capture), NotSent)
    void = await account.send(account.child(AttemptKind.VOID, parent, **without_handle))
    assert isinstance(void, Failed)
    account.clock.advance(60)
    assert isinstance(await account.send(capture), Succeeded)


async def test_refunds_never_exceed_the_payment(account: Account) -> None:
    parent = await account.done()
    first = account.child(AttemptKind.REFUND, parent, amount=1500, reason="requested_by_customer")
    refunded = await account.send(first)
    assert isinstance(refunded, Succeeded)
    assert await account.query(first) == await account.query(first, refunded.handle) == refunded
    too_much = await account.send(account.child(AttemptKind.REFUND, parent, amount=1001, reason="changed their mind"))
    assert isinstance(too_much, Failed)
    assert isinstance(await account.send(account.child(AttemptKind.REFUND, parent, amount=1000)), Succeeded)
    nothing_left = await account.send(account.child(AttemptKind.REFUND, parent, amount=1))
    assert isinstance(nothing_left, Failed)
    assert nothing_left.code == "already_refunded"
    assert account.moved() == [("charge", 2500, "USD"), ("refund", 1500, "USD"), ("refund", 1000, "USD")]


async def test_a_refund_is_found_among_hundreds(account: Account) -> None:
    parent = await account.done()
    first = account.child(AttemptKind.REFUND, parent, amount=1)
    await account.send(first)
    for _ in range(120):
        await account.send(account.child(AttemptKind.REFUND, parent, amount=1))
    assert isinstance(await account.query(first), Succeeded)
    assert await account.query(account.child(AttemptKind.REFUND, parent, amount=1)) is None


async def test_a_refund_takes_a_while(account: Account) -> None:
    parent = await account.done(payment_method="pm_card_pendingRefund")
    refund = account.child(AttemptKind.REFUND, parent)
    assert isinstance(await account.send(refund), Pending)
    await account.advance(30)
    assert isinstance(await account.query(refund), Succeeded)


async def test_a_refund_that_succeeded_fails_and_the_money_is_back(account: Account) -> None:
    parent = await account.done(payment_method="pm_card_refundFail")
    refund = account.child(AttemptKind.REFUND, parent)
    assert isinstance(await account.send(refund), Succeeded)
    await account.advance(30)
    failed = await account.query(refund)
    assert isinstance(failed, Failed)
    assert failed.provider_code == "expired_or_canceled_card"
    assert [kind for kind, _, _ in account.moved()] == ["charge", "refund", "refund_reversal"]
    assert isinstance(await account.send(account.child(AttemptKind.REFUND, parent)), Succeeded)


async def test_a_disputed_payment_is_not_refunded(account: Account) -> None:
    parent = await account.done(payment_method="pm_card_createDispute")
    await account.simulator.simulation.settle()
    outcome = await account.send(account.child(AttemptKind.REFUND, parent))
    assert isinstance(outcome, Failed)
    assert outcome.code == "charge_disputed"
    await account.advance(60)
    assert isinstance(await account.send(account.child(AttemptKind.REFUND, parent)), Succeeded)


@pytest.mark.parametrize(
    ("amount", "currency", "wire"),
    [(100, "JPY", 100), (5, "UGX", 500), (7, "ISK", 700), (300, "MGA", 3), (5120, "KWD", 5120)],
)
async def test_the_ledger_has_the_amount_that_was_meant(
    account: Account, amount: int, currency: str, wire: int
) -> None:
    parent = await account.done(amount=amount, currency=currency)
    intent = (await account.call("GET", f"/v1/payment_intents/{parent[1].handle}")).document()
    assert intent is not None
    assert intent["amount"] == wire
    assert isinstance(await account.send(account.child(AttemptKind.REFUND, parent, amount=amount)), Succeeded)
    assert account.moved() == [("charge", amount, currency), ("refund", amount, currency)]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"amount": 49}, "amount_invalid"),
        ({"amount": 10, "currency": "JPY"}, "amount_invalid"),
        ({"amount": 100_000_000}, "amount_invalid"),
        ({"amount": 5124, "currency": "KWD"}, "amount_not_representable"),
        ({"currency": "IRR"}, "amount_not_representable"),
        ({"payment_method": "pm_nobody"}, "provider_refused"),
        ({"kind": AttemptKind.PAYOUT}, "payouts_unsupported"),
    ],
)
async def test_what_cannot_be_done_is_refused_for_good(account: Account, members: dict[str, object], code: str) -> None:
    outcome = await account.send(account.instruction(**members))  # type: ignore[arg-type]  # a kind among the members
    assert isinstance(outcome, Failed), outcome
    assert outcome.code == code
    assert account.moved() == []


async def test_credentials_are_probed(account: Account) -> None:
    await account.provider.probe(account.configuration)
    for secret, why in (("sk_test_somebodyelse", "refuses"), ("sk_live_simulated", "other mode")):
        with pytest.raises(ProbeError, match=why) as caught:
            await account.provider.probe(account.with_secrets(secret_key=secret))
        assert secret not in str(caught.value)
    account.arm("error_before", "/v1/account", status=500)
    with pytest.raises(ProbeError, match="500"):
        await account.provider.probe(account.configuration)
    account.arm("reset", times=2)
    with pytest.raises(ProbeError, match="no whole answer"):
        await account.provider.probe(account.configuration)
    with pytest.raises(ConfigurationError, match="secret_key"):
        await account.provider.probe(type(account.configuration)("pc", "acct_1", False, account.served.url))
    account.configuration.settings["account"] = "acct_another"  # type: ignore[index]  # the test's own
    with pytest.raises(ProbeError, match="another account"):
        await account.provider.probe(account.configuration)
    assert account.moved() == []


def test_one_setting_is_the_identity_and_secrets_are_secret() -> None:
    assert [each.name for each in SETTINGS if each.identity] == ["account"]
    assert {each.name for each in SETTINGS if each.secret} == {"secret_key", "webhook_secrets"}
