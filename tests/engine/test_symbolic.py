"""To SymPy and back, and a child process that can be killed."""

import ast
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sympy

import engine
from engine import answers, symbolic
from engine.expression import parse, to_text
from engine.nodes import Number, Power, Undefined
from engine.rules import derivative
from engine.symbolic import NotRealError, from_sympy, to_sympy
from engine.symbolic_process import SymbolicProcess
from engine.vocabulary import FUNCTIONS

ROOT = Path(engine.__file__).parents[1]
x, y = sympy.Symbol("x", real=True), sympy.Symbol("y", real=True)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("3x^2 - 4x", 3 * x**2 - 4 * x),
        ("x/2 + 1/3", x / 2 + sympy.Rational(1, 3)),
        ("0.1x", x / 10),
        ("2^x", 2**x),
        ("e^(pi x)", sympy.exp(sympy.pi * x)),
        ("tau", 2 * sympy.pi),
        ("x^(1/3)", sympy.sign(x) * sympy.Abs(x) ** sympy.Rational(1, 3)),
        ("x^(2/3)", sympy.Abs(x) ** sympy.Rational(2, 3)),
        ("sqrt(x^2)", sympy.Abs(x)),
        ("log_2(x)", sympy.log(x) / sympy.log(2)),
        ("log(x, 3)", sympy.log(x) / sympy.log(3)),
        ("sigmoid(x)", 1 / (1 + sympy.exp(-x))),
        ("relu(x)", sympy.Max(0, x)),
        ("max(x, y, 1)", sympy.Max(1, x, y)),
        ("(x > 0)*x", x * sympy.Piecewise((1, x > 0), (0, True))),
        ("-x if x < 0 else x", sympy.Piecewise((-x, x < 0), (x, True))),
        ("atan(x)", sympy.atan(x)),
    ],
)
def test_to_sympy(typed, expected):
    assert to_sympy(parse(typed, ("x", "y"))) == expected


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_goes_there_and_its_value_stays(name):
    entry = FUNCTIONS[name]
    arguments = ("0.3", "0.7", "0.2")[: max(entry.minimum, 1)]
    if name == "acosh":
        arguments = ("1.3",)
    formula = f"{name}({', '.join(arguments)})"
    node = parse(formula)
    assert answers.equivalent(node, parse(repr(float(to_sympy(node))))) is not False


@pytest.mark.parametrize(
    "typed",
    [
        "x", "x + y", "x - y", "-x", "x*y/2", "(x + 1)/(y - 1)", "-x/(x + 1)", "x^2*y^-3", "1/x", "1/x^2",
        "sqrt(x)", "1/sqrt(x + 1)", "x^1.5", "cbrt(x)", "x^(2/3)", "e^x", "e^-x", "x e^-x", "2^x", "x^y",
        "pi x", "e", "ln(x)/ln(2)", "sin(x)^2", "sec x", "tanh(x) + asinh(x)", "atan(x y)", "|x|", "sign(x)",
        "floor(x)", "ceil(x)", "max(x, y, 1)", "min(x, y)", "sigmoid(x)", "relu(x)", "gelu(x)", "softplus(x)",
        "step(x)", "erf(x)", "(x > 0)*x", "-x if x < 0 else x^2",
        "x if x < 0 and y >= 1 or not x != 2 else y",
        "0.1x + 1e-3", "-3/4 x", "(x - y)^3", "-(x + y)", "(x > y) + (x <= 3)",
    ],
)  # fmt: skip
def test_there_and_back(typed):
    node = parse(typed, ("x", "y"))
    back = from_sympy(to_sympy(node))
    assert parse(to_text(back), ("x", "y")) is back
    assert answers.equivalent(node, back) is True


def test_what_rules_leave_undefined():
    node = derivative(parse("|x| + relu(x)"), "x")
    back = from_sympy(to_sympy(node))
    assert answers.equivalent(node, back) is True
    assert from_sympy(sympy.nan) is Undefined()


@pytest.mark.parametrize(
    "expression",
    [sympy.I, sympy.oo, sympy.zoo, x + sympy.I, sympy.gamma(x), sympy.Integral(x, x), sympy.LambertW(x)],
)
def test_what_has_no_real_formula(expression):
    with pytest.raises(NotRealError):
        from_sympy(expression)


@pytest.mark.timeout(20)
def test_a_towering_power_is_not_worked_out():
    nine = Number(9)
    assert str(to_sympy(Power(nine, Power(nine, nine)))) == "9**387420489"
    assert to_sympy(parse("2^100")) == 2**100


@pytest.mark.parametrize(
    ("typed", "simple"),
    [
        ("(x^2 - 1)/(x - 1)", "x + 1"),
        ("sin(x)^2 + cos(x)^2", "1"),
        ("x + x + x", "3*x"),
        ("3*x", "3*x"),
        ("x*e^x/x", "e^x"),
    ],
)
def test_simplify(typed, simple):
    assert to_text(symbolic.simplify(parse(typed))) == simple


def test_equivalence():
    assert symbolic.equivalent(parse("sin(2x)"), parse("2 sin x cos x")) is True
    assert symbolic.equivalent(parse("sin(2x)"), parse("2 sin x")) is False


def test_sympy_decides_where_numbers_cannot():
    one, other = parse("ln(-1 - x^2)"), parse("ln(-x^2 - 1)")
    assert answers.equivalent(one, other, symbolic.equivalent) is True


def test_no_text_ever_reaches_sympy():
    tree = ast.parse((ROOT / "engine" / "symbolic.py").read_text(encoding="utf-8"))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert used.isdisjoint({"sympify", "S", "parse_expr", "lambdify", "eval", "exec", "symbols", "var"})


@pytest.fixture
def process():
    with SymbolicProcess(timeout=30) as process:
        yield process
    assert not process.running
    assert multiprocessing.active_children() == []


def test_the_child_answers(process):
    process.warm_up()
    assert process.simplify(parse("(x^2 - 1)/(x - 1)")).value is parse("x + 1")
    assert process.equivalent(parse("sin(θ)^2", ("theta",)), parse("1 - cos(θ)^2", ("theta",))).value is True
    assert process.equivalent(parse("x"), parse("y", ("y",))).value is False


def test_what_takes_too_long_is_killed_and_the_next_request_answered(process, monkeypatch):
    assert process.equivalent(parse("x"), parse("x + 1")).value is False
    before = process._child
    slow = parse("(" + "+".join(f"sin(x+{n})^{n}" for n in range(2, 40)) + ")^40")
    started = time.monotonic()
    result = process.simplify(slow, timeout=0.3)
    assert time.monotonic() - started < 10
    assert result.value is None
    assert "0.3 seconds" in str(result.reason)
    assert before is not process._child
    with pytest.raises(ValueError, match="closed"):  # which a process that lives cannot be
        before.is_alive()
    assert process.equivalent(parse("x"), parse("x + 0")).value is True


def test_a_child_that_dies_is_replaced(process):
    assert process.equivalent(parse("x"), parse("x + 1")).value is False
    process._child.kill()
    process._child.join()
    assert process.equivalent(parse("2x"), parse("x + x")).value is True


def test_closing_ends_a_request_under_way(process):
    process.equivalent(parse("x"), parse("2x"))
    slow = parse("(" + "+".join(f"sin(x+{n})^{n}" for n in range(2, 40)) + ")^40")
    results = []
    waiting = threading.Thread(target=lambda: results.append(process.simplify(slow, timeout=60)))
    waiting.start()
    time.sleep(0.2)
    process.close()
    waiting.join(10)
    assert not waiting.is_alive()
    (result,) = results
    assert result.value is None
    assert str(result.reason)
    assert process.simplify(parse("x")).value is None
    assert not process.running


def test_two_threads_take_turns(process):
    found = {}

    def ask(number):
        found[number] = process.equivalent(parse(f"{number}x"), parse(f"x*{number}")).value

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == dict.fromkeys(range(2, 6), True)


UNGUARDED = """
import sys
print("main ran")
from engine.expression import parse
from engine.symbolic_process import SymbolicProcess
process = SymbolicProcess(timeout=30)
result = process.equivalent(parse("sin(x)^2"), parse("1 - cos(x)^2"))
print(result.value, "sympy" in sys.modules, process._child.pid)
{end}
"""


@pytest.mark.parametrize("end", ["process.close()", "pass", "import os; os._exit(0)"])
def test_a_script_without_a_guard(tmp_path, end):
    script = tmp_path / "main.py"
    script.write_text(UNGUARDED.format(end=end))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=60
    )
    first, second = ended.stdout.splitlines()
    assert first == "main ran"
    verdict, imported, child = second.split()
    assert (verdict, imported) == ("True", "False")
    assert ended.stderr == ""
    assert _gone(int(child))


def _gone(child: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not _alive(child):
            return True
        time.sleep(0.05)
    return False


def _alive(child: int) -> bool:
    if sys.platform == "win32":
        listed = subprocess.run(["tasklist", "/FI", f"PID eq {child}"], capture_output=True, text=True)
        return str(child) in listed.stdout
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(child)], capture_output=True, text=True)
    return listed.stdout.strip()[:1] not in ("", "Z")


def test_importing_the_process_does_not_import_sympy():
    code = "import sys, engine.symbolic_process, engine.answers; print({'sympy', 'scipy'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.stdout.strip() == "set()"
