"""Work that goes on in a thread of its own while the next piece is got."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest

from crmdesk.store.pace import beside

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_what_is_made_beside_comes_in_the_order_of_its_items() -> None:
    assert list(beside(lambda number: number * number, range(50))) == [number * number for number in range(50)]


def test_a_single_item_needs_no_thread_and_none_makes_nothing() -> None:
    assert list(beside(lambda _: threading.current_thread(), [1])) == [threading.current_thread()]
    assert threading.current_thread() not in list(beside(lambda _: threading.current_thread(), [1, 2]))
    assert list(beside(str, [])) == []


def test_only_a_few_items_are_got_before_what_was_made_of_the_first_is_taken() -> None:
    got: list[int] = []

    def items() -> Iterator[int]:
        for number in range(100):
            got.append(number)
            yield number

    made = beside(str, items())
    assert next(made) == "0"
    assert len(got) < 10


def test_the_length_of_turns_is_the_usual_one_again_after_the_last_of_several_jobs() -> None:
    usual = sys.getswitchinterval()
    first, second = beside(str, range(9)), beside(str, range(9))
    assert (next(first), next(second)) == ("0", "0")
    assert sys.getswitchinterval() < usual
    assert len(list(first)) == 8
    assert sys.getswitchinterval() < usual, "the second one still needs them"
    assert len(list(second)) == 8
    assert sys.getswitchinterval() == pytest.approx(usual)


def test_an_error_in_the_other_thread_comes_out_here() -> None:
    made = beside(lambda number: 1 // number, [1, 0, 1])
    assert next(made) == 1
    with pytest.raises(ZeroDivisionError):
        next(made)
