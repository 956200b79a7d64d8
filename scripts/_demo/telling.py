"""Prints the story line by line and stops it at the first result that is not what it has to be."""


class WrongResultError(Exception):
    """A step's result is not what the API promises."""


class Telling:
    """The steps of one walk, numbered as they are told."""

    def __init__(self, title: str) -> None:
        self._steps = 0
        self.checks = 0
        print(f"\n{title}", flush=True)

    def check(self, what: str, found: object, wanted: object) -> None:
        """Raise WrongResultError unless both are equal."""
        self.checks += 1
        if found != wanted:
            raise WrongResultError(f"{what} is {found!r}, it has to be {wanted!r}")

    def step(self, name: str, result: str) -> None:
        """Say that a step is done and what came of it."""
        self._steps += 1
        print(f"  {self._steps:2}  {name:<17} {result}", flush=True)


def money(amount: int, currency: str) -> str:
    """An amount of a currency with two decimals, for people."""
    return f"{amount // 100}.{amount % 100:02} {currency}"
