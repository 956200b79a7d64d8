"""An outage of ten minutes, seen by a fleet: what it costs, how soon it is over, and that it does not come back."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.simulation.outage import Fault, Figures, Scenario, run

FLEET = int(os.environ.get("MOLAM_SIMULATION_PROCESSES", "30"))
"""Processes; 1,000 in the long environment."""

UNLIMITED = 10**9
Report = Callable[[str, object], None]


def told(record_property: Report, name: str, figures: Figures) -> Figures:
    record_property(name, repr(figures))
    print(f"{name}, {FLEET} processes: {figures}, amplification {figures.amplification:.3f}")  # noqa: T201 - figures
    return figures


@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", ["refused", "failing", "silent"])
def test_without_breaker_it_costs_thirty_five_retries_per_process(fault: Fault, record_property: Report) -> None:
    figures = told(record_property, f"{fault}, budget only", run(Scenario(FLEET, fault=fault, breaker=False)))
    assert figures.most_over_calls <= 35
    assert figures.amplification <= 1.1
    assert figures.recovered_after is not None
    assert figures.recovered_after <= 5


@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", ["failing", "silent"])
def test_with_breaker_it_costs_a_fraction_and_is_over_within_five_seconds(
    fault: Fault, record_property: Report
) -> None:
    scenario = Scenario(FLEET, fault=fault)
    figures = told(record_property, f"{fault}, budget and breaker", run(scenario))
    assert figures.amplification < 0.25
    assert figures.most_requests <= 2 * (10 + scenario.outage / 4 + 1)
    assert figures.recovered_after is not None
    assert figures.recovered_after <= 5


@pytest.mark.timeout(600)
def test_an_overload_does_not_outlive_its_cause(record_property: Report) -> None:
    """A tenth of the capacity for a minute; then the gateway could serve twice the calls, if nobody repeated them."""

    def overload(*, breaker: bool, budget: int) -> Figures:
        return run(Scenario(FLEET, fault="slow", outage=60.0, after=90.0, breaker=breaker, budget=budget))

    naive = told(record_property, "overload, neither", overload(breaker=False, budget=UNLIMITED))
    spent = told(record_property, "overload, budget only", overload(breaker=False, budget=500))
    whole = told(record_property, "overload, budget and breaker", overload(breaker=True, budget=500))
    assert naive.recovered_after is None, "the model does not collapse, so it proves nothing"
    assert spent.recovered_after is not None
    assert whole.recovered_after is not None
    assert whole.recovered_after < spent.recovered_after <= 30


def test_retries_without_limit_multiply_an_outage(record_property: Report) -> None:
    scenario = Scenario(10, outage=60.0, breaker=False, budget=UNLIMITED)
    assert told(record_property, "no budget", run(scenario)).amplification > 3.5
