"""Signatures: ours against the official package, and whatever a forger may write."""

import time

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from molam_gateway.providers.inbound import ForgedError
from molam_gateway.providers.simulators.stripe.signatures import header
from molam_gateway.providers.stripe.webhooks import TOLERANCE, parse, verify

BODY = '{"id": "evt_1", "object": "event", "text": "ß"}'
SECRET = "whsec_one"
NOW = 1_800_000_000


def official(body: str, signature: str, secret: str, tolerance: int | None = None) -> None:
    stripe.WebhookSignature.verify_header(body, signature, secret, tolerance)  # pyright: ignore[reportUnknownMemberType] - one parameter has no type


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.lists(st.text("ab1", min_size=1), min_size=1, max_size=3))
def test_what_the_simulator_signs_the_official_package_accepts(body: str, secrets: list[str]) -> None:
    signature = header(body, secrets, int(time.time()))
    for secret in secrets:
        official(body, signature, secret, 300)
        verify(body.encode(), signature, [secret], time.time())


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_the_official_package_signs_is_accepted(body: str) -> None:
    payload = f"{NOW}.{body}"
    digest = stripe.WebhookSignature._compute_signature(payload, SECRET)  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType] - no other signer is a second opinion
    verify(body.encode(), f"t={NOW},v1={digest}", [SECRET], NOW)


@pytest.mark.parametrize("offset", [-TOLERANCE, 0, TOLERANCE])
def test_within_the_tolerance(offset: int) -> None:
    verify(BODY.encode(), header(BODY, [SECRET], NOW + offset), [SECRET], NOW)


@pytest.mark.parametrize("offset", [-TOLERANCE - 1, TOLERANCE + 1])
def test_the_past_and_the_future_are_refused(offset: int) -> None:
    with pytest.raises(ForgedError, match="old"):
        verify(BODY.encode(), header(BODY, [SECRET], NOW + offset), [SECRET], NOW)


def test_a_roll_is_survived_on_either_side() -> None:
    both = header(BODY, ["whsec_new", SECRET], NOW)
    verify(BODY.encode(), both, [SECRET], NOW)
    verify(BODY.encode(), both, ["whsec_new"], NOW)
    verify(BODY.encode(), header(BODY, [SECRET], NOW), ["whsec_new", SECRET], NOW)


def test_another_body_or_secret_is_forged() -> None:
    signature = header(BODY, [SECRET], NOW)
    for body, secrets in ((BODY + " ", [SECRET]), (BODY, ["whsec_two"]), (BODY, [])):
        with pytest.raises(ForgedError):
            verify(body.encode(), signature, secrets, NOW)


def test_other_schemes_prove_nothing() -> None:
    digest = header(BODY, [SECRET], NOW).split("v1=")[1].split(",")[0]
    for forged in (f"t={NOW},v0={digest}", f"t={NOW},v2={digest}", f"t={NOW}"):
        with pytest.raises(ForgedError, match="no v1"):
            verify(BODY.encode(), forged, [SECRET], NOW)


@pytest.mark.parametrize(
    "times",
    [
        "",
        "t=,",
        f"t={NOW},t={NOW},",
        "t=1e9,",
        "t=-1,",
        f"t=+{NOW},",
        "t=٣,",
        pytest.param("t=" + "9" * 5000, id="long"),
    ],
)
def test_without_exactly_one_timestamp_it_is_forged(times: str) -> None:
    digest = header(BODY, [SECRET], NOW).split("v1=")[1].split(",")[0]
    with pytest.raises(ForgedError):
        verify(BODY.encode(), f"{times}v1={digest}", [SECRET], NOW)


def test_no_header_is_forged() -> None:
    with pytest.raises(ForgedError, match="no Stripe-Signature"):
        verify(BODY.encode(), None, [SECRET], NOW)


@settings(deadline=None)
@given(st.text() | st.text(st.sampled_from("tv1=,0 af"), max_size=80))
def test_any_header_is_parsed_or_forged(text: str) -> None:
    try:
        signature = parse(text)
    except ForgedError:
        return
    assert signature.candidates
    assert signature.timestamp >= 0


@settings(deadline=None)
@given(st.text() | st.builds("t={},v1={}".format, st.integers(), st.text("0af", max_size=70)))
def test_nothing_that_is_not_signed_is_accepted(text: str) -> None:
    with pytest.raises(ForgedError):
        verify(BODY.encode(), text, [SECRET], NOW)
