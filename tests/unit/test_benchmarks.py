"""The benchmark harness: it runs, and its table and verdicts say what was measured. No figure is judged here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.__main__ import main
from benchmarks.answers import EVENT, PAYMENT_INTENT, PAYMENT_INTENT_PAGE
from benchmarks.gateway.generator import Course
from benchmarks.gateway.report import Figure, as_section
from benchmarks.report import Row, as_page, as_text

ROOT = Path(__file__).parents[2]
ROWS = [
    Row("create", "molam", 0.5, "50.0 us", bar=0.85),
    Row("create", "other", 2.0, "200.0 us"),
    Row("modules", "molam", 300, "modules", bar=260),
]


def test_one_measure_runs_and_prints_one_row_for_the_sdk() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--no-peers", "--only", "verify"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode in (0, 1), done.stderr
    heading, row = done.stdout.splitlines()
    assert heading.split() == ["measure", "entrant", "ratio", "bar", "cost"]
    assert " molam " in row
    assert ("FAIL" in row) == (done.returncode == 1)


@pytest.mark.parametrize("measure", ["verify", "cold-start"])
def test_without_the_sdk_nothing_passes(measure: str, tmp_path: Path) -> None:
    Path(tmp_path, "molam_sdk.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'molam_sdk'\", name='molam_sdk')"
    )
    paths = [str(tmp_path), *(path for path in sys.path if path)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--no-peers", "--only", measure],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 1
    assert "No module named 'molam_sdk'" in done.stderr


def test_an_unknown_measure_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--only", "luck"])
    assert caught.value.code == 2
    assert "luck" in capsys.readouterr().err


def test_only_the_sdk_is_judged() -> None:
    assert [row.passed for row in ROWS] == [True, True, False]
    first, second, third = as_text(ROWS).splitlines()[1:]
    assert first.split() == ["create", "molam", "0.50", "0.85", "pass", "50.0", "us"]
    assert second.split() == ["create", "other", "2.00", "200.0", "us"]
    assert third.split() == ["modules", "molam", "300", "260", "FAIL", "modules"]


def test_the_page_holds_the_table_and_the_versions() -> None:
    page = as_page(ROWS)
    assert "| create | molam | 0.50 | 0.85 | pass | 50.0 us |" in page
    assert "httpx 0." in page
    assert str(ROOT) not in page


def test_the_canned_answers_have_the_sizes_that_the_measures_name() -> None:
    assert 900 <= len(PAYMENT_INTENT) <= 1200
    assert 900 <= len(EVENT) <= 1200
    assert 90_000 <= len(PAYMENT_INTENT_PAGE) <= 120_000


def test_each_benchmark_writes_its_own_part_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text("# Benchmarks\n\nold\n")
    monkeypatch.setattr(page, "DOCUMENT", document)
    figures = [Figure("pairs", 300.0, "/s", bar=250), Figure("commits", 50.0, "/s", 0.2, "floor", 0.25)]
    page.write_gateway(as_section(figures, workers=2, seconds=10))
    page.write_sdk("# Benchmarks\n\nnew\n")
    page.write_gateway(as_section(figures[:1], workers=2, seconds=10))
    assert document.read_text() == "# Benchmarks\n\nnew\n\n" + as_section(figures[:1], workers=2, seconds=10)
    assert [figure.passed for figure in figures] == [True, False]


def test_a_course_tells_its_rate_and_quantiles() -> None:
    course = Course(done=200, failed=0, seconds=4.0, latencies=[float(each) for each in range(100)])
    assert (course.rate, course.quantile(0.5), course.quantile(0.95)) == (50.0, 50.0, 95.0)
