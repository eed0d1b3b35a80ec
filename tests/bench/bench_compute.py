"""How long a figure takes to compute: `python -m uv run tests/bench/bench_compute.py`.

Every frame changes one parameter, as a drag does. Times are medians and 99th percentiles in milliseconds; the
ratio compares with one evaluation of sin over 100,000 points in the same run, since machines are noisy.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine.scene import Scene, changed, make_scene

SIX = (
    "gd(lr=0.01); momentum(lr=0.01, beta=0.9); nesterov(lr=0.01, beta=0.9); rmsprop(lr=0.01); "
    "adam(lr=0.05); adamw(lr=0.05)"
)
FRAMES = 200


def milliseconds(action: Callable[[], object]) -> float:
    start = perf_counter()
    action()
    return 1000 * (perf_counter() - start)


def drag(scene: Scene, parameter: str, low: float, high: float) -> Iterator[float]:
    for value in np.linspace(low, high, FRAMES).tolist():
        frame = changed(scene, {parameter: value})
        yield milliseconds(frame.figure)


def play(scene: Scene, steps: int) -> Iterator[float]:
    for step in range(steps):
        yield milliseconds(changed(scene, {"step": step}).figure)


def main() -> None:
    points = np.linspace(0, 100, 100_000)
    unit = float(np.median([milliseconds(lambda: np.sin(points)) for _ in range(50)]))
    race = make_scene("descent-2d", {"f": "sin(x) + y^2/2 + 0.1*x*y", "racers": SIX, "steps": 500})
    race.figure()
    cases = {
        "secant, h dragged (≤ 1 ms)": drag(make_scene("secant", {"f": "x^4-3x^2+x"}), "h", 0.01, 2),
        "secant, x0 dragged (≤ 1 ms)": drag(make_scene("secant", {"f": "x^4-3x^2+x"}), "x0", -2, 2),
        "field, point dragged (≤ 3 ms)": drag(make_scene("field", {"f": "x*e^(-(x^2+y^2))"}), "x", -2, 2),
        "race of six, 500 steps, start dragged (≤ 30 ms)": drag(race, "x", -2, 2),
        "race of six, played (≤ 4 ms)": play(race, 500),
    }
    print(f"{'figure':<50} {'median':>8} {'99 %':>8} {'ratio':>7}")
    for name, times in cases.items():
        taken = np.array(list(times))
        median, slowest = np.percentile(taken, [50, 99])
        print(f"{name:<50} {median:8.2f} {slowest:8.2f} {median / unit:7.2f}")


if __name__ == "__main__":
    main()
