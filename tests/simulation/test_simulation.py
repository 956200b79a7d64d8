"""Thousands of schedules without a double charge, a lost payment or a wrong word; and mistakes that are found."""

from __future__ import annotations

import os
import sys

import pytest

from tests.simulation.command import main, played
from tests.simulation.defects import DEFECTS
from tests.simulation.generator import generate
from tests.simulation.play import play
from tests.simulation.schedule import FAULTS
from tests.simulation.shrink import kinds, shrink

SCHEDULES = int(os.environ.get("MOLAM_SIMULATION_SCHEDULES", "20000"))
"""As many as every run plays; `tox -e simulation` plays two million."""


@pytest.mark.timeout(300)
def test_nothing_goes_wrong() -> None:
    found = played(1, SCHEDULES)
    assert found.failures == [], "python -m tests.simulation --replay SEED tells what happens"
    assert found.schedules == SCHEDULES
    assert set(found.faults) == set(FAULTS)
    print(f"{found.schedules / found.seconds:,.0f} schedules a second")  # noqa: T201 - the figure


@pytest.mark.timeout(300)
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_mistake_is_found(defect: str) -> None:
    found = played(1, SCHEDULES, defect, most=1)
    assert found.failures, f"{defect} is not found in {SCHEDULES} schedules"
    ((seed, wrong),) = found.failures
    print(f"{defect}: found after {found.schedules:,} schedules (seed {seed}: {wrong})")  # noqa: T201 - the figure
    assert played(1, 1).failures == [], "the mistake was left behind"


def test_a_seed_tells_the_same_story_again() -> None:
    for seed in range(500):
        first, second = play(generate(seed), told=True), play(generate(seed), told=True)
        assert first.story == second.story
        assert (str(first.schedule), first.wrong) == (str(second.schedule), second.wrong)


def test_a_failure_is_told_in_its_shortest_form(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["simulation", "--schedules", "200", "--defect", "retry of an unreadable success"]
    monkeypatch.setattr(sys, "argv", arguments)
    assert main() == 1
    said = capsys.readouterr().out
    assert "shortened: seed 33\n  order 1: provider says paid, the user repeats; attempts: garbled\n" in said
    assert "with key order-1: garbled; the client sees 201" in said
    assert "WRONG: repeated: there is another attempt after 201" in said


@pytest.mark.parametrize("option", ["--schedules", "--processes"])
@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_nothing_to_play_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, option: str, number: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["simulation", option, number])
    with pytest.raises(SystemExit):
        main()
    assert f"{number!r} is not a whole number above 0" in capsys.readouterr().err


def test_the_command_counts_and_replays(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["simulation", "--schedules", "6000", "--processes", "2"])
    assert main() == 0
    assert "6,000 schedules from seed 1" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["simulation", "--replay", "7"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("seed 7")


def test_what_goes_well_cannot_be_shortened_into_a_failure() -> None:
    for seed in range(20):
        assert kinds(generate(seed)) == set()
        assert shrink(generate(seed), "double charge").seed == seed
