"""What a rule finds: a place in the spec with what is wrong there."""

from typing import NamedTuple


class Flaw(NamedTuple):
    """What a rule says about one place, as a JSON pointer from the document's root (`#/paths/...`)."""

    pointer: str
    problem: str


class Finding(NamedTuple):
    """A flaw with the rule that found it; what to do comes from the rule's entry in the ruleset."""

    rule: str
    pointer: str
    problem: str
    remedy: str

    def shown(self, place: str) -> str:
        """One line for people; `place` is the file with the line."""
        return f"{place}: {self.pointer}\n    {self.rule}: {self.problem}. {self.remedy}"
