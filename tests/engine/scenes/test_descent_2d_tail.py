"""How the runs of a race converge: named, drawn with the law fitted and the law predicted, and in a table."""

import math

import numpy as np
import pytest

from engine.figure import Curve
from engine.function import Function
from engine.optimizer_kinds import OPTIMIZERS
from engine.race import Race, race
from engine.scene import make_scene
from engine.scenes._descent_2d_beside import Beside
from engine.scenes._descent_2d_tail import tail
from engine.scenes.descent_2d import Descent2D

RAVINE = {"f": "x^2+10y^2", "x": 2, "y": 1, "steps": 60}


def parts(**values: object) -> tuple[Descent2D, Function, Race]:
    scene = make_scene("descent-2d", {**RAVINE, **values})
    assert isinstance(scene, Descent2D)
    f = scene.function("f")
    return scene, f, race(f, scene.racers, scene.x, scene.y, scene.steps, scene.noise, scene.seed)


def shown(**values: object) -> Beside:
    *_, last = tail(*parts(**values), {})
    return last


def readouts(found: Beside) -> dict[str, object]:
    return {readout.name: readout.value for readout in found.readouts}


def curves(found: Beside) -> dict[str, Curve]:
    return {mark.id: mark for mark in found.panel.marks if isinstance(mark, Curve)}


def test_a_linear_tail_with_its_rate_beside_what_is_predicted() -> None:
    found = shown(racers="gd(lr=0.05); gd(lr=0.09)")
    values = readouts(found)
    assert values["convergence"] == "linear"
    assert values["rate_measured"] == pytest.approx(0.9, rel=1e-6)
    assert values["rate_predicted"] == pytest.approx(0.9)
    assert values["kappa"] == pytest.approx(10)
    assert values["rate_best"] == pytest.approx(9 / 11)
    assert values["exponent"] is None
    rows = list(found.tables[0].rows())
    assert [row[0] for row in rows] == ["gd(lr=0.05)", "gd(lr=0.09)"]
    assert rows[1][2] == pytest.approx(0.82, rel=1e-3)
    assert rows[1][3] == pytest.approx(0.82)
    assert "κ = 10, predicts 0.9" in str(found.said[0])


def test_what_is_drawn_is_the_distance_and_both_laws() -> None:
    """d = √(4·0.81ᵗ): y is 0 from the first step on."""
    drawn = curves(shown(racers="gd(lr=0.05)"))
    run, fitted, predicted = drawn["tail 1"], drawn["fitted"], drawn["predicted"]
    assert run.y[1:] == pytest.approx(2 * 0.9 ** np.arange(1, 61.0))
    assert fitted.y == pytest.approx(2 * 0.9**fitted.x, rel=1e-6)
    assert predicted.y == pytest.approx(2 * 0.9**predicted.x, rel=1e-6)
    assert predicted.x[-1] == 60


def test_a_sublinear_tail_is_drawn_on_two_logarithmic_axes() -> None:
    """Gradient descent on a quartic: the loss falls like t^−2."""
    found = shown(f="x^4+y^4", x=1, y=0.5, steps=400, racers="gd(lr=0.1)")
    values = readouts(found)
    assert values["convergence"] == "sublinear"
    assert values["exponent"] == pytest.approx(2.0, abs=0.03)
    assert values["rate_measured"] is None
    assert values["kappa"] == math.inf
    assert (found.panel.x_axis.scale, found.panel.y_axis.scale) == ("log", "log")
    fitted, run = curves(found)["fitted"], curves(found)["tail 1"]
    inside = run.y[fitted.x.astype(int)]
    assert fitted.y == pytest.approx(inside, rel=0.02)


def test_newton_is_quadratic_and_its_law_is_drawn() -> None:
    found = shown(f="exp(x) - x + cosh(y)", x=1, y=0.4, steps=12, racers="newton")
    assert readouts(found)["convergence"] == "quadratic"
    assert readouts(found)["order"] == pytest.approx(2.0, abs=0.2)
    fitted, run = curves(found)["fitted"], curves(found)["tail 1"]
    assert np.log(fitted.y) == pytest.approx(np.log(run.y[fitted.x.astype(int)]), rel=0.2)
    assert "predicts more than a linear tail" in str(found.said[0])


def test_an_adaptive_rate_has_plain_descent_s_best_beside_it() -> None:
    found = shown(racers="adam(lr=0.1)", steps=300)
    assert readouts(found)["rate_predicted"] is None
    assert readouts(found)["rate_best"] == pytest.approx(9 / 11)
    drawn = curves(found)["predicted"]
    assert str(drawn.label) == "plain descent at its best"
    assert drawn.y[1] / drawn.y[0] == pytest.approx(9 / 11)


def test_the_fit_settles_while_the_run_plays() -> None:
    codes = [readouts(shown(racers="gd(lr=0.05)", step=step))["convergence"] for step in (0, 2, 20, -1)]
    assert codes == ["too-few-steps", "too-few-steps", "linear", "linear"]
    drawn = curves(shown(racers="gd(lr=0.05)", step=20))
    assert len(drawn["tail 1"].x) == 21
    assert drawn["fitted"].x[-1] == 20
    panels = [shown(racers="gd(lr=0.05)", step=step).panel for step in (0, 2, 20, -1)]
    assert len({panel.view for panel in panels}) == 1


def test_a_fork_is_fitted_from_its_turn_on() -> None:
    """0.9 for 20 steps, then 0.8."""
    found = shown(racers="gd(lr=0.05) @ 20 gd(lr=0.1)", y=0, focus=1)
    assert readouts(found)["rate_measured"] == pytest.approx(0.8, rel=1e-6)
    fitted = curves(found)["fitted"]
    assert fitted.x[0] >= 20
    assert fitted.y == pytest.approx(2 * 0.9**20 * 0.8 ** (fitted.x - 20), rel=1e-6)


def test_focus_picks_the_racer() -> None:
    racers = "gd(lr=0.05); gd(lr=0.09)"
    rates = [readouts(shown(racers=racers, focus=focus))["rate_predicted"] for focus in (0, 1, 2)]
    assert rates == pytest.approx([0.9, 0.9, 0.82])


def test_a_run_on_its_way_along_a_known_valley_has_an_end() -> None:
    found = shown(f="(1-x)^2+100(y-x^2)^2", x=-1.2, y=1, racers="gd(lr=0.001)", steps=40)
    assert "(1, 1), the known minimum" in str(found.said[0])


@pytest.mark.parametrize("racer", OPTIMIZERS)
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"racers": " "},
        {"f": "ln x + 1/y", "x": -1},
        {"f": "3 + 0x y"},
        {"f": "floor(x) + floor(y)"},
        {"f": "abs(x) + abs(y)"},
        {"f": "-exp(x^2 + y^2)"},
        {"x": 0, "y": 0},
        {"noise": 0.5},
        {"noise": 1e300},
    ],
)
@pytest.mark.parametrize("rate", ["0", "0.05", "1e300"])
def test_hard_ground_has_whole_words_and_finite_axes(
    racer: str, values: dict[str, object], rate: str
) -> None:
    for step in (0, 1, -1):
        given = {"racers": f"{racer}(lr={rate})", "step": step, "steps": 20, **values}
        found = shown(**given)
        view = found.panel.view
        assert 0 < view.y_low < view.y_high < math.inf
        assert view.x_low < view.x_high
        for readout in found.readouts:
            assert (readout.value is None) == (readout.reason is not None)
        for text in found.said:
            assert str(text)[-1] == "."
            assert "nan" not in str(text)
