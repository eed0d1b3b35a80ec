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
FOUR = {"f": "sigmoid(x) - x^2/8", "schemes": "forward central complex_step reverse"}
EIGHT_LINKS = "tanh(2tanh(1.5tanh(-tanh(x^2))))"
THIRTY_PARTS = (
    "sigmoid(w x+b) tanh(w tanh(w x+b)+b) + sin(w x+b)^2 + ln(1+x^2) sqrt(w^2+b^2) - x b w/(1+e^-x)"
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
        "taylor, order 1, h dragged (≤ 4 ms)": drag(
            make_scene("taylor", {"f": "e^(-x^2) sin(3x)"}), "h", 0.01, 2
        ),
        "taylor, order 8, x0 dragged (≤ 4 ms)": drag(
            make_scene("taylor", {"f": "e^(-x^2) sin(3x)", "order": 8}), "x0", -2, 2
        ),
        "product, x0 dragged (≤ 4 ms)": drag(make_scene("product", {"u": "x^2", "v": "sin x"}), "x0", -2, 2),
        "activations, 50 layers (≤ 4 ms)": drag(make_scene("activations", {"depth": 50}), "x", -2, 2),
        "chain of two, x0 dragged (≤ 4 ms)": drag(make_scene("chain"), "x0", -2, 2),
        "chain of eight, x0 dragged (≤ 4 ms)": drag(make_scene("chain", {"f": EIGHT_LINKS}), "x0", -2, 2),
        "graph of a neuron, played (≤ 4 ms)": play(make_scene("graph"), 9),
        "graph of 30 parts, played (≤ 4 ms)": play(make_scene("graph", {"f": THIRTY_PARTS}), 60),
        "field, point dragged (≤ 3 ms)": drag(make_scene("field", {"f": "x*e^(-(x^2+y^2))"}), "x", -2, 2),
        "shape, cursor dragged (≤ 1 ms)": drag(make_scene("shape", {"f": "e^-x sin 2x"}), "cursor", -3, 3),
        "shape, end dragged (≤ 4 ms)": drag(make_scene("shape", {"f": "e^-x sin 2x"}), "a", -2.9, -2.3),
        "worked steps, x0 dragged (≤ 4 ms)": drag(make_scene("derivation"), "x0", -2, 2),
        "worked steps, played (≤ 4 ms)": play(make_scene("derivation", {"f": "(x^2+1) sin(x)/e^x"}), 10),
        "race of six, 500 steps, start dragged (≤ 30 ms)": drag(race, "x", -2, 2),
        "race of six, played (≤ 4 ms)": play(race, 500),
        "four slopes, h dragged (≤ 4 ms)": drag(make_scene("difference-error", FOUR), "h", 1e-9, 1),
        "four slopes, x0 dragged (≤ 4 ms)": drag(make_scene("difference-error", FOUR), "x0", -2, 2),
    }
    print(f"{'figure':<50} {'median':>8} {'99 %':>8} {'ratio':>7}")
    for name, times in cases.items():
        taken = np.array(list(times))
        median, slowest = np.percentile(taken, [50, 99])
        print(f"{name:<50} {median:8.2f} {slowest:8.2f} {median / unit:7.2f}")


if __name__ == "__main__":
    main()
