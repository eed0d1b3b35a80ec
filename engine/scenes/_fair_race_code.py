"""NumPy for a fair race: every racer at its tuned rate, from each start, with each seed of noise."""

from __future__ import annotations

from engine.fair_race import FairRace
from engine.function import Function
from engine.nodes import Node
from engine.numpy_code import numpy_function, numpy_preamble
from engine.optimizer_code import racer_code
from engine.start_domain import DRAWS


def race_code(f: Function, race: FairRace) -> str:
    """Runnable: it prints each racer's median loss. The rates are those that the sweep has found."""
    slopes = f.gradient_nodes
    curvatures: tuple[Node, ...] = ()
    if any(racer.needs_hessian for racer in race.racers):
        curvatures = tuple(entry for row in f.hessian_nodes for entry in row)
    hessian = f"\n\n{numpy_function('hessian', f.variables, curvatures)}\n" if curvatures else ""
    protocol, domain = race.protocol, race.protocol.domain
    runs, calls = [], []
    for number, (racer, entry) in enumerate(zip(race.racers, race.entries, strict=False), start=1):
        runs.append(racer_code(f"racer_{number}", racer.changed(lr=entry.rate).parts))
        calls.append(f'print("median_{number}", median_loss(racer_{number}, {entry.steps}))')
    every_run, every_call = "\n\n".join(runs), "\n".join(calls)
    count, sigma = protocol.starts, protocol.noise
    return f"""{numpy_preamble([f.node, *slopes, *curvatures])}
np.seterr(all="ignore")


{numpy_function("f", f.variables, f.node)}


{numpy_function("exact_gradient", f.variables, slopes)}
{hessian}

{every_run}

def gradient(*w):
    return exact_gradient(*w) + next(pushes)


def place_after(racer, start, steps, noise):
    global pushes
    pushes = iter([*noise, 0.0])
    try:
        return racer(start, steps)
    except np.linalg.LinAlgError:  # a Hessian that is not finite
        return np.full(2, np.nan)


def median_loss(racer, steps):
    rng = np.random.default_rng(({protocol.seed}, 1, 1))
    noise = {sigma!r} * rng.standard_normal((steps, 2, len(starts), {protocol.drawn_seeds}))
    losses = []
    for place, start in enumerate(starts):
        for number in range({protocol.drawn_seeds}):
            first, w = (place_after(racer, start, k, noise[:, :, place, number]) for k in (1, steps))
            reach = 1000 * max(1, np.linalg.norm(start), np.linalg.norm(first - start))
            known = np.isfinite([*w, f(*w), *exact_gradient(*w)]).all()
            losses.append(f(*w) if known and np.linalg.norm(w - start) <= reach else np.inf)
    return np.median(losses)


rng = np.random.default_rng([{protocol.seed}, 1])
low, high = np.array([{domain.x_low!r}, {domain.y_low!r}]), np.array([{domain.x_high!r}, {domain.y_high!r}])
places = low + (high - low) * rng.random(({DRAWS * count}, 2))
known = np.isfinite([[f(*w), *exact_gradient(*w)] for w in places]).all(axis=1)
starts = places[known][:{count}]
{every_call}
"""
