"""What nobody should ask of a descent, asked: a picture and a sentence, or a refusal that names what to mend.

A warning of NumPy's would reach a learner's terminal, and counts as a fault here.
"""

from __future__ import annotations

import contextlib
import io
import math
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from engine.errors import FormulaError, ParameterError
from engine.figure import Figure
from engine.optimizer_kinds import OPTIMIZERS
from engine.scene import make_scene

LINES = (
    "-1/x^2", "ln(x)", "sqrt(x)", "3", "0*x", "step(x)", "floor(x)", "1/x", "abs(x)", "x^x", "tan(x)",
    "e^(e^x)", "1e300*x^2", "x^2000", "1/0", "ln(-1)",
)  # fmt: skip
SURFACES = (
    "-1/(x^2+y^2)", "ln(x)+y", "ln(x*y)", "sqrt(x)+y^2", "sqrt(x*y)", "7", "0*x*y", "step(x)+y^2",
    "floor(x)+floor(y)", "1/x+y", "abs(x)+abs(y)", "tan(x)+y", "e^(e^(x*x))+y", "1e300*(x^2+y^2)",
    "1/0+x*y", "ln(-1)+x+y", "x^2",
)  # fmt: skip
FOUR = "gd(lr=0.1); adam(lr=0.1); newton; bfgs"


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    for f in LINES:
        for x0 in (-2.0, 0.0, 1.0):
            yield "descent-1d", {"f": f, "x0": x0}
        yield "convexity", {"f": f}
        yield "convexity", {"f": f, "low": -1e6, "high": 1e6, "bends": True}
    for lr in (0.0, 1e-300, 1e300, 1e308):
        for schedule in ("constant", "step", "cosine", "warm-up", "plateau"):
            yield "descent-1d", {"lr": lr, "schedule": schedule}
        for name in OPTIMIZERS:
            yield "descent-2d", {"racers": f"{name}(lr={lr})", "focus": 1, "beside": "step"}
    for far in (1e150, 1e300, -1e308):
        yield "descent-1d", {"x0": far}
        yield "descent-2d", {"x": far, "focus": 1}
        yield "convexity", {"a": far}
    for f in SURFACES:
        for x, y in ((-2.0, 1.0), (0.0, 0.0), (1.0, 2.0)):
            yield "descent-2d", {"f": f, "x": x, "y": y, "racers": FOUR, "focus": 1, "beside": "step"}
    yield "descent-1d", {"f": "sin(1000x)", "lr": 1e300}
    yield "descent-1d", {"f": "-x^2", "x0": 1e-300, "lr": 1e300, "schedule": "step", "direction": "ascent"}
    yield "descent-1d", {"f": "abs(x)", "x0": 1e-300, "lr": 1e300, "schedule": "step", "period": 1}
    yield "descent-2d", {"f": "1e300(x^2+y^2)", "x": -1e8, "racers": FOUR, "beside": "plane"}
    yield "descent-2d", {"f": "tan(x y)", "x": 1.0, "y": 0.0, "steps": 1, "racers": "gd(lr=1e300)"}
    yield "descent-2d", {"f": "floor(x)+floor(y)", "noise": 1e300, "racers": "gd(lr=1e300)"}
    for noise in (1e150, 1e300, 1e308):
        yield "descent-2d", {"noise": noise, "racers": FOUR}
    yield "descent-2d", {"racers": ""}
    yield "descent-2d", {"focus": 99, "beside": "step"}
    for name, value in (("kappa", 1e6), ("kappa", 1.0), ("lr", 1e6), ("lr", 1e-300), ("x", 0.0)):
        yield "conditioning", {name: value}
    yield "conditioning", {"steps": 100_000}


def drawn(name: str, values: dict[str, Any]) -> Figure:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return make_scene(name, values).figure()


@pytest.mark.parametrize(("name", "values"), list(cases()), ids=lambda part: str(part))
def test_a_picture_and_a_sentence_whatever_is_asked(name: str, values: dict[str, Any]) -> None:
    shown = drawn(name, values)
    for panel in shown.panels:
        view = panel.view
        assert all(map(math.isfinite, (view.x_low, view.x_high, view.y_low, view.y_high)))
        assert view.x_low < view.x_high
        assert view.y_low < view.y_high
    assert str(shown.spoken)
    for readout in shown.readouts:
        assert readout.value is not None or readout.reason is not None, readout.name
        assert not (isinstance(readout.value, float) and math.isnan(readout.value)), readout.name


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("descent-1d", {"lr": -0.1}, "lr cannot be -0.1: it must be at least 0"),
        ("descent-1d", {"lr": math.nan}, "lr cannot be"),
        ("descent-1d", {"lr": math.inf}, "lr cannot be"),
        ("descent-1d", {"steps": 10_001}, "at most 10000"),
        ("descent-1d", {"steps": 0}, "at least 1"),
        ("descent-1d", {"drop": 0.0, "schedule": "step"}, "drop cannot be 0"),
        ("descent-2d", {"noise": -1.0}, "at least 0"),
        ("descent-2d", {"noise": math.nan}, "noise cannot be"),
        ("descent-2d", {"steps": 100_001}, "at most 100000"),
        ("descent-2d", {"x": math.inf}, "x cannot be"),
        ("conditioning", {"lr": 0.0}, "more than 0"),
        ("conditioning", {"kappa": 0.5}, "at least 1"),
        ("conditioning", {"x": 0.0, "y": 0.0}, "Start anywhere else"),
        ("convexity", {"t": 1.5}, "at most 1"),
        ("convexity", {"low": 4.0, "high": -4.0}, "is no interval"),
    ],
)
def test_what_cannot_be_is_refused_by_name(name: str, values: dict[str, Any], words: str) -> None:
    with pytest.raises(ParameterError) as refusal:
        drawn(name, values)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("racers", "words"),
    [
        ("gd(lr=-1)", "lr is refused: it must be at least 0"),
        ("gd(lr=nan)", "lr is refused: it must be a number"),
        ("gd(lr=1e999)", "lr is refused: it must be a finite number"),
        ("momentum(beta=1)", "beta is refused: it must be less than 1"),
        ("momentum(beta=1.5)", "beta is refused: it must be less than 1"),
        ("nesterov(beta=-0.1)", "beta is refused: it must be at least 0"),
        ("adam(betas=(0.9, 1))", "betas is refused: it must be less than 1"),
        ("rmsprop(alpha=1)", "alpha is refused: it must be less than 1"),
        ("adadelta(rho=1)", "rho is refused: it must be less than 1"),
        ("qhm(nu=1.5)", "nu is refused: it must be at most 1"),
        ("adam(eps=0)", "eps is refused: it must be more than 0"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_at_its_place(racers: str, words: str) -> None:
    with pytest.raises((ParameterError, FormulaError)) as refusal:
        drawn("descent-2d", {"racers": f"adam; {racers}"})
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        # at its step, and beyond the floats, there is no curvature that Newton's method could divide by
        ("descent-2d", {"f": "step(x)", "x": 0.0, "racers": "newton"}),
        ("descent-2d", {"f": "ln(x)", "x": 0.0, "racers": "adam @ 2 newton @ 9 bfgs"}),
        ("descent-2d", {"f": "e^(x^2+y^2)", "x": 1e300, "racers": "newton"}),
        ("saddle-escape", {"noise": 1e-300, "radius": 1e6, "runs": 1, "steps": 20}),
    ],
)
def test_the_code_runs_whatever_is_asked(name: str, values: dict[str, Any]) -> None:
    scene = make_scene(name, values)
    out = io.StringIO()
    with contextlib.redirect_stdout(out), np.errstate(all="ignore"):
        exec(compile(scene.code(), "code view", "exec"), {})
    for label, said in (line.split(" ", 1) for line in out.getvalue().splitlines()):
        if label == "predicted_time":
            assert float(said) == pytest.approx(scene.figure().values()[label])
    assert out.getvalue()
