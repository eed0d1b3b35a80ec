"""The NumPy of a regression: its points, its loss, its run over mini-batches, and the best there is."""

from __future__ import annotations

import textwrap

from engine.figure import Floats
from engine.scenes._regression_data import Now, Source

_LINEAR = """\
def loss(w, b):
    return np.mean((w * x + b - y) ** 2)


def gradient(w, b, part):
    miss = 2 * (w * x[part] + b - y[part])
    return np.mean(miss * x[part]), np.mean(miss)
"""

_LOGISTIC = """\
def loss(w, b):
    z = w * x + b
    return np.mean(np.logaddexp(0, z) - y * z)


def gradient(w, b, part):
    miss = 1 / (1 + np.exp(-(w * x[part] + b))) - y[part]
    return np.mean(miss * x[part]), np.mean(miss)
"""

_BEST = """\
best_w = np.cov(x, y, bias=True)[0, 1] / np.var(x)
print("best_w", best_w)
print("best_b", np.mean(y) - best_w * np.mean(x))
"""


def code(now: Now, source: Source, start: tuple[float, float]) -> str:
    """Runnable, and it prints the numbers on screen."""
    best = _BEST if now.kind == "linear" and now.best.why is None else ""
    order = "rng.permutation(len(x))" if now.batch < now.count else "np.arange(len(x))"
    return f"""import numpy as np

{_points(now, source)}

{_LINEAR if now.kind == "linear" else _LOGISTIC}

w, b = {start[0]!r}, {start[1]!r}
lr, batch, steps = {now.lr!r}, {now.batch}, {now.here}
rng = np.random.default_rng({now.shuffle})
step = 0
while step < steps:
    order = {order}
    for begin in range(0, len(x), batch):
        if step == steps:
            break
        slope_w, slope_b = gradient(w, b, order[begin : begin + batch])
        w, b = w - lr * slope_w, b - lr * slope_b
        step += 1

print("w", w)
print("b", b)
print("loss", loss(w, b))
{best}"""


def _points(now: Now, source: Source) -> str:
    if source.points.strip():
        x, y = (now.seen.raw[:, place] for place in now.seen.places)
        made = f"x = {_array(x)}\ny = {_array(y)}"
    else:
        made = f"""x = np.random.default_rng(({source.seed}, 0)).uniform(-1, 1, {source.size})
noise = np.random.default_rng(({source.seed}, 1)).standard_normal({source.size})
y = {source.slope!r} * x + {source.intercept!r} + {source.spread!r} * noise"""
        if now.kind == "logistic":
            made += "\ny = (y > 0).astype(float)"
    scale = now.seen.scale
    if scale is not None:
        made += f"\nx = (x - {scale.x_mean!r}) / {scale.x_spread!r}"
        made += f"\ny = (y - {scale.y_mean!r}) / {scale.y_spread!r}"
    return made


def _array(values: Floats) -> str:
    inside = textwrap.fill(", ".join(map(repr, values.tolist())), 96, break_long_words=False)
    return (
        f"np.array([{inside}])"
        if len(inside) < 80
        else "np.array([\n" + textwrap.indent(inside, "    ") + "\n])"
    )
