"""Throws seeded deliveries at the verifier and holds what becomes of each against the oracle.

python -m tests.webhooks.fuzzer --count 1000000
python -m tests.webhooks.fuzzer --seed 4711          # one of them, shown
"""

import argparse
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from molam_sdk import webhooks
from molam_sdk.errors import ConfigurationError, SignatureError, UnexpectedResponseError
from tests.arguments import at_least_one
from tests.webhooks.deliveries import Delivery, delivery
from tests.webhooks.oracle import is_event, is_misuse, is_proven

_SHOWN = 20
Receiver = Callable[[Delivery], object]


def receive(made: Delivery) -> object:
    """What a receiver does with a delivery."""
    options = {"tolerance": made.tolerance, "now": made.now}
    if made.standard is None:
        return webhooks.construct_event(made.header, made.body, made.secret, **options)
    webhooks.verify_standard_signature(made.standard, made.body, made.secret, **options)
    return webhooks.parse_event(made.body)


@dataclass
class Totals:
    """What became of the deliveries, and the seeds of those of which nothing good did."""

    outcomes: Counter[str] = field(default_factory=lambda: Counter[str]())
    defects: list[str] = field(default_factory=list[str])
    seconds: float = 0.0
    slowest: float = 0.0

    def __str__(self) -> str:
        count = sum(self.outcomes.values())
        rate = count / self.seconds if self.seconds else 0.0
        counted = ", ".join(f"{outcome} {number:,}" for outcome, number in sorted(self.outcomes.items()))
        return (
            f"{count:,} deliveries in {self.seconds:.1f} s ({rate:,.0f} a second): {counted}; "
            f"slowest call {self.slowest * 1000:.2f} ms; {len(self.defects)} defects"
        )


def run(seeds: Iterable[int], receiver: Receiver = receive) -> Totals:
    """Judge the deliveries of the seeds."""
    totals = Totals()
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", webhooks.EventModelWarning)
        for seed in seeds:
            made = delivery(seed)
            before = time.perf_counter()
            outcome = _outcome(made, receiver)
            totals.slowest = max(totals.slowest, time.perf_counter() - before)
            totals.outcomes[outcome] += 1
            wrong = _complaint(made, outcome)
            if wrong is not None:
                totals.defects.append(f"seed {seed}: {wrong}")
    totals.seconds = time.perf_counter() - started
    return totals


def _outcome(made: Delivery, receiver: Receiver) -> str:
    try:
        receiver(made)
    except SignatureError as error:
        return error.reason
    except UnexpectedResponseError:
        return "no event"
    except ConfigurationError as error:
        return "misuse" if "tolerance" in str(error) else f"ConfigurationError: {error}"
    except TypeError as error:
        return "misuse" if "must be" in str(error) or "must map" in str(error) else f"TypeError: {error}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what this looks for
        return f"{type(error).__name__}: {error}"
    return "event"


def _complaint(made: Delivery, outcome: str) -> str | None:
    """What is wrong with the outcome of a delivery; None where it is as it must be."""
    if outcome == "misuse":
        return None if is_misuse(made) else "told of a misuse, and there was none"
    if outcome in ("event", "no event"):
        if not is_proven(made):
            return "forged, and accepted"
        return None if is_event(made.body) == (outcome == "event") else f"read as {outcome}"
    if ":" in outcome:
        return outcome
    return None if made.touched else f"genuine, and refused as {outcome}"


def main() -> int:
    """Run from the command line; 1 with defects."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=at_least_one, default=1_000_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one, shown")
    chosen = parser.parse_args()
    if chosen.seed is not None:
        sys.stdout.write(f"{delivery(chosen.seed)}\n{run([chosen.seed])}\n")
        return 0
    totals = run(range(chosen.first, chosen.first + chosen.count))
    sys.stdout.write("\n".join([*totals.defects[:_SHOWN], str(totals), ""]))
    return 1 if totals.defects else 0


if __name__ == "__main__":
    sys.exit(main())
