"""Many runs at once: where each ends, after how many steps it is there, and what became of it.

A *lane* is one run: its start, and its settings where those differ from lane to lane. All lanes take their
steps together, with the update functions of the single run (`engine.descent.run`) on arrays in place of
numbers; nothing is left out and nothing masked on the way. A value that stops being finite spreads through
its lane and is judged at the end. Lanes are taken in chunks that stay in the cache, two at a time: NumPy lets
go of Python's lock while it calculates, so that a window stays as quick as it was.

`engine.many_runs` says why the losses of a fair race are not taken by this loop.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from operator import add, mul, sub
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.cancellation import stop_if_cancelled
from engine.descent import Array, Objective, check_steps, lengths, reach, short_gradient
from engine.optimizers import Coordinate, Coordinates, Optimizer

Lanes: TypeAlias = NDArray[np.int32]
Setting: TypeAlias = Any
"""A number, an array with one for each lane, or a tuple of either, as `betas` is."""

ARRIVED_SHARE = 1e-4
"""Of the first gradient's length, or of 1: a gradient no longer than this counts as having arrived."""

CHUNK = 16384
"""Lanes in one chunk. Measured on 512 × 512 runs of Adam: 4096 take 1.35 times as long (Python's own share of
a step), 131072 1.25 times (beyond the second-level cache); two threads gain most from 16384 on."""

_STEEPEST = 1e150
"""Squares of longer gradients may overflow; theirs are compared by their lengths, which takes longer."""

_LARGE_PIECE = 30 << 20  # bytes; glibc learns from pieces up to 32 MiB

THREADS = 2
STAY_SHARE, LONGEST_STAY = 20, 5
"""One in so many steps, and the most, that a run must have been there before its end to have arrived."""

SHORTEST_TAIL = 8
"""Steps, of those there are, over which it is counted how often a run turns back; else the last half."""
SWINGS = 4
"""Turns back in the tail, from which on each of its quarters has seen a swing."""

NICENESS = 5
"""How far a worker gives way to other programs and to the window, as Linux counts it. Not further: a worker
that hardly ever runs may hold Python's lock meanwhile, and the window would wait for it."""


class Fate(IntEnum):
    """What became of a run.

    ARRIVED     the gradient is short, |∇f| ≤ 1e-4 · max(1, |∇f₀|), at the end and at some steps before it,
                one in twenty but no more than five: a swing that crosses the ground has not arrived
    ON_ITS_WAY  not there, and still falling
    OSCILLATES  not there, and most steps turn back on the one before; or some do, and it comes no lower
    NO_LOWER    not there, and no lower, without turning back: it stands still, drifts off or climbs
    DIVERGED    a value is not finite, or the run is as far away as `Trajectory.status_at` calls diverged
    """

    ARRIVED = 0
    ON_ITS_WAY = 1
    OSCILLATES = 2
    NO_LOWER = 3
    DIVERGED = 4


@dataclass(frozen=True, eq=False)
class Survey:
    """What became of many runs: every array has the lanes' shape; `positions` leads with n.

    positions, losses: at the end; NaN where a run left the finite numbers.
    arrived: the step from which on the gradient stays short (see `Fate.ARRIVED`); −1 for runs that have not
    arrived. fates: of `Fate`. falling: it has arrived no higher than it began, or it comes lower, straight or
    to and fro. That is, all of its last quarter is lower than the start, and the highest loss in the second
    half is below that in the first; where it turns back often, that in the last quarter below that before.
    moved: whether any of the last steps has a length.
    """

    positions: Array
    losses: Array
    arrived: Lanes
    fates: NDArray[np.int8]
    falling: NDArray[np.bool_]
    moved: NDArray[np.bool_]


def survey(
    build: Callable[..., Optimizer],
    objective: Objective,
    starts: Sequence[Any],
    steps: int,
    *,
    settings: Mapping[str, Setting] = MappingProxyType({}),
    noise: Array | None = None,
    climbs: bool = False,
    threads: int = THREADS,
) -> Survey:
    """Take `steps` steps in every lane, as `engine.descent.run` takes them in one.

    build: makes the optimizer from keyword settings, as the factories of `engine.optimizer_kinds` do.
    objective: on arrays, (value, gradient): `Function.value_gradient`. starts: an array for each coordinate.
    settings: what `build` is given; arrays among them, and the starts, are of one shape or broadcast to it.
    noise: (steps, n), added to the gradients that the optimizers see, the same in every lane. climbs: rising
    is what counts as falling. The answer does not depend on `threads`. LimitError beyond MAXIMUM_STEPS.

    >>> from engine.optimizers import gd
    >>> rates = np.array([0.001, 0.5, 0.9, 0.999, 1.5])
    >>> found = survey(gd, lambda x: (x * x, (2 * x,)), (1.0,), 60, settings={"lr": rates})
    >>> [Fate(fate).name for fate in found.fates.tolist()]
    ['ON_ITS_WAY', 'ARRIVED', 'ARRIVED', 'OSCILLATES', 'DIVERGED']
    >>> found.arrived.tolist(), found.falling.tolist()
    ([-1, 1, 42, -1, -1], [True, True, True, True, False])
    """
    check_steps(steps)
    _keep_freed_memory()
    arrays = [np.asarray(start, dtype=float) for start in starts]
    shape = np.broadcast_shapes(*(np.shape(each) for each in (*arrays, *_numbers(settings))))
    lanes = int(np.prod(shape))
    start = np.array([np.broadcast_to(each, shape).ravel() for each in arrays])
    along = {name: _along(value, shape) for name, value in settings.items()}
    found = Survey(
        np.empty_like(start),
        np.empty(lanes),
        np.empty(lanes, dtype=np.int32),
        np.empty(lanes, dtype=np.int8),
        np.empty(lanes, dtype=bool),
        np.empty(lanes, dtype=bool),
    )

    def fill(part: slice) -> None:
        optimizer = build(**{name: _part(value, part) for name, value in along.items()})
        run = _Chunk(optimizer, objective, start[:, part], steps, climbs)
        run.take_steps(noise)
        run.judge(found, part)

    _in_threads(fill, [slice(low, min(low + CHUNK, lanes)) for low in range(0, lanes, CHUNK)], threads)
    return Survey(
        found.positions.reshape(len(start), *shape),
        found.losses.reshape(shape),
        found.arrived.reshape(shape),
        found.fates.reshape(shape),
        found.falling.reshape(shape),
        found.moved.reshape(shape),
    )


class _Chunk:
    """The lanes of one chunk, on their way."""

    def __init__(
        self, optimizer: Optimizer, objective: Objective, start: Array, steps: int, climbs: bool
    ) -> None:
        self._optimizer = optimizer
        self._objective = objective
        self._start = start
        self._steps = steps
        self._sign = -1.0 if climbs else 1.0
        self._tail = min(steps, max(SHORTEST_TAIL, steps // 2))
        lanes = start.shape[1]
        self._position: Coordinates = tuple(start)
        self._loss: Coordinate = np.zeros(lanes)
        self._first_loss: Coordinate = self._loss
        self._finite = np.ones(lanes, dtype=bool)
        self._settled = np.zeros(lanes, dtype=np.int32)  # the step after the last with a long gradient
        self._bound: Array = np.zeros(lanes)  # of a gradient's length that is short; squared unless `_steep`
        self._steep = False
        self._first_step: Array = np.zeros(lanes)
        self._turns = np.zeros(lanes, dtype=np.int32)
        self._moves = np.zeros(lanes, dtype=bool)
        self._highest = np.full((3, lanes), -np.inf)  # loss, in the first half and in the last two quarters

    @np.errstate(all="ignore")
    def take_steps(self, noise: Array | None) -> None:
        """All steps of all lanes."""
        update, state = self._optimizer.update, self._optimizer.init(self._position)
        before: Coordinates | None = None
        for k in range(self._steps + 1):
            stop_if_cancelled()
            value, gradient = self._objective(*self._position)
            self._look(k, value, gradient)
            if k == self._steps:
                break
            if noise is not None:
                gradient = tuple(map(add, gradient, noise[k].tolist()))
            position, state, _ = update(gradient, state, self._position)
            if k == 0 or k >= self._steps - self._tail:
                step = tuple(map(sub, position, self._position))
                if k == 0:
                    self._first_step = lengths(step)
                if k >= self._steps - self._tail:
                    self._compare(step, before)
                    before = step
            self._position = position

    def _look(self, k: int, value: Any, gradient: Coordinates) -> None:
        """Are the values at step k finite, is the gradient short, how high is the loss?"""
        self._finite &= np.isfinite(sum(gradient, value))  # a sum is not finite if one of its parts is not
        if k == 0:
            self._first_loss = self._sign * value
            bound = short_gradient(lengths(gradient), ARRIVED_SHARE)
            self._steep = bool(np.nanmax(bound, initial=0.0) > _STEEPEST)
            self._bound = bound if self._steep else bound * bound
        size = lengths(gradient) if self._steep else sum(map(mul, gradient, gradient))
        np.putmask(self._settled, ~(size <= self._bound), k + 1)  # nor is a NaN short
        when = 0 if 2 * k < self._steps else 1 if 4 * k < 3 * self._steps else 2
        np.maximum(self._highest[when], self._sign * value, out=self._highest[when])
        self._loss = value

    def _compare(self, step: Coordinates, before: Coordinates | None) -> None:
        """Whether a step of the tail moves, and whether it turns back on the one before."""
        for each in step:
            self._moves |= each != 0.0
        if before is not None:
            self._turns += sum(map(mul, step, before)) < 0.0

    @np.errstate(all="ignore")
    def judge(self, found: Survey, part: slice) -> None:
        """Write into `found` what became of these lanes."""
        position = np.array(self._position)
        finite = self._finite & np.isfinite(position).all(axis=0)
        farthest = reach(lengths(tuple(self._start)), self._first_step)
        diverged = ~finite | (lengths(tuple(position - self._start)) > farthest)
        there = self._settled <= self._steps - min(self._steps // STAY_SHARE, LONGEST_STAY)
        first, third, last = self._highest
        lower = np.where(self._turns >= SWINGS, last < third, np.maximum(third, last) < first)
        lower &= self._moves & (last < self._first_loss)
        falling = np.where(there, self._sign * self._loss <= self._first_loss, lower)
        swinging = (2 * self._turns > max(self._tail - 1, 0)) | (~lower & (self._turns >= SWINGS))
        fates = np.where(lower, Fate.ON_ITS_WAY, Fate.NO_LOWER)
        fates[swinging] = Fate.OSCILLATES
        fates[there] = Fate.ARRIVED
        fates[diverged] = Fate.DIVERGED
        found.positions[:, part] = np.where(finite, position, np.nan)
        found.losses[part] = np.where(finite, self._loss, np.nan)
        found.arrived[part] = np.where(fates == Fate.ARRIVED, self._settled, -1)
        found.fates[part] = fates
        found.falling[part] = falling & ~diverged
        found.moved[part] = self._moves


# -- settings, one for each lane --------------------------------------------------------------------------


def _numbers(settings: Mapping[str, Setting]) -> Iterator[Any]:
    for value in settings.values():
        yield from value if isinstance(value, tuple) else (value,)


def _along(value: Setting, shape: tuple[int, ...]) -> Setting:
    """An array as one number for each lane; what is alike in all lanes stays a plain number."""
    if isinstance(value, tuple):
        return tuple(_along(each, shape) for each in value)
    return np.broadcast_to(value, shape).ravel() if isinstance(value, np.ndarray) and value.ndim else value


def _part(value: Setting, part: slice) -> Setting:
    if isinstance(value, tuple):
        return tuple(_part(each, part) for each in value)
    return value[part] if isinstance(value, np.ndarray) and value.ndim else value


def _keep_freed_memory() -> None:
    """Have the C library keep what a step frees for the next one, instead of handing it back each time.

    glibc does so once a larger piece has come and gone; without, a step takes twice as long, all of it page
    faults. The piece is never written to, so it costs an address and no memory.
    """
    np.empty(_LARGE_PIECE, dtype=np.uint8)


# -- threads ----------------------------------------------------------------------------------------------


def _in_threads(work: Callable[[slice], None], parts: Sequence[slice], threads: int) -> None:
    """Do `work` on all parts, so many at a time. The first failure, cancelling among them, ends all."""
    if threads < 2 or len(parts) < 2:
        for part in parts:
            work(part)
        return
    waiting, lock = iter(parts), threading.Lock()
    failed = threading.Event()

    def worker() -> None:
        while not failed.is_set():
            with lock:
                part = next(waiting, None)
            if part is None:
                return
            try:
                work(part)
            except BaseException:
                failed.set()
                raise

    # each in a context of its own, in which `stop_if_cancelled` still asks whoever started this
    futures: list[Future[None]] = [_pool(threads).submit(copy_context().run, worker) for _ in range(threads)]
    failures = [failure for future in futures if (failure := future.exception()) is not None]
    if failures:
        raise failures[0]


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads that give way to everything else; a lowered thread cannot be raised again, so they stay so."""
    return ThreadPoolExecutor(threads, thread_name_prefix="survey", initializer=_give_way)


def _give_way() -> None:
    """Lower this thread's priority, where the system has one for each thread: Linux."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
