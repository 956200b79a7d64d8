"""scripts/check_spec as CI runs it: its exit status and what it tells the author of a spec."""

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[3]
_SPEC = (_ROOT / "spec" / "openapi.yaml").read_text(encoding="utf-8")


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(_ROOT / "scripts" / "check_spec"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _checked(directory: Path, text: str) -> subprocess.CompletedProcess[str]:
    copy = directory / "copy.yaml"
    copy.write_text(text, encoding="utf-8")
    return _run(str(copy))


def test_the_spec_of_the_repository_passes() -> None:
    done = _run()
    assert (done.returncode, done.stderr) == (0, "")
    assert "openapi.yaml is valid OpenAPI 3.1 and keeps all" in done.stdout


def test_a_finding_names_line_pointer_rule_and_remedy(tmp_path: Path) -> None:
    text = _SPEC.replace("operationId: retrieve_account", "operationId: getAccount")
    line = 1 + text[: text.index("operationId: getAccount")].count("\n")
    done = _checked(tmp_path, text)
    assert done.returncode == 1
    assert f"copy.yaml:{line}: #/paths/~1v1~1account/get/operationId\n    operation-id: 'getAccount'" in done.stderr
    assert "Name it verb_noun" in done.stderr


def test_every_finding_is_told_at_once(tmp_path: Path) -> None:
    text = _SPEC.replace("operationId: retrieve_account", "operationId: getAccount")
    done = _checked(
        tmp_path, text.replace("    description: Controls of the sandbox", "    x-note: Controls of the sandbox")
    )
    assert "operation-id: 'getAccount'" in done.stderr
    text = text.replace("maxLength: 500", "minLength: 500")
    done = _checked(tmp_path, text)
    assert "operation-id: 'getAccount'" in done.stderr
    assert "bounded: is a string without maxLength" in done.stderr


def test_what_is_not_openapi_is_told_by_the_validator(tmp_path: Path) -> None:
    done = _checked(tmp_path, _SPEC.replace("      in: path\n", "      in: somewhere\n", 1))
    assert done.returncode == 1
    assert "openapi-3.1:" in done.stderr
    assert "#/components/parameters/PaymentIntentId" in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("version: '2026-11-01'", "version: 2026-11-01", "quote it"),
        ("openapi: 3.1.0", "openapi: 3.2.0", "not an OpenAPI 3.1 document"),
        ("openapi: 3.1.0", "openapi: 3.1.0\nopenapi: 3.1.0", "given twice"),
        ("openapi: 3.1.0", "openapi: [", "not YAML"),
        ("$ref: '#/components/schemas/Problem'", "$ref: '#/components/schemas/Error'", "points to nothing"),
        ("$ref: '#/components/schemas/Problem'", "$ref: 'problem.yaml'", "leaves the document"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in _SPEC
    done = _checked(tmp_path, _SPEC.replace(old, new, 1))
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    done = _run(str(tmp_path / "none.yaml"))
    assert done.returncode == 1
    assert "none.yaml" in done.stderr
    assert "Traceback" not in done.stderr
