"""Writes torch_reference.json: what PyTorch's optimizers do, in float64, to be compared with ours.

Run it with a Python that has torch 2.13.0 (the program itself does not need it):

    python tests/data/make_torch_reference.py
"""

import json
from pathlib import Path

import torch

STEPS = 300
KEPT = (1, 2, 3, 10, 50, 100, 200, 300)


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def beale(x, y):
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


SURFACES = {"rosenbrock": (rosenbrock, (-1.2, 1.0)), "beale": (beale, (1.0, 1.0))}

# Our call, then PyTorch's.
CASES = {
    "gd(lr=0.0005)": lambda p: torch.optim.SGD(p, lr=0.0005),
    "gd(lr=0.0005, weight_decay=0.1)": lambda p: torch.optim.SGD(p, lr=0.0005, weight_decay=0.1),
    "momentum(lr=0.0002, beta=0.9)": lambda p: torch.optim.SGD(p, lr=0.0002, momentum=0.9),
    "momentum(lr=0.002, beta=0.9, averaged=true)": lambda p: torch.optim.SGD(p, lr=0.0002, momentum=0.9),
    "nesterov(lr=0.0002, beta=0.9)": lambda p: torch.optim.SGD(p, lr=0.0002, momentum=0.9, nesterov=True),
    "momentum(lr=0.0002, beta=0.8, nesterov=true, weight_decay=0.05)": lambda p: torch.optim.SGD(
        p, lr=0.0002, momentum=0.8, nesterov=True, weight_decay=0.05
    ),
    "adagrad": lambda p: torch.optim.Adagrad(p),
    "adagrad(lr=0.3, eps=0.001, weight_decay=0.1)": lambda p: torch.optim.Adagrad(
        p, lr=0.3, eps=0.001, weight_decay=0.1
    ),
    "rmsprop": lambda p: torch.optim.RMSprop(p),
    "rmsprop(lr=0.005, alpha=0.99, eps=0.01)": lambda p: torch.optim.RMSprop(
        p, lr=0.005, alpha=0.99, eps=0.01
    ),
    "adam": lambda p: torch.optim.Adam(p),
    "adam(lr=0.05, betas=(0.8, 0.99), eps=0.001, weight_decay=0.1)": lambda p: torch.optim.Adam(
        p, lr=0.05, betas=(0.8, 0.99), eps=0.001, weight_decay=0.1
    ),
    "adamw": lambda p: torch.optim.AdamW(p),
    "adamw(lr=0.05, weight_decay=0.1, maximize=true)": lambda p: torch.optim.AdamW(
        p, lr=0.05, weight_decay=0.1, maximize=True
    ),
    "gd(lr=0.0001, weight_decay=0.1, maximize=true)": lambda p: torch.optim.SGD(
        p, lr=0.0001, weight_decay=0.1, maximize=True
    ),
}
# Where climbing would overflow within the run, fewer steps are taken.
SHORT = 5


def path(make, surface, start, steps, kept_steps=KEPT):
    point = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in start]
    optimizer = make(point)
    kept = {}
    for step in range(1, steps + 1):
        optimizer.zero_grad()
        surface(*point).backward()
        optimizer.step()
        if step in kept_steps:
            kept[step] = [value.item() for value in point]
    return kept


def main():
    rows = []
    for name, (surface, start) in SURFACES.items():
        for call, make in CASES.items():
            steps = SHORT if "maximize" in call and call.startswith("gd") else STEPS
            rows.append({"surface": name, "racer": call, "path": path(make, surface, start, steps)})
    target = Path(__file__).with_name("torch_reference.json")
    text = json.dumps({"torch": torch.__version__, "rows": rows}, indent=1)
    target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
