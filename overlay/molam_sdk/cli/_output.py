"""Where a command's words go: results to standard output, as JSON if asked, and notes to standard error."""

from __future__ import annotations

import json
import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Self

import typer

from ..errors import ApiError, MolamError
from ._exits import Exit, status_of
from ._pipes import give_up_writing
from ._plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType

    from rich.console import Console

_WIDE = 10_000


class Output:
    """The output of one command; as a context manager it turns errors of the SDK into words and an exit status.

    With `as_json` standard output carries JSON only, and notes go to standard error.

    Attributes:
        idempotency_key: Key of the mutating call that is being made, for who interrupts it.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.idempotency_key: str | None = None

    @cached_property
    def console(self) -> Console:
        """Standard output, for people."""
        return console()

    @cached_property
    def errors(self) -> Console:
        """Standard error, for people."""
        return console(to_stderr=True)

    def document(self, value: Mapping[str, object]) -> None:
        """Print a JSON document, if JSON was asked for: over several lines for a terminal, else on one."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, indent=2 if sys.stdout.isatty() else None) + "\n")
            sys.stdout.flush()

    def line(self, value: Mapping[str, object]) -> None:
        """Print one line of a stream of JSON, if JSON was asked for."""
        if self.as_json:
            sys.stdout.write(json.dumps(value) + "\n")
            sys.stdout.flush()

    def words(self, text: str, style: str | None = None) -> None:
        """Say something to people about the result, unless JSON was asked for."""
        if not self.as_json:
            self.console.print(plain(text), style=style)

    def note(self, text: str, style: str | None = None) -> None:
        """Say something to people on the way, on standard error."""
        if sys.stderr.isatty() or os.environ.get("FORCE_COLOR"):
            self.errors.print(plain(text), style=style)
        else:
            sys.stderr.write(plain(text) + "\n")
            sys.stderr.flush()

    def facts(self, title: str, facts: Iterable[tuple[str, object]]) -> None:
        """Print names and values, those that are not None, for people."""
        if self.as_json:
            return
        from rich.table import Table

        table = Table(title=plain(title), title_justify="left", title_style="bold", box=None, show_header=False)
        table.add_column(style="dim")
        table.add_column(overflow="fold")
        for name, value in facts:
            if value is not None:
                table.add_row(plain(name), plain(value))
        self.console.print(table)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print rows under their columns, for people."""
        if self.as_json:
            return
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*("" if cell is None else plain(cell) for cell in row))
        self.console.print(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, MolamError):
            raise typer.Exit(self.failure(error)) from None
        if isinstance(error, KeyboardInterrupt):
            if self.idempotency_key is not None:
                self.note(f"It may have been done: repeat it with --idempotency-key {self.idempotency_key}", "bold")
            raise typer.Exit(Exit.INTERRUPTED) from None
        if isinstance(error, BrokenPipeError):
            give_up_writing()
            raise typer.Exit(Exit.CLOSED_PIPE) from None

    def failure(self, error: MolamError) -> Exit:
        """Say what went wrong and what to do; returns the exit status."""
        status = status_of(error)
        self.document({"error": _described(error, status)})
        self.note(f"molam: {error}", style="red")
        if status is Exit.UNKNOWN:
            self.note(f"It may have been done: repeat it with --idempotency-key {error.idempotency_key}", style="bold")
        return status


def _described(error: MolamError, status: Exit) -> dict[str, object]:
    known = error if isinstance(error, ApiError) else None
    resource = known.resource if known else None
    return {
        "type": type(error).__name__,
        "message": error.message,
        "code": error.code,
        "param": known.param if known else None,
        "decline_code": known.decline_code if known else None,
        "status_code": error.status_code,
        "request_id": error.request_id,
        "outcome": error.outcome,
        "idempotency_key": error.idempotency_key,
        "retry_after": error.retry_after,
        "resource": resource and {"object": resource.object_, "id": resource.id, "status": resource.status},
        "exit_code": int(status),
    }


def console(*, to_stderr: bool = False) -> Console:
    """A console that prints text as it is, in whole lines where nobody looks."""
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise

    made = Piped(stderr=to_stderr, markup=False, highlight=False, emoji=False)
    if not made.is_terminal:
        made.width = _WIDE
    return made
