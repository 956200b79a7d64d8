"""Collects what a test writes down, and searches it for the marks when the test is over."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from threading import local
from typing import Any
from weakref import WeakSet

from tests.canary.files import Files
from tests.canary.marks import Marks
from tests.canary.sinks import of_error, of_object
from tests.canary.totals import Totals


class Search:
    """What was seen since the last search, and what the searches found."""

    def __init__(self) -> None:
        self.marks = Marks()
        self.files = Files()
        self.objects: WeakSet[Any] = WeakSet()
        self.totals = Totals()
        self.test = ""
        self.marking = True
        self.at_once = False
        self._texts: list[tuple[str, str]] = []
        self._errors: list[BaseException] = []
        self._own = local()

    @property
    def quiet(self) -> bool:
        """Whether this thread is searching, and what it makes of texts is its own doing."""
        return getattr(self._own, "searching", False)

    def write(self, sink: str, text: str) -> None:
        """Take what went into a sink; the test may bring more marks before its end."""
        if text and not self.quiet:
            if self.at_once:
                self._look(sink, text)
            else:
                self._texts.append((sink, text))

    def error(self, error: BaseException) -> None:
        """Take an error: whole as it is at the end of the test, or without the door that it is about to leave."""
        if not self.at_once:
            self._errors.append(error)
        elif not self.quiet:
            with self._searching():
                self._look_at(error, leaving=True)

    def run(self) -> None:
        """Search all that was seen."""
        with self._searching():
            texts, self._texts = self._texts, []
            for sink, text in texts:
                self._look(sink, text)
            errors, self._errors = self._errors, []
            for error in errors:
                self._look_at(error)
            for each in list(self.objects):
                with suppress(AttributeError):  # one whose constructor refused
                    for sink, text in of_object(each):
                        self._look(f"{type(each).__name__}: {sink}", text, "object")
            self.objects.clear()
            for sink, names in self.files.found(self.marks):
                self._count(sink, names, "the bytes of a database", sink)

    @contextmanager
    def _searching(self) -> Generator[None]:
        self._own.searching = True
        try:
            yield
        finally:
            self._own.searching = False

    def _look_at(self, error: BaseException, *, leaving: bool = False) -> None:
        for sink, text in of_error(error, leaving=leaving):
            self._look(f"{type(error).__name__}: {sink}", text, "error")

    def _look(self, sink: str, text: str, kind: str | None = None) -> None:
        names = self.marks.found_in(text)
        self._count(sink, names, self.marks.masked(text)[:600] if names else "", kind or sink.partition(" ")[0])

    def _count(self, sink: str, names: set[str], shown: str, kind: str) -> None:
        self.totals.searched[kind] += 1
        for name in names:
            self.totals.leaks.setdefault(f"{name} in {sink}", f"{self.test}: {shown}")
