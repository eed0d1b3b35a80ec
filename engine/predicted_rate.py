"""How fast a run should converge, from the curvature where it ends.

On a parabola with the curvatures μ = λ₁ ≤ λ₂ = L each step leaves of the distance, in the long run,

    plain descent        max |1 − ηλ|
    momentum, Nesterov,  the spectral radius of the map of (w, v), the largest over the eigenvalues
    quasi-hyperbolic     (`engine.stability`); for the heavy ball with complex roots that is √β
    AdaGrad              max |1 − ηλ′|, λ′ of the Hessian times the rates that it ended on, which settle
    Newton, damped by μ′ max |1 − ηλ/(λ + μ′)|: |1 − η| where nothing is damped; at η = 1 the digits double
    BFGS                 |1 − η|, once it knows the Hessian; at η = 1 it is more than linear

and near its end any smooth surface is such a parabola. The rates of RMSProp, Adam and their like go on
changing as the gradient shrinks, and Lion's steps do not shrink at all: for them nothing is predicted. What
plain descent would do at its best rate, 2/(L + μ), is (κ − 1)/(κ + 1) with κ = L/μ, and stands beside them.
Where μ = 0 no factor below 1 is: the tail is sublinear.

Sources: Y. Nesterov, "Introductory Lectures on Convex Optimization" (2004), theorem 2.1.15; B. T. Polyak,
"Some methods of speeding up the convergence of iteration methods" (1964); J. E. Dennis and J. J. Moré, "A
Characterization of Superlinear Convergence", Math. Comp. 28 (1974).
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, TypeAlias

from engine.descent import Trajectory
from engine.racer import Racer, RacerPart
from engine.stability import KINDS, Rows, eigenvalues, scaled_eigenvalues

Kind: TypeAlias = Literal["rate", "more-than-linear", "no-rate", "nothing"]

SINGULAR = 1e-9
"""Of L: a smaller μ counts as 0."""


class Prediction(NamedTuple):
    """What the curvature promises.

    kind: a rate; digits that more than add up; no rate below 1 (μ is 0, or the step too long); or nothing,
    for an optimizer that it says nothing of. rate: the factor a step leaves; 0 where it is more than linear,
    1 or more where there is none, NaN where nothing is said. kappa: L/μ; ∞ where μ is 0. best:
    (κ − 1)/(κ + 1).
    """

    kind: Kind
    rate: float
    kappa: float
    best: float


def predict(racer: Racer, run: Trajectory, hessian: Rows, begin: Rows) -> Prediction:
    """What to expect of the run near its end, where the Hessian of what is descended is `hessian`.

    begin: the Hessian at the run's start, beside which a curvature counts as 0. A direction that is flat
    there as well as at the end, as along a straight valley, is none in which anything has to converge.

    >>> from engine.function import function
    >>> from engine.race import race
    >>> f = function("x^2 + 10y^2", ["x", "y"])
    >>> (runner,) = race(f, "gd(lr=0.05)", 2.0, 1.0, 25)
    >>> curved = ((2.0, 0.0), (0.0, 20.0))
    >>> promised = predict(runner.racer, runner.run, curved, curved)
    >>> promised.rate, promised.kappa
    (0.9, 10.0)
    """
    low, high = eigenvalues(hessian)
    size = max(map(abs, eigenvalues(begin)))
    valley = abs(low) <= SINGULAR * high and min(map(abs, eigenvalues(begin))) <= SINGULAR * size
    flat = not high > SINGULAR * size or not (valley or low > SINGULAR * high)
    kappa = math.inf if flat else 1.0 if valley else high / low
    best = 1.0 if flat else (kappa - 1.0) / (kappa + 1.0)
    rate = _factor(racer.last, run, hessian, valley)
    if math.isnan(rate):
        return Prediction("nothing", math.nan, kappa, best)
    if not flat and rate < 1e-12:
        return Prediction("more-than-linear", 0.0, kappa, best)
    if flat or not rate < 1.0:
        return Prediction("no-rate", max(rate, 1.0), kappa, best)
    return Prediction("rate", rate, kappa, best)


def _factor(part: RacerPart, run: Trajectory, hessian: Rows, valley: bool) -> float:
    """The largest factor over the eigenvalues, of a valley the larger alone; NaN where there is none."""
    kind = KINDS[part.optimizer]
    curved = eigenvalues(hessian)
    if kind is None or not run.steps:
        return math.nan
    memory = kind.memory(part, run.steps - 1)
    if part.optimizer == "newton":
        damping = part.value("damping")
        assert isinstance(damping, float)
        curved = (_over(curved[0], curved[0] + damping), _over(curved[1], curved[1] + damping))
    elif part.optimizer == "bfgs":
        curved = (1.0, 1.0)
    elif part.optimizer == "adagrad" and kind.preconditioner is not None:
        curved = scaled_eigenvalues(kind.preconditioner(part, run.parts(run.steps - 1)), hessian)
    elif kind.preconditioner is not None:
        return math.nan
    return max(memory.factor(part.rate * each) for each in (curved[1:] if valley else curved))


def _over(top: float, bottom: float) -> float:
    return top / bottom if bottom else 0.0
