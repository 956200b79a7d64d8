"""The README and the guides as programs: strictly typed, to be followed in order, and again."""

import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from molam_sdk import MolamClient

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
GUIDES = [ROOT / name for name in dict.fromkeys(re.findall(r"docs/guides/[\w-]+\.md", README.read_text("utf-8")))]
TAKEN_FOR_GRANTED = "from types import SimpleNamespace; request: SimpleNamespace = globals()['request']"


def program(document: Path) -> str:
    """The Python blocks of a document as one module, each line where it stands in the document."""
    lines: list[str] = []
    fence = ""
    for line in document.read_text("utf-8").splitlines():
        fenced = line.startswith("```")
        if fenced:
            fence = "" if fence else line
        lines.append(line if fence == "```python" and not fenced else "")
    return "\n".join([TAKEN_FOR_GRANTED, *lines[1:]]) + "\n"


def run(path: Path, request: SimpleNamespace) -> dict[str, Any]:
    namespace: dict[str, Any] = runpy.run_path(str(path), {"request": request})
    for value in namespace.values():
        if isinstance(value, MolamClient):
            value.close()
    return namespace


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each document's program by the document's name, in reading order."""
    folder = tmp_path_factory.mktemp("programs")
    written: dict[str, Path] = {}
    for document in (README, *GUIDES):
        written[document.stem] = folder / f"{document.stem.lower().replace('-', '_')}_md.py"
        written[document.stem].write_text(program(document), "utf-8")
    return written


@pytest.mark.timeout(300)
def test_mypy_accepts_them(programs: dict[str, Path]) -> None:
    command = [sys.executable, "-m", "mypy", "--follow-imports", "silent", *map(str, programs.values())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_they_can_be_followed_in_order_and_again(programs: dict[str, Path], documented: SimpleNamespace) -> None:
    for _ in range(2):
        for path in programs.values():
            run(path, documented)


@pytest.mark.usefixtures("documented")
def test_the_tests_of_the_testing_guide_pass_and_a_failing_one_fails(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", _testing_guide(), re.DOTALL)
    failing = (
        "def test_failing(molam_client: MolamClient) -> None:\n    assert molam_client.account.retrieve().livemode\n"
    )
    tests = [block for block in blocks if re.search(r"^def test_", block, re.MULTILINE)]
    (tmp_path / "test_guide.py").write_text("\n\n".join([*tests, failing]), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "molam_sdk.testing.plugin"]
    done = subprocess.run(
        [*command, "-W", "error", "test_guide.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 1
    count = len(re.findall("^def test_", "\n".join(tests), re.MULTILINE))
    assert re.search(rf"^1 failed, {count} passed", done.stdout, re.MULTILINE), done.stdout


def test_the_sandbox_of_its_own_ends_with_a_failing_test(
    programs: dict[str, Path], documented: SimpleNamespace
) -> None:
    started = run(programs["testing"], documented)["separate_sandbox"]
    with pytest.raises(ZeroDivisionError), started() as client:
        assert client.account.retrieve().livemode / 0


@pytest.mark.usefixtures("documented")
def test_the_testing_guide_names_every_option_of_the_command() -> None:
    command = [sys.executable, "-m", "molam_gateway", "serve", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    options = set(re.findall(r"--[a-z-]+", shown)) - {"--help"}
    assert {option for option in options if f"`{option}" not in _testing_guide()} == set()


def _testing_guide() -> str:
    return (ROOT / "docs" / "guides" / "testing.md").read_text("utf-8")
