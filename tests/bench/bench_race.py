"""A race of 12 racers × 500 steps, beside plain training loops: `python -m uv run tests/bench/bench_race.py`.

The first table is the computing: the same twelve runs, every loss and place kept, by the program, whose
surface is a formula that was typed, and by a loop of optimizer classes as PyTorch has them (parameter groups,
a state for each parameter, `step`, `zero_grad`), whose gradient is written out by hand. Its parameters are
two floats, or one NumPy array of two. Every run starts elsewhere, as after a drag, and all have to go one way.

The second is what a learner waits for at 1280 × 720: a figure after a drag, a frame of the playing race (its
figure, and the repaint of the whole canvas), and the same in the window, from the transport to the painted
pixels with everything around the picture. Times are in milliseconds; none is asserted.

    bench_race.py             all of it
    bench_race.py --profile   where the time of the computing and of a frame goes
"""

from __future__ import annotations

import cProfile
import math
import os
import pstats
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from bench_window import HEIGHT, WIDTH, Program, drag, first_handle
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from engine.actions import Seek
from engine.race import race
from engine.scene import changed, make_scene
from engine.storage import Profile
from gui.app import Shell, make_application
from gui.canvas.canvas import Canvas
from gui.theme import theme_named

STEPS = 500
DRAGS, FRAMES, WARM_UP = 40, 150, 15
SURFACE = "sin(x) + y^2/2 + 0.1*x*y"


def loss_and_slopes(x: float, y: float) -> tuple[float, tuple[float, float]]:
    """sin x + ½ y² + xy/10, and its gradient."""
    return math.sin(x) + 0.5 * y * y + 0.1 * x * y, (math.cos(x) + 0.1 * y, y + 0.1 * x)


# A training library in small: what a parameter and an optimizer are in PyTorch.


class Parameter:
    """What is trained: a float or an array, and its gradient."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.grad: Any = None


class Optimizer:
    """Groups of parameters with their settings, and a state for each parameter."""

    def __init__(self, parameters: list[Parameter], **defaults: Any) -> None:
        self.param_groups = [{"params": list(parameters), **defaults}]
        self.state: dict[Parameter, dict[str, Any]] = defaultdict(dict)

    def zero_grad(self) -> None:
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    def step(self) -> None:
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                grad = parameter.grad
                if group["weight_decay"] != 0.0 and not group.get("decoupled"):
                    grad = grad + group["weight_decay"] * parameter.data
                self.update(parameter, grad, self.state[parameter], group)

    def update(self, parameter: Parameter, grad: Any, state: dict[str, Any], group: dict[str, Any]) -> None:
        raise NotImplementedError


class SGD(Optimizer):
    def __init__(self, parameters, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(parameters, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)

    def update(self, parameter, grad, state, group):
        if group["momentum"] != 0.0:
            buffer = state.get("momentum_buffer")
            buffer = grad if buffer is None else group["momentum"] * buffer + grad
            state["momentum_buffer"] = buffer
            grad = grad + group["momentum"] * buffer if group["nesterov"] else buffer
        parameter.data = parameter.data - group["lr"] * grad


class Adagrad(Optimizer):
    def __init__(self, parameters, lr, eps=1e-10, weight_decay=0.0):
        super().__init__(parameters, lr=lr, eps=eps, weight_decay=weight_decay)

    def update(self, parameter, grad, state, group):
        state["sum"] = state.get("sum", 0.0) + grad * grad
        parameter.data = parameter.data - group["lr"] * grad / (state["sum"] ** 0.5 + group["eps"])


class Adadelta(Optimizer):
    def __init__(self, parameters, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0):
        super().__init__(parameters, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay)

    def update(self, parameter, grad, state, group):
        if not state:
            state["square_avg"] = state["acc_delta"] = 0.0
        rho, eps = group["rho"], group["eps"]
        state["square_avg"] = rho * state["square_avg"] + (1 - rho) * grad * grad
        delta = (state["acc_delta"] + eps) ** 0.5 / (state["square_avg"] + eps) ** 0.5 * grad
        state["acc_delta"] = rho * state["acc_delta"] + (1 - rho) * delta * delta
        parameter.data = parameter.data - group["lr"] * delta


class RMSprop(Optimizer):
    def __init__(self, parameters, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
        super().__init__(parameters, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay)

    def update(self, parameter, grad, state, group):
        alpha = group["alpha"]
        state["square_avg"] = alpha * state.get("square_avg", 0.0) + (1 - alpha) * grad * grad
        parameter.data = parameter.data - group["lr"] * grad / (state["square_avg"] ** 0.5 + group["eps"])


class Adam(Optimizer):
    def __init__(self, parameters, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False):
        super().__init__(parameters, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad)

    def update(self, parameter, grad, state, group):
        if not state:
            state.update(step=0, exp_avg=0.0, exp_avg_sq=0.0, max_exp_avg_sq=0.0)
        state["step"] += 1
        beta1, beta2 = group["betas"]
        state["exp_avg"] = beta1 * state["exp_avg"] + (1 - beta1) * grad
        square = state["exp_avg_sq"] = beta2 * state["exp_avg_sq"] + (1 - beta2) * grad * grad
        if group["amsgrad"]:
            larger = np.maximum if isinstance(square, np.ndarray) else max
            square = state["max_exp_avg_sq"] = larger(state["max_exp_avg_sq"], square)
        bias1, bias2 = 1 - beta1 ** state["step"], 1 - beta2 ** state["step"]
        denominator = (square / bias2) ** 0.5 + group["eps"]
        parameter.data = parameter.data - group["lr"] / bias1 * state["exp_avg"] / denominator


class AdamW(Adam):
    def __init__(self, parameters, lr, weight_decay=1e-2):
        super().__init__(parameters, lr, weight_decay=weight_decay)
        self.param_groups[0]["decoupled"] = True

    def update(self, parameter, grad, state, group):
        parameter.data = parameter.data * (1 - group["lr"] * group["weight_decay"])
        super().update(parameter, grad, state, group)


class NAdam(Optimizer):
    def __init__(self, parameters, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3):
        super().__init__(
            parameters,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            momentum_decay=momentum_decay,
        )

    def update(self, parameter, grad, state, group):
        if not state:
            state.update(step=0, mu_product=1.0, exp_avg=0.0, exp_avg_sq=0.0)
        state["step"] += 1
        beta1, beta2 = group["betas"]
        mu = beta1 * (1 - 0.5 * 0.96 ** (state["step"] * group["momentum_decay"]))
        mu_next = beta1 * (1 - 0.5 * 0.96 ** ((state["step"] + 1) * group["momentum_decay"]))
        state["mu_product"] *= mu
        state["exp_avg"] = beta1 * state["exp_avg"] + (1 - beta1) * grad
        state["exp_avg_sq"] = beta2 * state["exp_avg_sq"] + (1 - beta2) * grad * grad
        denominator = (state["exp_avg_sq"] / (1 - beta2 ** state["step"])) ** 0.5 + group["eps"]
        ahead = grad * (1 - mu) / (1 - state["mu_product"])
        ahead = ahead + state["exp_avg"] * mu_next / (1 - state["mu_product"] * mu_next)
        parameter.data = parameter.data - group["lr"] * ahead / denominator


class Lion(Optimizer):
    def __init__(self, parameters, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(parameters, lr=lr, betas=betas, weight_decay=weight_decay)

    def update(self, parameter, grad, state, group):
        beta1, beta2 = group["betas"]
        average = state.get("exp_avg", 0.0)
        blend = beta1 * average + (1 - beta1) * grad
        sign = np.sign(blend) if isinstance(blend, np.ndarray) else (blend > 0) - (blend < 0)
        parameter.data = parameter.data - group["lr"] * sign
        state["exp_avg"] = beta2 * average + (1 - beta2) * grad


class QHM(Optimizer):
    def __init__(self, parameters, lr, beta=0.999, nu=0.7, weight_decay=0.0):
        super().__init__(parameters, lr=lr, beta=beta, nu=nu, weight_decay=weight_decay)

    def update(self, parameter, grad, state, group):
        beta, nu = group["beta"], group["nu"]
        state["buffer"] = beta * state.get("buffer", 0.0) + (1 - beta) * grad
        parameter.data = parameter.data - group["lr"] * ((1 - nu) * grad + nu * state["buffer"])


RACERS: dict[str, Callable[[list[Parameter]], Optimizer]] = {
    "gd(lr=0.05)": lambda p: SGD(p, 0.05),
    "momentum(lr=0.01, beta=0.9)": lambda p: SGD(p, 0.01, momentum=0.9),
    "nesterov(lr=0.01, beta=0.9)": lambda p: SGD(p, 0.01, momentum=0.9, nesterov=True),
    "adagrad(lr=0.2)": lambda p: Adagrad(p, 0.2),
    "adadelta(lr=1)": lambda p: Adadelta(p, 1.0),
    "rmsprop(lr=0.01)": lambda p: RMSprop(p, 0.01),
    "adam(lr=0.05)": lambda p: Adam(p, 0.05),
    "adamw(lr=0.05)": lambda p: AdamW(p, 0.05),
    "amsgrad(lr=0.05)": lambda p: Adam(p, 0.05, amsgrad=True),
    "nadam(lr=0.05)": lambda p: NAdam(p, 0.05),
    "lion(lr=0.01)": lambda p: Lion(p, 0.01),
    "qhm(lr=0.05)": lambda p: QHM(p, 0.05),
}
TWELVE = "; ".join(RACERS)


Path2D = tuple[list[Any], list[float]]
"""The places and the losses of a run."""


def trained_floats(x: float, y: float) -> list[Path2D]:
    """The twelve runs from (x, y): two parameters, each a float."""
    runs = []
    for make in RACERS.values():
        first, second = parameters = [Parameter(x), Parameter(y)]
        optimizer = make(parameters)
        places, losses = [(x, y)], []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss, (first.grad, second.grad) = loss_and_slopes(first.data, second.data)
            optimizer.step()
            losses.append(loss)
            places.append((first.data, second.data))
        losses.append(loss_and_slopes(*places[-1])[0])
        runs.append((places, losses))
    return runs


def trained_arrays(x: float, y: float) -> list[Path2D]:
    """The same with one parameter, an array of two numbers, as a tensor is one."""
    runs = []
    for make in RACERS.values():
        weights = Parameter(np.array([x, y]))
        optimizer = make([weights])
        places, losses = [weights.data], []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss, slopes = loss_and_slopes(*weights.data.tolist())
            weights.grad = np.array(slopes)
            optimizer.step()
            losses.append(loss)
            places.append(weights.data)
        losses.append(loss_and_slopes(*places[-1].tolist())[0])
        runs.append((places, losses))
    return runs


def raced(x: float, y: float) -> list[Path2D]:
    """The same by the program, from the text of the race on."""
    scene = make_scene("descent-2d", {"f": SURFACE})
    runners = race(scene.function("f"), TWELVE, x, y, STEPS)
    return [(runner.run.positions, runner.run.losses) for runner in runners]


def milliseconds(action: Callable[..., object], *operands: Any) -> float:
    start = time.perf_counter()
    action(*operands)
    return 1000 * (time.perf_counter() - start)


def starts(count: int) -> Iterator[tuple[float, float]]:
    """Places along a drag, never twice the same."""
    for number in range(count):
        yield -1.5 + 0.5 * math.sin(number / 17.0), 2.0 - number / 1000


def computing() -> None:
    """The same runs three ways, in turn: whatever else the machine does falls on all of them alike."""
    ways = {"the program": raced, "classes, floats": trained_floats, "classes, arrays": trained_arrays}
    ours, *theirs = [way(-1.5, 2.0) for way in ways.values()]
    for runs in theirs:
        for racer, run, own in zip(RACERS, runs, ours, strict=True):
            if not all(np.allclose(*pair, rtol=0, atol=1e-9) for pair in zip(run, own, strict=True)):
                raise SystemExit(f"{racer} goes another way.")
    times: dict[str, list[float]] = {name: [] for name in ways}
    for x, y in starts(DRAGS):
        for name, way in ways.items():
            times[name].append(milliseconds(way, x + 1e-6, y))
    unit = float(np.median(times["the program"]))
    print(f"{len(RACERS)} racers × {STEPS} steps, {DRAGS} starts, ms; ratio: over the program")
    for name, taken in times.items():
        median, slowest = np.percentile(taken, [50, 99])
        print(f"{name:<40}{median:8.1f}{slowest:8.1f}{median / unit:8.2f}")


def scene_of(step: int = -1, **values: Any) -> Any:
    return make_scene("descent-2d", {"f": SURFACE, "racers": TWELVE, "steps": STEPS, "step": step, **values})


def dragged_figures() -> Iterator[float]:
    scene = scene_of()
    for x, y in starts(DRAGS + WARM_UP):
        yield milliseconds(changed(scene, {"x": x, "y": y}).figure)


def dragged_and_shown(canvas: Canvas) -> Iterator[float]:
    """From the new start to the picture, repainted."""
    scene, image = scene_of(), QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)

    def answer(x: float, y: float) -> None:
        canvas.show_figure(changed(scene, {"x": x, "y": y + 0.3}).figure())
        QWidget.render(canvas, image)

    for x, y in starts(DRAGS + WARM_UP):
        yield milliseconds(answer, x, y)


def played(canvas: Canvas, with_figure: bool) -> Iterator[float]:
    """Frames of the playing race, evenly over all of its steps: the change, and the whole repaint."""
    scene, image = scene_of(), QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    for number in range(FRAMES + WARM_UP):
        step = number * STEPS // (FRAMES + WARM_UP)
        frame = changed(scene, {"step": step})
        ready = None if with_figure else frame.figure()

        def show(frame: Any = frame, ready: Any = ready) -> None:
            canvas.show_figure(ready or frame.figure())
            QWidget.render(canvas, image)

        yield milliseconds(show)


def played_in_window(program: Program) -> Iterator[float]:
    """From the transport's position to the painted window; the worker's time included."""
    send = program.shell.parts.controller.send
    for number in range(FRAMES + WARM_UP):
        position = number / (FRAMES + WARM_UP)
        yield milliseconds(answered, program, lambda at=position: send(Seek(at)))


def dragged_in_window(program: Program) -> Iterator[float]:
    """From a movement of the hand to the painted window with the race run anew."""
    frames = drag(program, first_handle(program))
    move = next(frames)
    for number in range(DRAGS + WARM_UP):
        yield milliseconds(answered, program, lambda at=number: move(at))
    next(frames, None)


def answered(program: Program, action: Callable[[], object]) -> None:
    """Act, and wait until the picture that follows is on the screen."""
    action()
    while True:
        program.settle()
        if not program.shell.parts.controller._worker.busy:
            break
        time.sleep(0.0002)
    program.settle()


def shown_canvas() -> Canvas:
    canvas = Canvas(theme=theme_named("light"))
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    QCoreApplication.processEvents()
    return canvas


def waiting() -> None:
    canvas = shown_canvas()
    rows: list[tuple[str, float, Iterator[float]]] = [
        ("figure after a drag", 60.0, dragged_figures()),
        ("figure and repaint after a drag", 60.0, dragged_and_shown(canvas)),
        ("frame while it plays: repaint", 14.0, played(canvas, with_figure=False)),
        ("frame while it plays: figure too", 14.0, played(canvas, with_figure=True)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(Profile(Path(folder)))
        program = Program(shell)
        program.explore("descent-2d", f=SURFACE, racers=TWELVE, steps=STEPS)
        rows.append(("window, played", 14.0, played_in_window(program)))
        rows.append(("window, start dragged", 60.0, dragged_in_window(program)))
        print(f"\n{WIDTH} × {HEIGHT}, ms (median, 99 %)")
        print(f"{'':<40}{'median':>8}{'99 %':>8}{'target':>9}")
        for name, target, times in rows:
            median, slowest = np.percentile(list(times)[WARM_UP:], [50, 99])
            print(f"{name:<40}{median:8.1f}{slowest:8.1f}{target:9.1f}")
        shell.close()
    canvas.close()


def profiles() -> None:
    canvas = shown_canvas()
    cases: dict[str, Callable[[], object]] = {
        "computing": lambda: [raced(x, y) for x, y in starts(DRAGS)],
        "figures after drags": lambda: list(dragged_figures()),
        "frames": lambda: list(played(canvas, with_figure=True)),
    }
    for name, action in cases.items():
        profile = cProfile.Profile()
        profile.runcall(action)
        print(f"\n{name}")
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
    canvas.close()


def main() -> None:
    application = make_application()
    if "--profile" in sys.argv:
        profiles()
    else:
        computing()
        waiting()
    del application


if __name__ == "__main__":
    main()
