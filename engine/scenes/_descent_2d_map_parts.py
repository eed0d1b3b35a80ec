"""What the three maps of a race share: how they get better, which rates they look at, what they say."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.cancellation import stop_if_cancelled
from engine.figure import Axis, Floats, Mosaic, Offer, Panel, Readout, Role, Tile, View
from engine.function import Function
from engine.race import Runner
from engine.rate_maps import MOST_STEPS, Setup
from engine.scenes._descent_2d_beside import Beside
from engine.scenes._descent_2d_focus import with_racer
from engine.survey import Fate
from engine.text import Text

if TYPE_CHECKING:
    from engine.scenes.descent_2d import Descent2D

Stage = TypeVar("Stage")

COARSE_STEPS = 120
"""Steps of the first picture of a long race: it is there at once, and says less than the whole run."""

NO_SPEED = 0.6
"""The shade of runs that have not arrived, which have no speed."""

LOWEST_RATE, HIGHEST_RATE = 1e-12, 1e8
"""A racer's own rate beyond these does not widen a map."""

OWN_MARGIN = 2.0
"""Times a racer's own rate, and as much below it, that a map must hold."""

FATES: dict[Fate, Tile] = {
    Fate.ARRIVED: Tile("arrived", Text("converges")),
    Fate.ON_ITS_WAY: Tile("on-its-way", Text("on its way")),
    Fate.OSCILLATES: Tile("oscillates", Text("oscillates")),
    Fate.NO_LOWER: Tile("no-lower", Text("comes no lower")),
    Fate.DIVERGED: Tile("diverged", Text("diverges")),
}

AT_WORK = Text("The map is still being computed.")
NOBODY = Text("Nobody runs yet.")


# -- stages -----------------------------------------------------------------------------------------------


def staged(
    found: dict[int, Stage], make: Sequence[Callable[[], Stage]], work: Sequence[float]
) -> Iterator[tuple[Stage, float]]:
    """The stages of a map with the share of the work that is then done, from the best that is there on.

    found: the stages made so far, to be kept as long as what they depend on. work: how much each takes.
    """
    best = max(tuple(found), default=0)  # of a copy: another thread may add one meanwhile
    for number in range(best, len(make)):
        stop_if_cancelled()
        if number not in found:
            found[number] = make[number]()
        yield found[number], sum(work[: number + 1]) / sum(work)


def setup_of(scene: Descent2D, f: Function, runner: Runner) -> Setup:
    """Who runs where, as maps take it."""
    return Setup(f, runner.racer.parts, scene.x, scene.y, scene.steps, scene.noise, scene.seed)


def coarse(setup: Setup) -> Setup:
    """The same, for as many steps as are looked at at once."""
    return setup._replace(steps=min(setup.steps, COARSE_STEPS))


def limit_said(scene: Descent2D) -> tuple[Text, ...]:
    """That a map does not look at all steps, where it does not."""
    if scene.steps <= MOST_STEPS:
        return ()
    numbers = {"most": str(MOST_STEPS), "steps": str(scene.steps)}
    return (Text("The map looks at the first {most} of {steps} steps.", numbers),)


# -- the rates of the racer -------------------------------------------------------------------------------


def rate_offer(scene: Descent2D, runner: Runner, words: Text, rate: float | None) -> list[Offer]:
    """A button that runs the racer with another rate; none if there is no such rate, or it has it already.

    words: with fields for `racer` and `rate`.
    """
    if rate is None or rate == runner.racer.last.rate:
        return []
    filled = msgspec.structs.replace(words, values={"racer": runner.words, "rate": rate})
    return [Offer(filled, with_racer(scene, runner.racer.changed(lr=rate)))]


def own_decades(rate: float) -> tuple[float, float]:
    """The powers of ten about a racer's own rate, which a map must hold; none about 0 or beyond reason."""
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        return math.inf, 0.0
    low, high = math.floor(math.log10(rate / OWN_MARGIN)), math.ceil(math.log10(rate * OWN_MARGIN))
    return 10.0**low, 10.0**high


# -- marks ------------------------------------------------------------------------------------------------


def fates_mosaic(name: str, fates: NDArray[np.int8], arrived: NDArray[np.int32], view: View) -> Mosaic:
    """A grid of fates, those that have arrived the stronger the sooner; only kinds that occur are named."""
    order = np.array([list(FATES).index(fate) for fate in Fate], dtype=np.int8)
    kinds, tiles = only_present(order[fates], list(FATES.values()))
    return Mosaic(
        id=name,
        role=Role.FIELD,
        kinds=kinds,
        shade=speed(arrived),
        tiles=tiles,
        x_low=view.x_low,
        x_high=view.x_high,
        y_low=view.y_low,
        y_high=view.y_high,
    )


def only_present(kinds: NDArray[np.int8], tiles: Sequence[Tile]) -> tuple[NDArray[np.int8], tuple[Tile, ...]]:
    """The kinds that occur numbered anew, and their tiles in the same order; −1 stays −1."""
    present = [number for number in range(len(tiles)) if (kinds == number).any()]
    numbers = np.full(len(tiles) + 1, -1, dtype=np.int8)  # the last for −1
    numbers[present] = np.arange(len(present))
    return numbers[kinds], tuple(tiles[number] for number in present)


def speed(arrived: NDArray[np.int32]) -> Floats:
    """How soon runs have arrived, in [0, 1]: from the soonest to the latest, evenly in the logarithm.

    The one in fifty at either end are left out of account, so that single ones do not press the rest flat.
    """
    there = arrived[arrived >= 0]
    if not there.size:
        return np.full(arrived.shape, NO_SPEED)
    counted = np.log1p(np.maximum(arrived, 0))
    soon, late = np.log1p(np.quantile(there, [0.02, 0.98]))
    shade = (late - counted) / (late - soon) if late > soon else np.ones(arrived.shape)
    return np.where(arrived < 0, NO_SPEED, np.clip(shade, 0.0, 1.0))


def nobody(panel: str, view: View, x_axis: Axis, y_axis: Axis, readouts: Sequence[str] = ()) -> Beside:
    """A panel without anything on it, for a race without racers."""
    return Beside(
        Panel(id=panel, marks=(), view=view, x_axis=x_axis, y_axis=y_axis),
        readouts=tuple(Readout(name=name, value=None, reason=NOBODY, shown=False) for name in readouts),
    )
