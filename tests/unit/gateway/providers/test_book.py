"""A simulator's book: what is written stays, what is begun counts together or not at all."""

from pathlib import Path

import pytest

from molam_gateway.providers.simulators.book import Book, Movement

CHARGE = Movement("charge", 2500, "USD", "ref_1", "pi_1", 10.0)


def test_objects_are_replaced_and_listed_by_id() -> None:
    book = Book()
    book.put("thing", "b", {"v": 1})
    book.put("thing", "a", {"v": 2})
    book.put("thing", "b", {"v": 3})
    book.put("other", "a", {"v": 4})
    assert book.find("thing", "b") == {"v": 3}
    assert book.all("thing") == [{"v": 2}, {"v": 3}]
    assert book.find("thing", "c") is None


def test_numbers_count_per_name() -> None:
    book = Book()
    assert [book.number("a"), book.number("b"), book.number("a")] == [1, 1, 2]


def test_a_transaction_counts_whole_or_not_at_all() -> None:
    book = Book()

    def begin_and_fail() -> None:
        with book.transaction():
            book.put("thing", "a", {})
            book.move(CHARGE)
            book.plan(1.0, "k", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        begin_and_fail()
    assert (book.find("thing", "a"), book.movements(), book.next_due()) == (None, [], None)
    with book.transaction():
        book.move(CHARGE)
    assert book.movements() == [CHARGE]


def test_what_is_due_comes_in_its_order_and_once() -> None:
    book = Book()
    for at, kind in ((3.0, "c"), (1.0, "a"), (1.0, "b"), (9.0, "d")):
        book.plan(at, kind, {"kind": kind})
    due = book.due(3.0)
    assert [each.kind for each in due] == ["a", "b", "c"]
    for each in due:
        book.done(each)
    assert (book.due(3.0), book.next_due()) == ([], 9.0)


def test_a_book_on_disk_survives_its_process(tmp_path: Path) -> None:
    first = Book(tmp_path / "book.db")
    first.put("thing", "a", {"v": 1})
    first.move(CHARGE)
    first.plan(5.0, "k", {"x": 1})
    first.number("n")
    first.close()
    again = Book(tmp_path / "book.db")
    assert again.find("thing", "a") == {"v": 1}
    assert again.movements() == [CHARGE]
    assert [each.document for each in again.due(5.0)] == [{"x": 1}]
    assert again.number("n") == 2
    again.close()
