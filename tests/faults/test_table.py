"""The table of faults, row by row, against the real gateway: what is raised, what it says, what was charged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from molam_api.models import PaymentIntent
from molam_gateway.embedded import Sandbox
from molam_sdk import MolamClient, errors
from tests.faults.certificates import Authority, make_authority
from tests.faults.cuts import Twice, WrongLength
from tests.faults.driver import Connect, Driver
from tests.faults.names import HOST
from tests.faults.route import Route, options_for, route_for
from tests.faults.table import ROWS, Row, as_markdown
from tests.gateway_fixtures import eventually, shared_gateway

__all__ = ["shared_gateway"]

PAGE = Path(__file__).parents[2] / "docs" / "design" / "outcomes.md"
SHORT, PATIENT, DEADLINE = 0.1, 0.4, 0.3


def of_rows(fits: Callable[[Row], bool]) -> pytest.MarkDecorator:
    """One test for each row that fits."""
    return pytest.mark.parametrize(
        "row", [row for row in ROWS if fits(row)], ids=lambda row: f"{row.where}: {row.what}"
    )


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority(HOST)


@pytest.fixture(scope="module")
def bundle(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("authority") / "authority.pem"
    path.write_bytes(authority.pem)
    return str(path)


@pytest.fixture(scope="module")
def witness(shared_gateway: Sandbox) -> Iterator[MolamClient]:
    """A client whose path to the gateway is never broken."""
    with MolamClient(api_key=shared_gateway.api_key, api_base=shared_gateway.url) as client:
        yield client


@pytest.fixture(scope="module")
def known(witness: MolamClient) -> str:
    """The id of a payment that is there to be read."""
    return witness.payment_intents.create(amount=2500, currency="USD").id


@pytest.fixture
def sealed(row: Row) -> bool:
    """Whether the path is under TLS, as it is where the fault is about it."""
    return row.sealed


@pytest.fixture
def case(
    row: Row,
    sealed: bool,
    connect: Connect,
    shared_gateway: Sandbox,
    authority: Authority,
    bundle: str,
    witness: MolamClient,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Case]:
    tls = authority.server if sealed else None
    with route_for(row, shared_gateway, tls, bundle, witness, monkeypatch) as (route, proxy):
        opened = connect(proxy, **options_for(proxy, shared_gateway, bundle))
        yield Case(row, route, opened)


class Case:
    """A client of either kind that meets the fault of a row."""

    def __init__(self, row: Row, route: Route, driver: Driver) -> None:
        self.row = row
        self.route = route
        self._driver = driver

    def pay(self, driver: Driver | None = None) -> PaymentIntent:
        chosen = {"payment_method": self.row.method, "confirm": True, "idempotency_key": self.route.key}
        return (driver or self._driver).create(**chosen)

    def client(self, *, max_retries: int, patience: float = SHORT, mending: bool = False) -> Driver:
        every: dict[str | None, dict[str, Any]] = {
            "connect": {"timeout": (patience, 10)},
            "read": {"timeout": (10, patience)},
            "deadline": {"deadline": DEADLINE},
        }
        limits = every.get(self.row.waits, {})
        hooks = self.route.hooks(mending=mending)
        return self._driver.with_options(max_retries=max_retries, event_hooks=hooks, **limits)

    def resolve(self, error: errors.MolamError) -> PaymentIntent:
        return self._driver.resolve(error)

    def refuse(self, call: Callable[[], object]) -> errors.MolamError | None:
        """Make the call and compare what it raises with the row."""
        row = self.row
        if row.error is None:
            call()
            return None
        with pytest.raises(errors.MolamError) as caught:
            call()
        error = caught.value
        found = (type(error), getattr(error, "phase", None), error.outcome)
        assert found == (row.error, row.phase, row.outcome), error
        assert error.attempts == self.route.attempts
        return error

    def settle(self, again: Callable[[], PaymentIntent]) -> None:
        """What was charged is what the row says, and once more with the same key makes it exactly one payment."""
        row, route = self.row, self.route
        assert row.charged <= (row.outcome in ("unknown", None))
        if row.charged:
            eventually(lambda: route.charged > 0)
        assert route.charged == row.charged
        route.mend()
        if row.outcome == "rejected":
            with pytest.raises(errors.DeclinedError):
                again()
            assert route.charged == 0
            return
        assert again().status == "succeeded"
        assert route.charged == 1


@of_rows(lambda row: True)
def test_a_payment_whose_every_attempt_meets_the_fault(case: Case) -> None:
    attempts = 2 if case.row.repeated else 1
    case.route.break_for(attempts)
    driver = case.client(max_retries=1)
    case.refuse(lambda: case.pay(driver))
    assert case.route.attempts == attempts
    case.settle(case.pay)


@of_rows(lambda row: True)
@pytest.mark.parametrize("sealed", [True], ids=["tls"])
def test_a_payment_under_tls_whose_only_attempt_meets_the_fault(case: Case) -> None:
    case.route.break_for(1)
    driver = case.client(max_retries=0)
    error = case.refuse(lambda: case.pay(driver))
    assert case.route.attempts == 1
    if error is not None and error.outcome == "unknown" and case.row.repeated:
        case.settle(lambda: case.resolve(error))
    else:
        case.settle(case.pay)


@of_rows(lambda row: row.repeated)
def test_a_payment_whose_first_attempt_meets_the_fault(case: Case) -> None:
    case.route.break_for(1)
    driver = case.client(max_retries=2, patience=PATIENT, mending=True)
    assert case.pay(driver).status == "succeeded"
    assert case.route.attempts == 2
    assert case.route.charged == 1


@of_rows(lambda row: row.outcome != "rejected")
def test_a_read_that_meets_the_fault(case: Case, known: str) -> None:
    case.route.break_for(1)
    driver = case.client(max_retries=0)
    case.refuse(lambda: driver.retrieve(known))
    assert (case.route.attempts, case.route.charged) == (1, 0)
    case.route.mend()
    assert case.client(max_retries=1, patience=10).retrieve(known).id == known


@of_rows(lambda row: isinstance(row.fault, Twice) or row.fault == WrongLength(-9))
@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "tls"])
def test_what_came_beside_an_answer_costs_the_next_call_nothing(case: Case, known: str) -> None:
    case.route.break_for(1)
    driver = case.client(max_retries=0)
    case.refuse(lambda: driver.retrieve(known))
    assert driver.retrieve(known).id == known


def test_the_documentation_shows_the_table() -> None:
    assert as_markdown() in PAGE.read_text("utf-8"), f"write this into {PAGE}:\n{as_markdown()}"
