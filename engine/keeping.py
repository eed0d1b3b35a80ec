"""A cache for what is large: it is bounded by how much it holds.

`functools.lru_cache` counts its results, and a run of a hundred thousand steps is as large as a thousand
short ones: a few drags of a long race would fill the memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def kept_within(most: int, weigh: Callable[..., int]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the results used last, as many as weigh at most `most` together; the newest, whatever it weighs.

    weigh: how much a result and what it was made from hold, asked as `weigh(result, *arguments)` with those
    given by position. Arguments are hashable. As with lru_cache, any thread may ask, and two that ask for the
    same at once both work it out.

    >>> calls = []
    >>> @kept_within(10, weigh=lambda made, count: count)
    ... def zeros(count):
    ...     calls.append(count)
    ...     return [0] * count
    >>> made = [zeros(count) for count in (4, 6, 4, 3, 6, 50, 50)]
    >>> calls  # 4 was used after 6, which had to go for 3
    [4, 6, 3, 6, 50]
    """

    def keeping(function: Callable[P, R]) -> Callable[P, R]:
        kept: OrderedDict[tuple[Any, ...], tuple[R, int]] = OrderedDict()
        lock = Lock()
        total = 0

        @wraps(function)
        def asked(*arguments: P.args, **named: P.kwargs) -> R:
            nonlocal total
            key = (arguments, *sorted(named.items()))
            with lock:
                if key in kept:
                    kept.move_to_end(key)
                    return kept[key][0]
            result = function(*arguments, **named)
            weight = weigh(result, *arguments)
            with lock:
                total += weight - kept.pop(key, (result, 0))[1]
                kept[key] = result, weight
                while total > most and len(kept) > 1:
                    _, (_, gone) = kept.popitem(last=False)
                    total -= gone
            return result

        return asked

    return keeping
