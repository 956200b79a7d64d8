"""The command line of scripts/check_spec."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from _regenerate.layout import REPOSITORY, SPEC
from _regenerate.spec import SpecError, load
from _spec import ruleset
from _spec.finding import Finding
from _spec.lines import line_of, lines
from _spec.rules import CHECKS
from _spec.validity import violations

RULES = REPOSITORY / "spec" / "rules"


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        rules = ruleset.load(options.rules, CHECKS)
        spec = load(options.spec)
    except (SpecError, ruleset.RulesetError) as error:
        print(f"scripts/check_spec: {error}", file=sys.stderr)
        return 1
    findings = violations(spec)
    if not findings:
        findings = [finding for rule in rules for finding in rule.findings(spec)]
    if findings:
        _report(options.spec, findings)
        return 1
    print(f"{options.spec.name} is valid OpenAPI 3.1 and keeps all {len(rules)} rules")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/check_spec", description="Validate the spec and lint it.")
    parser.add_argument(
        "spec", nargs="?", type=Path, default=SPEC, help="the OpenAPI file (default: spec/openapi.yaml)"
    )
    parser.add_argument("--rules", type=Path, default=RULES, help="the directory of the ruleset (default: spec/rules)")
    return parser


def _report(path: Path, findings: Sequence[Finding]) -> None:
    known = lines(path)
    for finding in findings:
        print(finding.shown(f"{path}:{line_of(finding.pointer, known)}"), file=sys.stderr)
    print(f"scripts/check_spec: {len(findings)} findings", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
