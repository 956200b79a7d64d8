"""The second net under the allow-list: values that look like what must not be kept are not, whatever they are of."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.domain.audit.redaction import REDACTED, products, redacted, scrubbed

_AROUND = st.sampled_from(["", " ", "order ", "(", "_", "-", ": "])


@given(_AROUND, st.from_regex(r"\A\+?[1-9][0-9]{8,13}\Z"), _AROUND)
def test_phone_numbers_are_not_kept(before: str, phone: str, after: str) -> None:
    assert scrubbed(before + phone + after) == REDACTED


@given(_AROUND, st.sampled_from(["4242424242424242", "5555 5555 5555 4444", "3782-822463-10005"]), _AROUND)
def test_card_numbers_are_not_kept(before: str, number: str, after: str) -> None:
    assert scrubbed(before + number + after) == REDACTED


@given(st.text(max_size=20), st.sampled_from(["sk_live_x", "sk_test_x", "whsec_x", "a@b.example", "Bearer x"]))
def test_secrets_and_addresses_are_not_kept(before: str, secret: str) -> None:
    assert scrubbed(f"{before} {secret}") == REDACTED


@given(st.uuids())
def test_uuids_are_kept_however_many_digits_they_have(key: uuid.UUID) -> None:
    assert scrubbed(str(key)) == str(key)


@pytest.mark.parametrize("text", ["requires_payment_method", "order-12345", "generic_decline", "2026-11-21", "cpay"])
def test_words_and_short_numbers_are_kept(text: str) -> None:
    assert scrubbed(text) == text


@given(st.text(max_size=3000))
def test_a_user_agent_is_short_and_plain(text: str) -> None:
    shown = products(text)
    assert shown is None or (len(shown) < 512 and shown.isascii() and shown.isprintable())


def test_of_a_user_agent_names_and_versions_are_kept() -> None:
    given = "molam-sdk-python/1.2.3 python/3.11 (+22177 1234567) x/221771234567 sk_live_abc"
    assert products(given) == "molam-sdk-python/1.2.3 python/3.11"


@given(st.dictionaries(st.sampled_from(["phone", "email", "name", "metadata", "secret", "amount"]), st.text()))
def test_of_unknown_objects_only_money_and_status_are_kept(members: dict[str, str]) -> None:
    assert set(redacted("unheard_of", members.get, lambda text: "")) <= {"amount"}
