"""The sdk_account_reports table: what SDKs told of their calls, added up by day, account and version."""

from collections.abc import Mapping
from dataclasses import asdict, fields

from ..domain.sdk_reports import Tally
from .port import Reader, Transaction

ADD = """
INSERT INTO sdk_account_reports (day, account_id, version, calls, failures, unanswered, repetitions, total_ms,
    within_100, within_300, within_1000, within_3000)
VALUES (:day, :account_id, :version, :calls, :failures, :unanswered, :repetitions, :total_ms,
    :within_100, :within_300, :within_1000, :within_3000)
ON CONFLICT (day, account_id, version) DO UPDATE SET
    calls = sdk_account_reports.calls + excluded.calls,
    failures = sdk_account_reports.failures + excluded.failures,
    unanswered = sdk_account_reports.unanswered + excluded.unanswered,
    repetitions = sdk_account_reports.repetitions + excluded.repetitions,
    total_ms = sdk_account_reports.total_ms + excluded.total_ms,
    within_100 = sdk_account_reports.within_100 + excluded.within_100,
    within_300 = sdk_account_reports.within_300 + excluded.within_300,
    within_1000 = sdk_account_reports.within_1000 + excluded.within_1000,
    within_3000 = sdk_account_reports.within_3000 + excluded.within_3000
"""
_SUMS = """CAST(SUM(calls) AS BIGINT) AS calls, CAST(SUM(failures) AS BIGINT) AS failures,
    CAST(SUM(unanswered) AS BIGINT) AS unanswered, CAST(SUM(repetitions) AS BIGINT) AS repetitions,
    CAST(SUM(total_ms) AS BIGINT) AS total_ms, CAST(SUM(within_100) AS BIGINT) AS within_100,
    CAST(SUM(within_300) AS BIGINT) AS within_300, CAST(SUM(within_1000) AS BIGINT) AS within_1000,
    CAST(SUM(within_3000) AS BIGINT) AS within_3000"""
_ORDER = "GROUP BY day, version ORDER BY day DESC, version DESC LIMIT :most"
OF_ALL = f"SELECT day, version, {_SUMS} FROM sdk_account_reports WHERE day >= :since {_ORDER}"  # noqa: S608 - constants
OF_ACCOUNT = f"""
SELECT day, version, {_SUMS} FROM sdk_account_reports
WHERE day >= :since AND account_id = :account_id {_ORDER}
"""  # noqa: S608 - constants
PURGE = "DELETE FROM sdk_account_reports WHERE day < :before"
MOST = 5_000
"""Rows that are read at the most, the newest first."""

Key = tuple[int, str, str]
"""A day, counted from 1970, an account and a version."""


async def add(tx: Transaction, tallies: Mapping[Key, Tally], keep_since: int) -> None:
    """Add to what is there, and forget days before `keep_since`; in one order, so that processes do not deadlock."""
    for (day, account_id, version), tally in sorted(tallies.items()):
        await tx.execute(ADD, {"day": day, "account_id": account_id, "version": version, **asdict(tally)})
    await tx.execute(PURGE, {"before": keep_since})


async def since(reader: Reader, day: int, account_id: str | None) -> dict[tuple[int, str], Tally]:
    """What was told since a day by day and version, the newest first: of an account, of all together for None."""
    if account_id is None:
        rows = await reader.fetch_all(OF_ALL, {"since": day, "most": MOST})
    else:
        rows = await reader.fetch_all(OF_ACCOUNT, {"since": day, "account_id": account_id, "most": MOST})
    names = [each.name for each in fields(Tally)]
    return {(row["day"], row["version"]): Tally(**{name: row[name] for name in names}) for row in rows}
