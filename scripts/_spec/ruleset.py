"""The ruleset in spec/rules: which rules there are, what each promises, its options and its exceptions."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from _regenerate.spec import Spec
from _spec.finding import Finding, Flaw

Options = Mapping[str, Any]
Check = Callable[[Spec, Options], Iterable[Flaw]]


class RulesetError(Exception):
    """The ruleset itself is wrong; the message says where."""


class Rule(NamedTuple):
    """One entry of the ruleset with the function that checks it."""

    name: str
    remedy: str
    options: Options
    exceptions: Mapping[str, str]
    """Pointer -> why the rule does not hold there."""
    check: Check

    def findings(self, spec: Spec) -> Iterator[Finding]:
        """What is wrong, less the exceptions; an exception that nothing needs any more is a finding too."""
        unused = dict(self.exceptions)
        for flaw in self.check(spec, self.options):
            if flaw.pointer in self.exceptions:
                unused.pop(flaw.pointer, None)
            else:
                yield Finding(self.name, flaw.pointer, flaw.problem, self.remedy)
        for pointer in unused:
            yield Finding(self.name, pointer, "this exception is not needed", "Remove it from spec/rules.")


def load(directory: Path, checks: Mapping[str, Check]) -> list[Rule]:
    """The rules of every TOML file in `directory`, in the order of the files.

    Raises RulesetError for a rule without a check, a check without a rule, and a rule without a remedy.
    """
    rules: dict[str, Rule] = {}
    for path in sorted(directory.glob("*.toml")):
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in rules or name not in checks:
                raise RulesetError(f"{path.name}: {name!r} is {'given twice' if name in rules else 'no known rule'}")
            if not entry.get("promise") or not entry.get("remedy"):
                raise RulesetError(f"{path.name}: {name!r} needs a promise and a remedy")
            options = {key: value for key, value in entry.items() if key not in ("promise", "remedy", "except")}
            rules[name] = Rule(name, entry["remedy"], options, entry.get("except", {}), checks[name])
    if unlisted := sorted(checks.keys() - rules.keys()):
        raise RulesetError(f"{directory.name}: no entry for {', '.join(unlisted)}")
    return list(rules.values())
