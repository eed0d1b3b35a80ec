"""What is kept of large results, and what is let go."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.function import function
from engine.keeping import kept_within
from engine.race import path_table, race


class Large:
    """A result that can be watched going."""

    def __init__(self, size: int) -> None:
        self.size = size


def test_what_no_longer_fits_is_let_go() -> None:
    @kept_within(100, lambda made, size, *_: made.size)
    def made(size: int, name: str) -> Large:
        return Large(size)

    watched = [weakref.ref(made(40, name)) for name in "abcd"]
    gc.collect()
    assert [watch() is not None for watch in watched] == [False, False, True, True]
    alone = weakref.ref(made(1000, "e"))
    gc.collect()
    assert [watch() is not None for watch in (*watched, alone)] == [False] * 4 + [True]
    assert made(1000, "e") is alone()


def test_a_fault_is_not_kept() -> None:
    asked = []

    @kept_within(100, lambda made, number: 1)
    def inverse(number: float) -> float:
        asked.append(number)
        return 1.0 / number

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            inverse(0.0)
    assert [inverse(2.0), inverse(2.0), asked] == [0.5, 0.5, [0.0, 0.0, 2.0]]


def test_names_tell_calls_apart_and_many_threads_may_ask() -> None:
    @kept_within(50, lambda made, *_: 1)
    def product(one: int, other: int = 1) -> int:
        return one * other

    assert (product(3), product(3, other=2), product(3, 2)) == (3, 6, 6)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(product, [number % 97 for number in range(20_000)]))
    assert found == [number % 97 for number in range(20_000)]


def test_a_race_that_is_asked_for_again_is_the_same_one() -> None:
    f = function("x^2 + y^2", ["x", "y"])
    first = race(f, "gd(lr=0.1); adam", 1.0, 2.0, 30, 0.0, 0)
    assert race(f, "gd(lr=0.1); adam", 1.0, 2.0, 30, 0.0, 0) is first
    assert path_table(first, ("x", "y")) is path_table(first, ("x", "y"))
    with_another = race(f, "gd(lr=0.1); adam; lion", 1.0, 2.0, 30, 0.0, 0)
    assert [one.run for one in with_another[:2]] == [one.run for one in first]
