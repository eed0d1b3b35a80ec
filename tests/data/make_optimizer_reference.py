"""Writes optimizer_reference.json: every optimizer of ours that PyTorch has, in float64, 500 steps of each.

At least three settings each on two surfaces. The rates are those at which a run does not chatter across a
valley floor: there two orders of rounding part within 500 steps, and a comparison of ends says nothing. Run
it with a Python that has torch 2.13.0 (the program itself does not need it):

    python tests/data/make_optimizer_reference.py
"""

import json
from pathlib import Path

import torch

STEPS = 500
KEPT = (1, 2, 3, 10, 100, 300, STEPS)
CLIMB = 5
"""Steps of plain ascent: it would overflow within the run."""

optim = torch.optim


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def beale(x, y):
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


SURFACES = {"rosenbrock": (rosenbrock, (-1.2, 1.0)), "beale": (beale, (1.0, 1.0))}

# Our call, then PyTorch's.
CASES = {
    "gd(lr=0.0005)": lambda p: optim.SGD(p, lr=0.0005),
    "gd(lr=0.001, weight_decay=0.05)": lambda p: optim.SGD(p, lr=0.001, weight_decay=0.05),
    "gd(lr=0.0002)": lambda p: optim.SGD(p, lr=0.0002),
    "momentum(lr=0.0002, beta=0.9)": lambda p: optim.SGD(p, lr=0.0002, momentum=0.9),
    "momentum(lr=0.001, beta=0.5, weight_decay=0.01)": lambda p: optim.SGD(
        p, lr=0.001, momentum=0.5, weight_decay=0.01
    ),
    "momentum(lr=0.002, beta=0.8, averaged=true)": lambda p: optim.SGD(p, lr=0.0004, momentum=0.8),
    "nesterov(lr=0.0002, beta=0.9)": lambda p: optim.SGD(p, lr=0.0002, momentum=0.9, nesterov=True),
    "nesterov(lr=0.0005, beta=0.5, weight_decay=0.01)": lambda p: optim.SGD(
        p, lr=0.0005, momentum=0.5, nesterov=True, weight_decay=0.01
    ),
    "nesterov(lr=0.001, beta=0.8, averaged=true)": lambda p: optim.SGD(
        p, lr=0.0002, momentum=0.8, nesterov=True
    ),
    "adagrad(lr=0.01)": lambda p: optim.Adagrad(p, lr=0.01),
    "adagrad(lr=0.5)": lambda p: optim.Adagrad(p, lr=0.5),
    "adagrad(lr=0.1, eps=0.001, weight_decay=0.1)": lambda p: optim.Adagrad(
        p, lr=0.1, eps=0.001, weight_decay=0.1
    ),
    "adadelta(lr=0.05)": lambda p: optim.Adadelta(p, lr=0.05),
    "adadelta(lr=0.5, rho=0.99)": lambda p: optim.Adadelta(p, lr=0.5, rho=0.99),
    "adadelta(lr=0.05, rho=0.95, eps=1e-4, weight_decay=0.1)": lambda p: optim.Adadelta(
        p, lr=0.05, rho=0.95, eps=1e-4, weight_decay=0.1
    ),
    "rmsprop(lr=0.001)": lambda p: optim.RMSprop(p, lr=0.001),
    "rmsprop(lr=0.001, alpha=0.9)": lambda p: optim.RMSprop(p, lr=0.001, alpha=0.9),
    "rmsprop(lr=0.002, alpha=0.95, eps=0.1, weight_decay=0.1)": lambda p: optim.RMSprop(
        p, lr=0.002, alpha=0.95, eps=0.1, weight_decay=0.1
    ),
    "adam": lambda p: optim.Adam(p),
    "adam(lr=0.05)": lambda p: optim.Adam(p, lr=0.05),
    "adam(lr=0.02, betas=(0.8, 0.99), eps=0.001, weight_decay=0.1)": lambda p: optim.Adam(
        p, lr=0.02, betas=(0.8, 0.99), eps=0.001, weight_decay=0.1
    ),
    "adamw": lambda p: optim.AdamW(p),
    "adamw(lr=0.05, weight_decay=0.1)": lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.1),
    "adamw(lr=0.01, betas=(0.8, 0.99), eps=0.01, weight_decay=0.5)": lambda p: optim.AdamW(
        p, lr=0.01, betas=(0.8, 0.99), eps=0.01, weight_decay=0.5
    ),
    "amsgrad": lambda p: optim.Adam(p, amsgrad=True),
    "amsgrad(lr=0.05)": lambda p: optim.Adam(p, lr=0.05, amsgrad=True),
    "amsgrad(lr=0.1, betas=(0.8, 0.9), eps=0.001, weight_decay=0.1)": lambda p: optim.Adam(
        p, lr=0.1, betas=(0.8, 0.9), eps=0.001, weight_decay=0.1, amsgrad=True
    ),
    "nadam": lambda p: optim.NAdam(p),
    "nadam(lr=0.05)": lambda p: optim.NAdam(p, lr=0.05),
    "nadam(lr=0.02, betas=(0.8, 0.99), momentum_decay=0.05, eps=0.001, weight_decay=0.1)": lambda p: (
        optim.NAdam(p, lr=0.02, betas=(0.8, 0.99), momentum_decay=0.05, eps=0.001, weight_decay=0.1)
    ),
    # Defaults of a library are settings too; and to climb is to turn the gradient's sign.
    "gd(lr=0.0005, weight_decay=0.1)": lambda p: optim.SGD(p, lr=0.0005, weight_decay=0.1),
    "momentum(lr=0.002, beta=0.9, averaged=true)": lambda p: optim.SGD(p, lr=0.0002, momentum=0.9),
    "momentum(lr=0.0002, beta=0.8, nesterov=true, weight_decay=0.05)": lambda p: optim.SGD(
        p, lr=0.0002, momentum=0.8, nesterov=True, weight_decay=0.05
    ),
    "adagrad": lambda p: optim.Adagrad(p),
    "adagrad(lr=0.3, eps=0.001, weight_decay=0.1)": lambda p: optim.Adagrad(
        p, lr=0.3, eps=0.001, weight_decay=0.1
    ),
    "rmsprop": lambda p: optim.RMSprop(p),
    "rmsprop(lr=0.005, alpha=0.99, eps=0.01)": lambda p: optim.RMSprop(p, lr=0.005, alpha=0.99, eps=0.01),
    "adam(lr=0.05, betas=(0.8, 0.99), eps=0.001, weight_decay=0.1)": lambda p: optim.Adam(
        p, lr=0.05, betas=(0.8, 0.99), eps=0.001, weight_decay=0.1
    ),
    "adamw(lr=0.05, weight_decay=0.1, maximize=true)": lambda p: optim.AdamW(
        p, lr=0.05, weight_decay=0.1, maximize=True
    ),
    "gd(lr=0.0001, weight_decay=0.1, maximize=true)": lambda p: optim.SGD(
        p, lr=0.0001, weight_decay=0.1, maximize=True
    ),
}


def path(make, surface, start, steps):
    point = [torch.tensor(value, requires_grad=True) for value in start]
    optimizer = make(point)
    kept = {}
    for step in range(1, steps + 1):
        optimizer.zero_grad()
        surface(*point).backward()
        optimizer.step()
        if step in KEPT or step == steps:
            kept[step] = [value.item() for value in point]
    return kept


def main():
    torch.set_default_dtype(torch.float64)  # NAdam keeps a product of its own in the default type
    rows = []
    for name, (surface, start) in SURFACES.items():
        for call, make in CASES.items():
            steps = CLIMB if call.startswith("gd") and "maximize" in call else STEPS
            rows.append({"surface": name, "racer": call, "path": path(make, surface, start, steps)})
    target = Path(__file__).with_name("optimizer_reference.json")
    text = json.dumps({"torch": torch.__version__.partition("+")[0], "rows": rows}, indent=1)
    target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
