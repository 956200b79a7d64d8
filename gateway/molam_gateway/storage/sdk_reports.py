"""The sdk_reports table: what SDKs told of their calls, added up by day and version."""

from collections.abc import Mapping
from dataclasses import asdict, fields

from ..domain.sdk_reports import Tally
from .port import Reader, Transaction

ADD = """
INSERT INTO sdk_reports (day, version, calls, failures, unanswered, repetitions, total_ms, within_100, within_300,
    within_1000, within_3000)
VALUES (:day, :version, :calls, :failures, :unanswered, :repetitions, :total_ms, :within_100, :within_300,
    :within_1000, :within_3000)
ON CONFLICT (day, version) DO UPDATE SET
    calls = sdk_reports.calls + excluded.calls,
    failures = sdk_reports.failures + excluded.failures,
    unanswered = sdk_reports.unanswered + excluded.unanswered,
    repetitions = sdk_reports.repetitions + excluded.repetitions,
    total_ms = sdk_reports.total_ms + excluded.total_ms,
    within_100 = sdk_reports.within_100 + excluded.within_100,
    within_300 = sdk_reports.within_300 + excluded.within_300,
    within_1000 = sdk_reports.within_1000 + excluded.within_1000,
    within_3000 = sdk_reports.within_3000 + excluded.within_3000
"""
SELECT = """
SELECT day, version, calls, failures, unanswered, repetitions, total_ms, within_100, within_300, within_1000,
    within_3000
FROM sdk_reports WHERE day >= :since ORDER BY day DESC, version DESC
"""
PURGE = "DELETE FROM sdk_reports WHERE day < :before"

Key = tuple[int, str]
"""A day, counted from 1970, and a version."""


async def add(tx: Transaction, tallies: Mapping[Key, Tally], keep_since: int) -> None:
    """Add to what is there, and forget days before `keep_since`; in one order, so that processes do not deadlock."""
    for (day, version), tally in sorted(tallies.items()):
        await tx.execute(ADD, {"day": day, "version": version, **asdict(tally)})
    await tx.execute(PURGE, {"before": keep_since})


async def since(reader: Reader, day: int) -> dict[Key, Tally]:
    """What was told since a day, the newest first."""
    rows = await reader.fetch_all(SELECT, {"since": day})
    names = [each.name for each in fields(Tally)]
    return {(row["day"], row["version"]): Tally(**{name: row[name] for name in names}) for row in rows}
