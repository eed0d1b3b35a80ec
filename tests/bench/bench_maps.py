"""How long maps take, and if the window could answer meanwhile: `python -m uv run tests/bench/bench_maps.py`.

Times are the best of several, since machines are noisy; ratios compare with the same runs taken one by one in
the same run of this program. The gaps are those between two ticks, a millisecond apart, of a main thread that
sleeps in between as a window's does, while a map is computed beside it: the window must answer within 16 ms.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine.cancellation import CancelledError, cancellable
from engine.descent import run
from engine.function import function
from engine.optimizers import adam
from engine.race import race
from engine.scene import make_scene
from engine.scenes._descent_2d_beside import Beside
from engine.scenes._descent_2d_maps import basin_map, plane, rates
from engine.survey import survey

HIMMELBLAU = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
SIDE, STEPS, RATE = 512, 200, 0.1
SINGLES = 200
REPEATS = 5
TICK = 0.001
RACERS = {"adam": 0.1, "momentum": 0.004, "bfgs": 0.5}
PLACE: dict[str, Any] = {"f": HIMMELBLAU, "y": 0.5, "steps": STEPS}
F = replace(function(HIMMELBLAU, ("x", "y")), subgradient=True)


def whole(threads: int) -> None:
    """Every start of the square from −5 to 5."""
    x, y = np.meshgrid(np.linspace(-5, 5, SIDE), np.linspace(-5, 5, SIDE))
    survey(adam, F.value_gradient, (x, y), STEPS, settings={"lr": RATE}, threads=threads)


def best(action: Callable[[], object], repeats: int = REPEATS) -> float:
    taken = []
    for _ in range(repeats):
        start = perf_counter()
        action()
        taken.append(perf_counter() - start)
    return min(taken)


def gaps(action: Callable[[], object] | None, seconds: float = 1.0) -> tuple[float, float]:
    """The longest gap and the 99th percentile, in milliseconds, while `action` runs in another thread.

    It runs as the window's worker runs it: it could be cancelled, and so gives way.
    """

    def work() -> None:
        with cancellable(lambda: False):
            action()

    worker = threading.Thread(target=work) if action is not None else None
    if worker is not None:
        worker.start()
    ticks = [perf_counter()]
    while worker.is_alive() if worker is not None else ticks[-1] - ticks[0] < seconds:
        time.sleep(TICK)
        ticks.append(perf_counter())
    between = 1000 * np.diff(ticks)
    return float(between.max()), float(np.percentile(between, 99))


def stages(which: Callable[..., Iterator[Beside]], racer: str, attempt: int = 0) -> list[float]:
    """Milliseconds to each picture of a map; each attempt asks for one that nobody has asked for yet."""
    call = f"{racer}(lr={RACERS[racer] * (1 + 1e-6 * attempt)!r})"
    scene = make_scene("descent-2d", PLACE | {"racers": call, "x": 0.5 + 0.001 * attempt})
    f = scene.function("f")
    runners = race(f, scene.racers, scene.x, scene.y, scene.steps)
    start = perf_counter()
    return [1000 * (perf_counter() - start) for _ in which(scene, f, runners, {})]


def cancelled() -> float:
    """Milliseconds from being told to stop to having stopped."""
    told = threading.Event()
    ended: list[float] = []

    def work() -> None:
        try:
            with cancellable(told.is_set):
                whole(2)
        except CancelledError:
            ended.append(perf_counter())

    worker = threading.Thread(target=work)
    worker.start()
    time.sleep(0.2)
    start = perf_counter()
    told.set()
    worker.join()
    return 1000 * (ended[0] - start) if ended else float("nan")


def main() -> None:
    starts = np.random.default_rng(0).uniform(-5, 5, (SINGLES, 2)).tolist()
    singly = best(lambda: [run(adam(lr=RATE), F.value_gradient_at, start, STEPS) for start in starts], 3)
    alone = singly / SINGLES * SIDE * SIDE
    print(f"{SIDE} x {SIDE} starts, {STEPS} steps of Adam on Himmelblau (< 1.5 s on two cores)")
    print(f"{'':<42} {'seconds':>8} {'ratio':>8}")
    print(f"{'one by one, from a sample':<42} {alone:8.2f} {1.0:8.4f}")
    for threads in (1, 2):
        taken = best(lambda threads=threads: whole(threads))
        print(f"{f'together, threads: {threads}':<42} {taken:8.2f} {taken / alone:8.4f}")
    print(f"\nfirst picture of a map (<= 50 ms), and all of it\n{'':<42} {'first ms':>8} {'all ms':>8}")
    for name, which in (("rates", rates), ("rate and memory", plane), ("basins", basin_map)):
        for racer in RACERS if which is not plane else ("adam", "momentum"):  # which remember
            runs = [stages(which, racer, attempt) for attempt in range(3)]
            first, whole_map = min(taken[0] for taken in runs), min(taken[-1] for taken in runs)
            print(f"{f'{name}, {racer}':<42} {first:8.1f} {whole_map:8.1f}")
    print(f"\ngaps of a tick every millisecond (<= 16 ms)\n{'':<42} {'longest':>8} {'99 %':>8}")
    attempts = count(3)
    for name, action in (
        ("nothing beside it", None),
        ("the survey beside it", lambda: whole(2)),
        ("the basins beside it", lambda: stages(basin_map, "adam", next(attempts))),
        ("the rates beside it", lambda: stages(rates, "bfgs", next(attempts))),
    ):
        found = [gaps(action) for _ in range(3)]
        longest, usual = (sorted(column)[1] for column in zip(*found, strict=True))
        print(f"{name:<42} {longest:8.1f} {usual:8.1f}")
    print(f"\nfrom being told to stop to having stopped: {cancelled():.1f} ms")


if __name__ == "__main__":
    main()
