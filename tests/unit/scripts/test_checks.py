"""What scripts/test runs: every environment, whatever becomes of the others, and a table of them."""

import os
import sys
from pathlib import Path

import pytest

from _launcher.checks import SINGLE, Check, run, table
from _launcher.package_index import translated

TOX = """
import sys
name = sys.argv[sys.argv.index("-e") + 1]
print("ran", name, *sys.argv[3:])
sum(range(3_000_000))
sys.exit(name in ("types", "coverage"))
"""


def test_all_run_in_spite_of_failures_and_are_told_in_order(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "tox.py").write_text(TOX, encoding="utf-8")
    names = ["types", "coverage", "lint", "scenarios"]
    checks = run(names, [sys.executable, str(tmp_path / "tox.py")], ["--", "-x"], os.environ)
    assert [(check.name, check.status) for check in checks] == [*zip(names, [1, 1, 0, 0], strict=True)]
    assert all(check.busy > 0 for check in checks)
    assert sorted(capfdbinary.readouterr().out.splitlines()) == sorted(f"ran {name} -- -x".encode() for name in names)
    assert {"types", "lint"} <= SINGLE


@pytest.mark.skipif(sys.platform == "win32", reason="processes are not killed by signals")
def test_what_is_killed_has_failed(tmp_path: Path) -> None:
    (tmp_path / "tox.py").write_text("import os; os.kill(os.getpid(), 9)", encoding="utf-8")
    checks = run(["lint", "coverage"], [sys.executable, str(tmp_path / "tox.py")], [], os.environ)
    assert [check.status for check in checks] == [-9, -9]


def test_the_table_tells_failures_and_sums() -> None:
    told = table([Check("lint", 0, 12.4, 10.6), Check("coverage", 1, 300.0, 500.0)], 312.6)
    assert [line.split() for line in told.splitlines()] == [
        ["environment", "result", "seconds", "on", "processors"],
        ["lint", "ok", "12", "11"],
        ["coverage", "FAILED", "300", "500"],
        ["all", "FAILED", "313", "511"],
    ]


def test_uv_is_told_what_pip_is() -> None:
    listed = """:env:.find-links='/wheels /more'
:env:.timeout='180'
global.cert='/ca.pem'
global.extra-index-url='\\nhttps://one.example/simple\\nhttps://two.example/simple'
global.index-url='https://old.example/simple'
install.index-url='https://new.example/simple'
"""
    assert translated(listed) == {
        "SSL_CERT_FILE": "/ca.pem",
        "UV_DEFAULT_INDEX": "https://new.example/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    assert translated("") == {}
