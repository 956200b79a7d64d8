"""What callbacks say: whatever arrives is read, or is unreadable; nothing else happens."""

import contextlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.domain.outcomes import Failed, Succeeded
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.inbound import MayPay, Message, MoneyReceived, News, UnreadableError
from molam_gateway.providers.mpesa import mpesa
from molam_gateway.providers.mpesa.amounts import AmountError, minor_units, shillings
from molam_gateway.providers.mpesa.callbacks import KINDS
from molam_gateway.providers.mpesa.names import account_reference, conversation_id, description, reference, remarks
from molam_gateway.providers.mpesa.phone import PhoneError, msisdn

ADAPTER = mpesa()
ACCOUNT = Configuration("pc_1", "acct_1", False, "", settings={"shortcode": "174379", "confirm_above": "100000"})

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
RECEIPT = "SG632NMUAB"


def _read(kind: str, document: object) -> Any:
    return ADAPTER.read(Message(json.dumps(document).encode(), kind=kind), ACCOUNT)


def _paid(items: list[dict[str, Any]], code: object = 0) -> dict[str, Any]:
    told = {
        "MerchantRequestID": "29115-34620561-1",
        "CheckoutRequestID": "ws_CO_191220191020363925",
        "ResultCode": code,
        "ResultDesc": "The service request is processed successfully.",
        "CallbackMetadata": {"Item": items},
    }
    return {"Body": {"stkCallback": told}}


ITEMS: list[dict[str, Any]] = [
    {"Name": "Amount", "Value": 1.00},
    {"Name": "MpesaReceiptNumber", "Value": "NLJ7RT61SV"},
    {"Name": "Balance"},
    {"Name": "TransactionDate", "Value": 20191219102115},
    {"Name": "PhoneNumber", "Value": 254708374149},
]


@given(st.permutations(ITEMS), st.sampled_from([0, "0", 0.0]))
def test_the_order_of_the_items_does_not_matter(items: list[dict[str, Any]], code: object) -> None:
    (news,) = _read("s", _paid(items, code))
    assert isinstance(news.outcome, Succeeded)
    assert (news.outcome.transaction_id, news.amount) == ("NLJ7RT61SV", 100)
    assert news.outcome.details is not None
    assert news.outcome.details["mobile_money"] == {"network": "mpesa", "last4": "4149", "receipt": "NLJ7RT61SV"}


@given(st.lists(st.sampled_from(ITEMS), max_size=8))
def test_a_success_without_receipt_or_amount_asks_the_provider(items: list[dict[str, Any]]) -> None:
    (news,) = _read("s", _paid(items))
    names = {item["Name"] for item in items}
    assert isinstance(news, News)
    assert (news.outcome is not None) == ({"Amount", "MpesaReceiptNumber"} <= names)


@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=200))
def test_no_bytes_do_harm(kind: str, body: bytes) -> None:
    with pytest.raises(UnreadableError):
        ADAPTER.read(Message(body, kind=kind), ACCOUNT)


@given(st.sampled_from(sorted(KINDS)), VALUES)
def test_no_document_does_harm(kind: str, document: object) -> None:
    with contextlib.suppress(UnreadableError):
        _read(kind, document)


DOCUMENTED: dict[str, dict[str, Any]] = {
    "s": _paid(ITEMS),
    "p": {
        "Result": {
            "ResultType": 0,
            "ResultCode": 0,
            "ResultDesc": "ok",
            "OriginatorConversationID": "53e3-4aa8-9fe0-8fb5e4092cdd3533373",
            "ConversationID": "AG_20240706_2010364430d9bbdaf872",
            "TransactionID": RECEIPT,
            "ResultParameters": {
                "ResultParameter": [
                    {"Key": "TransactionAmount", "Value": 10},
                    {"Key": "TransactionReceipt", "Value": RECEIPT},
                    {"Key": "B2CUtilityAccountAvailableFunds", "Value": 8959269.6},
                ]
            },
            "ReferenceData": {"ReferenceItem": {"Key": "QueueTimeoutURL", "Value": "https://a.example"}},
        }
    },
    "t": {
        "Result": {
            "ResultCode": 0,
            "OriginatorConversationID": "3213-416199-2",
            "ResultParameters": {
                "ResultParameter": [
                    {"Key": "DebitPartyName", "Value": "600310 - Safaricom333"},
                    {"Key": "DebitPartyName", "Value": "254708374149 - John Doe"},
                    {"Key": "OriginatorConversationID", "Value": "3211-416020-3"},
                    {"Key": "TransactionReason"},
                    {"Key": "TransactionStatus", "Value": "Completed"},
                    {"Key": "Amount", "Value": "300"},
                    {"Key": "ReceiptNo", "Value": "MBN31H462N"},
                ]
            },
        }
    },
    "n": {
        "TransactionType": "Pay Bill",
        "TransID": "RKL51ZDR4F",
        "TransTime": "20231121121325",
        "TransAmount": "5.00",
        "BusinessShortCode": "174379",
        "BillRefNumber": "Sample Transaction",
        "MSISDN": "25470****149",
        "FirstName": "NICHOLAS",
    },
}
DOCUMENTED.update(r=DOCUMENTED["p"], o=DOCUMENTED["p"], v=DOCUMENTED["n"])


def _paths(document: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found: list[tuple[str | int, ...]] = [path]
    if isinstance(document, dict):
        for key, value in document.items():  # pyright: ignore[reportUnknownVariableType]
            found += _paths(value, (*path, key))  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(document, list):
        for number, value in enumerate(document):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            found += _paths(value, (*path, number))  # pyright: ignore[reportUnknownArgumentType]
    return found


@given(st.data())
def test_any_member_may_be_anything(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(DOCUMENTED)))
    document: Any = json.loads(json.dumps(DOCUMENTED[kind]))
    path = data.draw(st.sampled_from([each for each in _paths(document) if each]))
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    if data.draw(st.booleans()):
        parent[path[-1]] = data.draw(VALUES)
    else:
        del parent[path[-1]]
    try:
        reports = _read(kind, document)
    except UnreadableError:
        return
    for report in reports:
        assert isinstance(report, News | MayPay | MoneyReceived)
        if isinstance(report, News):
            assert report.key
            assert report.amount is None or report.amount >= 0
        else:
            assert report.amount > 0


@pytest.mark.parametrize("kind", sorted(DOCUMENTED))
def test_the_documented_samples_are_read(kind: str) -> None:
    (report,) = _read(kind, DOCUMENTED[kind])
    match report:
        case News(outcome=Succeeded(transaction_id=receipt), amount=amount):
            expected = {"s": ("NLJ7RT61SV", 100), "p": (RECEIPT, 1_000), "t": ("MBN31H462N", 30_000)}
            assert (receipt, amount) == expected.get(kind, (RECEIPT, None))
        case News():
            assert kind == "o"
        case MoneyReceived():
            assert (report.transaction_id, report.amount, report.account_reference) == (
                "RKL51ZDR4F",
                500,
                "Sample Transaction",
            )
        case _:
            assert report == MayPay(500, "KES", "Sample Transaction")


@pytest.mark.parametrize("code", [1, "1", "SFC_IC0003", 12345, "R000002"])
@pytest.mark.parametrize("kind", ["s", "p", "r"])
def test_other_codes_are_failures(kind: str, code: object) -> None:
    document: Any = json.loads(json.dumps(DOCUMENTED[kind]))
    told = document["Body"]["stkCallback"] if kind == "s" else document["Result"]
    told["ResultCode"] = code
    (news,) = _read(kind, document)
    assert isinstance(news.outcome, Failed)
    assert news.outcome.provider_code == str(code)
    assert news.outcome.message


def test_still_under_processing_is_no_failure() -> None:
    document = _paid([], "4999")
    (news,) = _read("s", document)
    assert news.outcome is None


@given(st.integers(1, 250_000))
def test_amounts_round_trip(whole: int) -> None:
    minor = whole * 100
    assert shillings(minor) == whole
    for written in (whole, str(whole), f"{whole}.00", Decimal(f"{whole}.0"), f"{whole}.0"):
        assert minor_units(written) == minor


@given(st.integers(-(10**6), 10**8))
def test_nothing_is_rounded(minor: int) -> None:
    if minor > 0 and minor % 100 == 0:
        assert shillings(minor) * 100 == minor
    else:
        with pytest.raises(AmountError):
            shillings(minor)


@pytest.mark.parametrize("value", [None, True, "", "x", "1.001", "-1", "NaN", "Infinity", "1e400", 10**50, [], {}])
def test_what_is_no_amount(value: object) -> None:
    with pytest.raises(AmountError):
        minor_units(value)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+254712345678", "254712345678"),
        ("254712345678", "254712345678"),
        ("0712345678", "254712345678"),
        ("712345678", "254712345678"),
        ("+254 112 345-678", "254112345678"),
        ("0112 345 678", "254112345678"),
    ],
)
def test_numbers_are_written_in_many_ways(written: str, number: str) -> None:
    assert msisdn(written) == number


@pytest.mark.parametrize(
    "written",
    ["", "+2541", "+254212345678", "+2547123456789", "071234567", "+33612345678", "٠٧١٢٣٤٥٦٧٨", "abc", "0" * 90],
)
def test_what_is_no_kenyan_number(written: str) -> None:
    with pytest.raises(PhoneError) as caught:
        msisdn(written)
    assert not written or written not in str(caught.value)


@given(st.text(max_size=200))
def test_fields_fit(text: str) -> None:
    for made, most in ((description(text), 13), (remarks(text), 100)):
        assert 1 <= len(made) <= most
        assert made.isascii()
    assert len(remarks(text)) >= 2
    assert len(account_reference(text)) <= 12


@given(st.uuids())
def test_our_reference_comes_back(id: Any) -> None:
    ours = f"molam_{id.hex}"
    assert reference(conversation_id(ours)) == ours
    assert len(account_reference(ours)) == 12


def test_the_provider_s_ids_are_not_ours() -> None:
    assert reference("53e3-4aa8-9fe0-8fb5e4092cdd3533373") is None
    assert conversation_id("other") == "other"
