"""One step of an optimizer as contributions that add up to it.

An optimizer makes a direction in stages, and its step is −η times the last. Plain descent has one stage,
the gradient; Adam has five:

    d₀ = 0,  d₁ = g,  d₂ = m,  d₃ = m̂,  d₄ = m̂/(√v + ε),  d₅ = m̂/(√v̂ + ε) = s,     Δw = −η d₅

Each stage contributes −η (dₖ − dₖ₋₁), so that the sum telescopes to Δw whatever the stages are: nothing is
left over and nothing is counted twice. What a stage contributes may well point back along the one before.
Ahead of the optimizer's own stages stands what it was given: the gradient of f alone (its sign turned for
one who climbs), then the noise on it, then the pull λw of the weights, where they go through the gradient.
Weights that decay beside it (AdamW, Lion) contribute −ηλw last.

`STAGES` has one row for each optimizer of `engine.optimizer_kinds`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from engine.optimizers import Parts
from engine.racer import RacerPart
from engine.text import Text

Vector: TypeAlias = tuple[float, ...]


class Contribution(NamedTuple):
    """One summand of a step: `vector` = −`rate` · (`after` − `before`), or a decay of the weights itself.

    latex: the summand in the symbols of `engine.optimizer_kinds.PARTS`. before, after: the direction ahead
    of this stage and behind it; both empty for what is not made of a direction. short: a word or two for it,
    where its neighbours say the rest.
    """

    name: str
    words: Text
    latex: str
    vector: Vector
    before: Vector = ()
    after: Vector = ()
    short: Text = Text("")

    @property
    def length(self) -> float:
        """|vector|"""
        return math.hypot(*self.vector)


class Step(NamedTuple):
    """The parts that an update went through, and the settings it had: what a stage is made from."""

    parts: Parts
    settings: Mapping[str, object]

    def part(self, name: str) -> Vector:
        """A part as floats."""
        return tuple(map(float, self.parts[name]))

    def number(self, name: str) -> float:
        """A setting that is one number, or a switch as 0 or 1."""
        value = self.settings[name]
        assert isinstance(value, float | bool)
        return float(value)

    def pair(self, name: str) -> tuple[float, float]:
        """A setting that is two numbers."""
        value = self.settings[name]
        assert isinstance(value, tuple)
        return float(value[0]), float(value[1])


class Stage(NamedTuple):
    """What a direction becomes.

    becomes: the direction behind this stage, in LaTeX. direction: the same in numbers. there: whether a step
    goes through this stage at all. latex: the summand, where it has a plainer form than a difference. short:
    its short name, where it has one.
    """

    name: str
    words: Text
    becomes: str
    direction: Callable[[Step], Vector]
    there: Callable[[Step], bool] = lambda step: True
    latex: str = ""
    short: Text | None = None


def dissect(
    part: RacerPart,
    parts: Parts,
    gradient: Sequence[float],
    noise: Sequence[float] | None = None,
) -> tuple[Contribution, ...]:
    """The contributions to `parts["step"]`, in the order in which they come to be.

    part: the optimizer and its settings at this step. parts: what its update went through
    (`Trajectory.parts`). gradient: that of f itself, at the place the step leaves. noise: what was added
    to it before the optimizer saw it.

    >>> from engine.racer import make_racer
    >>> racer = make_racer("momentum", {"lr": 0.5, "beta": 0.5})
    >>> heavy = racer.build()
    >>> first = heavy.update((4.0,), heavy.init((0.0,)), (0.0,))
    >>> second = heavy.update((2.0,), first.state, first.parameters)
    >>> [(each.name, each.vector) for each in dissect(racer.last, second.parts, (2.0,))]
    [('gradient', (-1.0,)), ('carried', (-1.0,))]
    """
    step = Step(parts, part.values)
    found: list[Contribution] = []
    direction: Vector = (0.0,) * len(gradient)
    before = ""
    for stage in (*_given(part, step, gradient, noise), *STAGES[part.kind.name]):
        if not stage.there(step):
            continue
        after = stage.direction(step)
        vector = tuple(-part.rate * (new - old) for new, old in zip(after, direction, strict=True))
        latex = stage.latex or _difference(stage.becomes, before)
        short = stage.short or stage.words
        found.append(Contribution(stage.name, stage.words, latex, vector, direction, after, short))
        direction, before = after, stage.becomes
    if part.kind.decays_beside and part.decay:
        vector = step.part("decay")
        found.append(Contribution("decay", _DECAY, r"-\eta\lambda w", vector, short=_DECAY))
    return tuple(found)


def _difference(after: str, before: str) -> str:
    """−η (after − before), its brackets as tall as what is in them."""
    tall = r"\frac" in after + before
    opened, closed = (r"\left(", r"\right)") if tall else ("(", ")")
    return rf"-\eta\,{opened}{after} - {before}{closed}"


_DECAY = Text("weight decay")


def _given(
    part: RacerPart, step: Step, gradient: Sequence[float], noise: Sequence[float] | None
) -> tuple[Stage, ...]:
    """What stands ahead of the optimizer's own stages: ∇f, the noise on it, and λw."""
    climbs, sign = part.climbs, part.sign
    turned = "-" if climbs else ""
    seen = tuple(float(each) for each in gradient)
    met = seen if noise is None else tuple(each + pushed for each, pushed in zip(seen, noise, strict=True))
    back = r"\eta" if climbs else r"-\eta"
    stages = [
        Stage(
            "gradient",
            Text("gradient, uphill") if climbs else Text("gradient"),
            rf"{turned}\nabla f",
            lambda step: tuple(sign * each for each in seen),
            latex=rf"{back}\,\nabla f",
        )
    ]
    if noise is not None:
        stages.append(
            Stage(
                "noise",
                Text("noise"),
                r"-(\nabla f + \xi)" if climbs else r"(\nabla f + \xi)",
                lambda step: tuple(sign * each for each in met),
                latex=rf"{back}\,\xi",
            )
        )
    if part.pull:
        stages.append(
            Stage("decay", _DECAY, "g", lambda step: step.part("gradient"), latex=r"-\eta\lambda w")
        )
    # the optimizer's own stages say g for it
    stages[-1] = stages[-1]._replace(becomes="g")
    return tuple(stages)


# -- the stages of each optimizer -------------------------------------------------------------------------


def _part(name: str) -> Callable[[Step], Vector]:
    return lambda step: step.part(name)


def _over_root(top: str, squares: str) -> Callable[[Step], Vector]:
    """top / (√squares + ε)"""

    def direction(step: Step) -> Vector:
        eps = step.number("eps")
        return tuple(
            each / (math.sqrt(square) + eps)
            for each, square in zip(step.part(top), step.part(squares), strict=True)
        )

    return direction


def _over_root_latex(top: str, squares: str) -> str:
    return rf"\frac{{{top}}}{{\sqrt{{{squares}}}+\varepsilon}}"


def _has(name: str) -> Callable[[Step], bool]:
    return lambda step: name in step.parts


def _qhm_share(step: Step) -> Vector:
    """(1 − νβ) g: what the blend keeps of this gradient, ν of it going into an average."""
    kept = 1.0 - step.number("nu") * step.number("beta")
    return tuple(kept * each for each in step.part("gradient"))


_SCALING = Text("second-moment scaling")
_SCALED = Stage("scaling", _SCALING, "s", _part("scaled"), short=Text("scaling"))
_CORRECTED = Text("corrected")

_MOMENTUM = (
    Stage(
        "averaged_away",
        Text("averaged away"),
        "a",
        _part("added"),
        there=lambda step: bool(step.settings["averaged"]),
        latex=r"\eta\beta g",
    ),
    Stage("carried", Text("carried velocity"), "v_t", _part("velocity"), latex=r"-\eta\beta v_{t-1}"),
    Stage("lookahead", Text("look ahead"), r"(a + \beta v_t)", _part("lookahead"), there=_has("lookahead")),
)
_FIRST = Stage("first_moment", Text("first moment"), "m_t", _part("average"))
_FIRST_CORRECTED = Stage(
    "first_correction",
    Text("first-moment correction"),
    r"\hat m_t",
    _part("corrected_average"),
    short=_CORRECTED,
)
_SECOND = Stage(
    "scaling",
    _SCALING,
    _over_root_latex(r"\hat m_t", "v_t"),
    _over_root("corrected_average", "square_average"),
    short=Text("scaling"),
)
_SECOND_CORRECTED = Stage(
    "second_correction", Text("second-moment correction"), "s", _part("scaled"), short=_CORRECTED
)
_ADAM = (_FIRST, _FIRST_CORRECTED, _SECOND, _SECOND_CORRECTED)

STAGES: Mapping[str, tuple[Stage, ...]] = {
    "gd": (),
    "momentum": _MOMENTUM,
    "nesterov": _MOMENTUM,
    "adagrad": (_SCALED,),
    "adadelta": (_SCALED,),
    "rmsprop": (_SCALED,),
    "adam": _ADAM,
    "adamw": _ADAM,
    "amsgrad": (
        _FIRST,
        _FIRST_CORRECTED,
        _SECOND,
        Stage(
            "largest",
            Text("largest second moment"),
            _over_root_latex(r"\hat m_t", "V_t"),
            _over_root("corrected_average", "square_maximum"),
            short=Text("the largest"),
        ),
        _SECOND_CORRECTED,
    ),
    "nadam": (
        _FIRST,
        _FIRST_CORRECTED._replace(
            name="lookahead", words=Text("corrected look ahead"), short=Text("look ahead")
        ),
        _SECOND,
        _SECOND_CORRECTED,
    ),
    "lion": (
        _FIRST._replace(becomes="c_t", direction=_part("blend")),
        Stage("sign", Text("the sign alone"), "s", _part("scaled")),
    ),
    "qhm": (
        Stage(
            "averaged_away", Text("averaged away"), r"(1-\nu\beta)\,g", _qhm_share, latex=r"\eta\nu\beta g"
        ),
        Stage("carried", Text("carried velocity"), "c_t", _part("blend"), latex=r"-\eta\nu\beta v_{t-1}"),
    ),
    "qhadam": (
        _FIRST,
        _FIRST_CORRECTED,
        Stage(
            "blend",
            Text("share of the gradient itself"),
            "c_t",
            _part("blend"),
            short=Text("share of the gradient"),
        ),
        _SECOND._replace(
            becomes=_over_root_latex("c_t", "v_t"), direction=_over_root("blend", "square_average")
        ),
        Stage(
            "second_correction",
            Text("second-moment correction"),
            _over_root_latex("c_t", r"\hat v_t"),
            _over_root("blend", "corrected_square_average"),
            short=_CORRECTED,
        ),
        Stage(
            "square_blend",
            Text("share of its square itself"),
            "s",
            _part("scaled"),
            there=lambda step: step.pair("nus")[1] != 1.0,
            short=Text("share of the square"),
        ),
    ),
    "newton": (Stage("curvature", Text("curvature"), "s", _part("scaled")),),
    "bfgs": (Stage("curvature", Text("learnt curvature"), "s", _part("scaled")),),
}
"""Optimizer → the stages that its gradient goes through, in order. A new optimizer is a new row."""
