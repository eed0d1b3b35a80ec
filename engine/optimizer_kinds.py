"""The one registry of optimizers: each name with its factory, its settings, its formulas and its parts.

A racer's controls, the text `adam(lr=0.1)`, the course's legends and the written-out step are all made from
it. Names and defaults of settings are read off the factory's signature; what a setting means is said once for
all optimizers, since a keyword means the same in each.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from engine import adaptive_optimizers, optimizers, quasi_hyperbolic, second_order
from engine.optimizers import Optimizer
from engine.parameters import Domain, Slider
from engine.text import Text, verbatim

Value: TypeAlias = float | bool | tuple[float, ...]


class Meaning(msgspec.Struct, frozen=True):
    """What a setting of this name is. One slider for each number it holds; a switch has none.

    suggested: what a new racer of the window begins with, where the default would not be seen to move.
    """

    words: Text
    domain: Domain = Domain()
    sliders: tuple[Slider, ...] = ()
    suggested: Value | None = None


class Setting(msgspec.Struct, frozen=True):
    """One setting of one optimizer.

    own_suggestion: what a new racer begins with, where that is not what `meaning` suggests for all.
    """

    name: str
    default: Value
    meaning: Meaning
    own_suggestion: Value | None = None

    @property
    def suggested(self) -> Value:
        """The value a new racer of the window begins with."""
        for suggested in (self.own_suggestion, self.meaning.suggested):
            if suggested is not None:
                return suggested
        return self.default

    def checked(self, given: Any) -> Value | Text:
        """`given` as a value of this setting, or what is wrong with it."""
        if isinstance(self.default, bool):
            return given if isinstance(given, bool) else Text("it must be true or false")
        if isinstance(self.default, tuple):
            count = len(self.default)
            if not isinstance(given, tuple | list) or len(given) != count:
                return Text("it must be {count} numbers in brackets", {"count": count})
            each = [self._number(value) for value in given]
            fault = next((value for value in each if isinstance(value, Text)), None)
            return fault or tuple(value for value in each if not isinstance(value, Text))
        return self._number(given)

    def _number(self, given: Any) -> float | Text:
        if isinstance(given, bool) or not isinstance(given, int | float):
            return Text("it must be a number")
        try:
            value = float(given)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            return Text("it must be a finite number")
        return self.meaning.domain.fault(value) or value


class Part(msgspec.Struct, frozen=True):
    """A quantity that an update goes through: its symbol in LaTeX and its name."""

    symbol: str
    words: Text


class OptimizerKind(msgspec.Struct, frozen=True):
    """One optimizer of the course.

    formulas: the update line by line, in LaTeX, in the symbols of `PARTS` and of the settings.
    parts: the names of its parts in the order in which they come to be.
    """

    name: str
    title: Text
    factory: Callable[..., Optimizer]
    settings: tuple[Setting, ...]
    formulas: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def decays_beside(self) -> bool:
        """Whether `weight_decay` shrinks the weights itself rather than pulling through the gradient."""
        return "decay" in self.parts

    def setting(self, name: str) -> Setting | None:
        """The setting of this name, if there is one."""
        return next((setting for setting in self.settings if setting.name == name), None)


_SHARE = Domain(at_least=0.0, below=1.0)

MEANINGS: Mapping[str, Meaning] = {
    "lr": Meaning(
        Text("learning rate"),
        Domain(at_least=0.0),
        (Slider(1e-4, 2.0, scale="log", symbol=r"\eta"),),
        suggested=0.1,
    ),
    "beta": Meaning(Text("momentum"), _SHARE, (Slider(0.0, 0.99, symbol=r"\beta"),)),
    "alpha": Meaning(Text("memory of squares"), _SHARE, (Slider(0.0, 0.999, symbol=r"\alpha"),)),
    "rho": Meaning(Text("memory of squares"), _SHARE, (Slider(0.0, 0.999, symbol=r"\rho"),)),
    "nu": Meaning(
        Text("share of the momentum"), Domain(at_least=0.0, at_most=1.0), (Slider(0.0, 1.0, symbol=r"\nu"),)
    ),
    "nus": Meaning(
        Text("shares of the averages"),
        Domain(at_least=0.0, at_most=1.0),
        (Slider(0.0, 1.0, symbol=r"\nu_1"), Slider(0.0, 1.0, symbol=r"\nu_2")),
    ),
    "momentum_decay": Meaning(
        Text("how fast the memory grows to its full"),
        Domain(at_least=0.0),
        (Slider(0.0, 0.1, symbol=r"\psi"),),
    ),
    "damping": Meaning(
        Text("added to every curvature"), Domain(at_least=0.0), (Slider(0.0, 10.0, symbol=r"\mu"),)
    ),
    "betas": Meaning(
        Text("memory of gradients and of squares"),
        _SHARE,
        (Slider(0.0, 0.99, symbol=r"\beta_1"), Slider(0.0, 0.9999, symbol=r"\beta_2")),
    ),
    "eps": Meaning(
        Text("guard against division by zero"),
        Domain(above=0.0),
        (Slider(1e-10, 1e-1, scale="log", symbol=r"\varepsilon"),),
    ),
    "weight_decay": Meaning(
        Text("weight decay"), Domain(at_least=0.0), (Slider(0.0, 1.0, symbol=r"\lambda"),)
    ),
    "averaged": Meaning(Text("velocity is an average")),
    "nesterov": Meaning(Text("look ahead as Nesterov does")),
    "maximize": Meaning(Text("climb instead")),
}

PARTS: Mapping[str, Part] = {
    "gradient": Part("g", Text("gradient")),
    "carried": Part(r"\beta v_{t-1}", Text("carried velocity")),
    "added": Part("a", Text("what the gradient adds")),
    "velocity": Part("v_t", Text("velocity")),
    "lookahead": Part("a + \\beta v_t", Text("velocity, one step ahead")),
    "square_sum": Part("G_t", Text("sum of squared gradients")),
    "average": Part("m_t", Text("average gradient")),
    "square_average": Part("v_t", Text("average squared gradient")),
    "corrected_average": Part(r"\hat m_t", Text("corrected average gradient")),
    "corrected_square_average": Part(r"\hat v_t", Text("corrected average squared gradient")),
    "square_maximum": Part("V_t", Text("largest average squared gradient")),
    "square_steps": Part("u_t", Text("average squared direction")),
    "blend": Part("c_t", Text("blend of gradient and momentum")),
    "square_blend": Part("q_t", Text("blend of squares")),
    "damped_hessian": Part("A", Text("damped Hessian")),
    "inverse_hessian": Part("H_t", Text("inverse Hessian, as far as it is known")),
    "scaled": Part("s", Text("scaled gradient")),
    "adaptive_step": Part(r"-\eta s", Text("adaptive step")),
    "decay": Part(r"-\eta\lambda w", Text("decay of the weights")),
    "step": Part(r"\Delta w", Text("step")),
}


def _kind(
    title: Text,
    factory: Callable[..., Optimizer],
    formulas: tuple[str, ...],
    *parts: str,
    rate: float | None = None,
) -> OptimizerKind:
    """rate: the learning rate that a new racer of this kind begins with, where it is not everyone's."""
    signature = inspect.signature(factory)
    settings = tuple(
        Setting(
            parameter.name,
            parameter.default,
            MEANINGS[parameter.name],
            rate if parameter.name == "lr" else None,
        )
        for parameter in signature.parameters.values()
    )
    return OptimizerKind(factory.__name__, title, factory, settings, formulas, ("gradient", *parts, "step"))


_MOMENTUM_LINES = (r"a = g \text{ or } (1-\beta)\,g", r"v_t = \beta v_{t-1} + a")
_ADAM_LINES = (
    r"m_t = \beta_1 m_{t-1} + (1-\beta_1)\,g",
    r"v_t = \beta_2 v_{t-1} + (1-\beta_2)\,g^2",
    r"\hat m_t = \frac{m_t}{1-\beta_1^t}",
    r"\hat v_t = \frac{v_t}{1-\beta_2^t}",
    r"s = \frac{\hat m_t}{\sqrt{\hat v_t}+\varepsilon}",
)
_ADAM_PARTS = ("average", "square_average", "corrected_average", "corrected_square_average", "scaled")

OPTIMIZERS: Mapping[str, OptimizerKind] = {
    kind.name: kind
    for kind in (
        _kind(Text("Plain descent"), optimizers.gd, (r"\Delta w = -\eta g",)),
        _kind(
            Text("Momentum"),
            optimizers.momentum,
            (*_MOMENTUM_LINES, r"\Delta w = -\eta v_t"),
            "carried",
            "added",
            "velocity",
        ),
        _kind(
            Text("Nesterov momentum"),
            optimizers.nesterov,
            (*_MOMENTUM_LINES, r"\Delta w = -\eta\,(a + \beta v_t)"),
            "carried",
            "added",
            "velocity",
            "lookahead",
        ),
        _kind(
            verbatim("AdaGrad"),
            optimizers.adagrad,
            (r"G_t = G_{t-1} + g^2", r"s = \frac{g}{\sqrt{G_t}+\varepsilon}", r"\Delta w = -\eta s"),
            "square_sum",
            "scaled",
        ),
        _kind(
            verbatim("Adadelta"),
            adaptive_optimizers.adadelta,
            (
                r"v_t = \rho v_{t-1} + (1-\rho)\,g^2",
                r"s = \frac{\sqrt{u_{t-1}+\varepsilon}}{\sqrt{v_t+\varepsilon}}\,g",
                r"u_t = \rho u_{t-1} + (1-\rho)\,s^2",
                r"\Delta w = -\eta s",
            ),
            "square_average",
            "scaled",
            "square_steps",
            rate=1.0,
        ),
        _kind(
            verbatim("RMSProp"),
            optimizers.rmsprop,
            (
                r"v_t = \alpha v_{t-1} + (1-\alpha)\,g^2",
                r"s = \frac{g}{\sqrt{v_t}+\varepsilon}",
                r"\Delta w = -\eta s",
            ),
            "square_average",
            "scaled",
        ),
        _kind(verbatim("Adam"), optimizers.adam, (*_ADAM_LINES, r"\Delta w = -\eta s"), *_ADAM_PARTS),
        _kind(
            verbatim("AdamW"),
            optimizers.adamw,
            (*_ADAM_LINES, r"\Delta w = -\eta\lambda w - \eta s"),
            *_ADAM_PARTS,
            "adaptive_step",
            "decay",
        ),
        _kind(
            verbatim("AMSGrad"),
            adaptive_optimizers.amsgrad,
            (
                *_ADAM_LINES[:2],
                r"V_t = \max(V_{t-1}, v_t)",
                _ADAM_LINES[2],
                r"\hat v_t = \frac{V_t}{1-\beta_2^t}",
                *_ADAM_LINES[4:],
                r"\Delta w = -\eta s",
            ),
            "average",
            "square_average",
            "square_maximum",
            "corrected_average",
            "corrected_square_average",
            "scaled",
        ),
        _kind(
            verbatim("NAdam"),
            adaptive_optimizers.nadam,
            (
                *_ADAM_LINES[:2],
                r"\mu_t = \beta_1\,(1 - 0.5 \cdot 0.96^{\psi t})",
                r"\hat m_t = \frac{\mu_{t+1} m_t}{1-\mu_1\cdots\mu_{t+1}}"
                r" + \frac{(1-\mu_t)\,g}{1-\mu_1\cdots\mu_t}",
                *_ADAM_LINES[3:],
                r"\Delta w = -\eta s",
            ),
            *_ADAM_PARTS,
        ),
        _kind(
            verbatim("Lion"),
            adaptive_optimizers.lion,
            (
                r"c_t = \beta_1 m_{t-1} + (1-\beta_1)\,g",
                r"s = \operatorname{sign}(c_t)",
                r"m_t = \beta_2 m_{t-1} + (1-\beta_2)\,g",
                r"\Delta w = -\eta\lambda w - \eta s",
            ),
            "blend",
            "scaled",
            "average",
            "adaptive_step",
            "decay",
        ),
        _kind(
            verbatim("QHM"),
            quasi_hyperbolic.qhm,
            (
                r"v_t = \beta v_{t-1} + (1-\beta)\,g",
                r"c_t = (1-\nu)\,g + \nu v_t",
                r"\Delta w = -\eta c_t",
            ),
            "velocity",
            "blend",
        ),
        _kind(
            verbatim("QHAdam"),
            quasi_hyperbolic.qhadam,
            (
                *_ADAM_LINES[:4],
                r"c_t = (1-\nu_1)\,g + \nu_1 \hat m_t",
                r"q_t = (1-\nu_2)\,g^2 + \nu_2 \hat v_t",
                r"s = \frac{c_t}{\sqrt{q_t}+\varepsilon}",
                r"\Delta w = -\eta s",
            ),
            *_ADAM_PARTS[:4],
            "blend",
            "square_blend",
            "scaled",
        ),
        _kind(
            Text("Newton, damped"),
            second_order.newton,
            (r"A = \nabla^2 f(w) + \mu I", r"s = A^{-1} g", r"\Delta w = -\eta s"),
            "damped_hessian",
            "scaled",
            rate=1.0,
        ),
        _kind(
            verbatim("BFGS"),
            second_order.bfgs,
            (
                r"\delta = w_t - w_{t-1}, \quad y = g_t - g_{t-1}, \quad \rho = \frac{1}{\delta^T y}",
                r"H_t = (I - \rho\,\delta y^T)\, H_{t-1}\, (I - \rho\,y \delta^T) + \rho\,\delta\delta^T",
                r"s = H_t\,g",
                r"\Delta w = -\eta s",
            ),
            "inverse_hessian",
            "scaled",
            rate=0.5,
        ),
    )
}
