"""The ruleset itself is checked: no rule without a check, no check without a rule, no stale exception."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from _regenerate.spec import Spec
from _spec.finding import Flaw
from _spec.ruleset import Options, RulesetError, load

_ENTRY = '[title]\npromise = "The API has a title."\nremedy = "Name it"\n'


def _title(spec: Spec, _: Options) -> Iterator[Flaw]:
    if not spec["info"].get("title"):
        yield Flaw("#/info", "has no title")


def _rules(directory: Path, text: str) -> Path:
    (directory / "rules.toml").write_text(text, encoding="utf-8")
    return directory


def test_a_finding_carries_the_remedy(tmp_path: Path) -> None:
    (rule,) = load(_rules(tmp_path, _ENTRY), {"title": _title})
    (finding,) = rule.findings({"info": {}})
    assert (finding.rule, finding.pointer, finding.problem, finding.remedy) == (
        "title",
        "#/info",
        "has no title",
        "Name it",
    )


def test_an_exception_holds_while_it_is_needed(tmp_path: Path) -> None:
    entry = _ENTRY + '[title.except]\n"#/info" = "an internal API"\n'
    (rule,) = load(_rules(tmp_path, entry), {"title": _title})
    assert list(rule.findings({"info": {}})) == []
    (stale,) = rule.findings({"info": {"title": "Molam"}})
    assert stale.problem == "this exception is not needed"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (_ENTRY.replace("title", "titel"), "'titel' is no known rule"),
        (_ENTRY.replace("remedy", "cure"), "needs a promise and a remedy"),
        (_ENTRY.replace("promise", "oath"), "needs a promise and a remedy"),
        ("", "no entry for title"),
    ],
)
def test_a_ruleset_that_disagrees_with_the_checks_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(RulesetError, match=words):
        load(_rules(tmp_path, text), {"title": _title})


def test_a_rule_given_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "again.toml").write_text(_ENTRY, encoding="utf-8")
    with pytest.raises(RulesetError, match="given twice"):
        load(_rules(tmp_path, _ENTRY), {"title": _title})
