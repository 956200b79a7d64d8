"""Each rule of spec/rules finds what it promises to find, and finds nothing in the spec as it is."""

import json
from pathlib import Path

import pytest

from _regenerate.spec import Spec, load
from _spec import ruleset
from _spec.rules import CHECKS

from .breaks import ALL
from .breaks.edit import Break, broken

_ROOT = Path(__file__).resolve().parents[3]
_RULES = {rule.name: rule for rule in ruleset.load(_ROOT / "spec" / "rules", CHECKS)}


@pytest.fixture(scope="module")
def spec() -> Spec:
    return load(_ROOT / "spec" / "openapi.yaml")


@pytest.fixture(scope="module")
def text(spec: Spec) -> str:
    return json.dumps(spec)


@pytest.mark.parametrize("each", ALL, ids=repr)
def test_a_broken_spec_is_caught(each: Break, text: str) -> None:
    findings = list(_RULES[each.rule].findings(broken(text, each)))
    expected = [finding for finding in findings if finding.pointer == each.found and each.words in finding.problem]
    assert expected, f"found instead: {findings}"


@pytest.mark.parametrize("name", _RULES)
def test_the_spec_keeps_the_rule(name: str, spec: Spec) -> None:
    assert list(_RULES[name].findings(spec)) == []


def test_every_rule_is_seen_to_fail() -> None:
    assert {each.rule for each in ALL} == set(_RULES)
