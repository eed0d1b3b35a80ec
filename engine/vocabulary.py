"""The words a formula may use: functions, constants, Greek letters, and the many ways to write each.

To add a function, give it a row here, its derivative in `rules.py`, its values in `arithmetic.py`, its code
in `numpy_code.py` and, if SymPy calls it something else, its form in `symbolic.py`; the tests fail until all
of them exist.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.text import Text


@dataclass(frozen=True)
class FunctionEntry:
    """One function: how it is called, typeset and read aloud."""

    name: str
    latex: str
    spoken: Text
    minimum: int = 1
    maximum: int | None = 1  # None: any number of arguments
    aliases: tuple[str, ...] = ()
    inverse: str | None = None  # what name^-1 means

    def accepts(self, count: int) -> bool:
        """Whether it can be called with `count` arguments."""
        return count >= self.minimum and (self.maximum is None or count <= self.maximum)


_ENTRIES = (
    FunctionEntry("sin", r"\sin", Text("sine"), inverse="asin"),
    FunctionEntry("cos", r"\cos", Text("cosine"), inverse="acos"),
    FunctionEntry("tan", r"\tan", Text("tangent"), inverse="atan", aliases=("tg",)),
    FunctionEntry("sec", r"\sec", Text("secant")),
    FunctionEntry("csc", r"\csc", Text("cosecant"), aliases=("cosec",)),
    FunctionEntry("cot", r"\cot", Text("cotangent"), aliases=("ctg",)),
    FunctionEntry("asin", r"\arcsin", Text("arc sine"), aliases=("arcsin",), inverse="sin"),
    FunctionEntry("acos", r"\arccos", Text("arc cosine"), aliases=("arccos",), inverse="cos"),
    FunctionEntry("atan", r"\arctan", Text("arc tangent"), aliases=("arctan", "arctg"), inverse="tan"),
    FunctionEntry("sinh", r"\sinh", Text("hyperbolic sine"), inverse="asinh"),
    FunctionEntry("cosh", r"\cosh", Text("hyperbolic cosine"), inverse="acosh"),
    FunctionEntry("tanh", r"\tanh", Text("hyperbolic tangent"), inverse="atanh"),
    FunctionEntry(
        "asinh",
        r"\operatorname{arsinh}",
        Text("inverse hyperbolic sine"),
        aliases=("arsinh", "arcsinh"),
        inverse="sinh",
    ),
    FunctionEntry(
        "acosh",
        r"\operatorname{arcosh}",
        Text("inverse hyperbolic cosine"),
        aliases=("arcosh", "arccosh"),
        inverse="cosh",
    ),
    FunctionEntry(
        "atanh",
        r"\operatorname{artanh}",
        Text("inverse hyperbolic tangent"),
        aliases=("artanh", "arctanh"),
        inverse="tanh",
    ),
    FunctionEntry("exp", r"\exp", Text("the exponential function"), inverse="ln"),
    FunctionEntry("ln", r"\ln", Text("the natural logarithm"), inverse="exp"),
    FunctionEntry("log", r"\log", Text("the logarithm"), maximum=2),  # log(x) is ln x; log(x, b) has base b
    FunctionEntry("log2", r"\log_{2}", Text("the logarithm to base 2"), aliases=("lb",)),
    FunctionEntry("log10", r"\log_{10}", Text("the logarithm to base 10"), aliases=("lg",)),
    FunctionEntry("sqrt", r"\sqrt", Text("the square root")),
    FunctionEntry("cbrt", r"\sqrt[3]", Text("the cube root")),
    FunctionEntry("abs", "", Text("the absolute value")),
    FunctionEntry("sign", r"\operatorname{sign}", Text("the sign"), aliases=("sgn",)),
    FunctionEntry("floor", "", Text("the floor")),
    FunctionEntry("ceil", "", Text("the ceiling"), aliases=("ceiling",)),
    FunctionEntry("min", r"\min", Text("the smallest"), minimum=2, maximum=None),
    FunctionEntry("max", r"\max", Text("the largest"), minimum=2, maximum=None),
    FunctionEntry("sigmoid", r"\sigma", Text("the sigmoid"), aliases=("logistic", "expit")),
    FunctionEntry("relu", r"\operatorname{ReLU}", Text("ReLU"), aliases=("ReLU",)),
    FunctionEntry("gelu", r"\operatorname{GELU}", Text("GELU"), aliases=("GELU",)),
    FunctionEntry("softplus", r"\operatorname{softplus}", Text("softplus")),
    FunctionEntry("step", r"\operatorname{step}", Text("the unit step"), aliases=("heaviside",)),
    FunctionEntry("erf", r"\operatorname{erf}", Text("the error function")),
)

FUNCTIONS: dict[str, FunctionEntry] = {entry.name: entry for entry in _ENTRIES}
"""Every function a learner can type, by its one name in the tree."""

SPELLINGS: dict[str, str] = {
    spelling: entry.name for entry in _ENTRIES for spelling in (entry.name, *entry.aliases)
}
"""Every way to write a function's name."""

# What a derivative may contain but nobody types: a slope that a corner interrupts. Written like the
# function they equal everywhere else; 0 at the corner where a subgradient is asked for.
CORNERED: dict[str, str] = {"abs_slope": "sign", "relu_slope": "step"}

CONSTANTS: dict[str, str] = {"pi": "pi", "π": "pi", "e": "e", "tau": "tau", "τ": "tau"}
"""Every way to write a constant, to its one name."""

GREEK: dict[str, str] = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "ρ": "rho",
    "σ": "sigma", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "τ": "tau", "π": "pi",
    "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Σ": "Sigma", "Φ": "Phi", "Ω": "Omega",
}  # fmt: skip
"""Greek letters as they are typed, to the names that variables have in the tree."""

SUBSCRIPT_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SUPERSCRIPT_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
FRACTIONS: dict[str, tuple[int, int]] = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅙": (1, 6), "⅛": (1, 8),
}  # fmt: skip


def spelled(name: str) -> str:
    """A variable's name as the tree keeps it: Greek spelled out, subscript digits on the line.

    >>> spelled("θ"), spelled("w₁"), spelled("x_0")
    ('theta', 'w1', 'x_0')
    """
    return "".join(GREEK.get(letter, letter) for letter in name).translate(SUBSCRIPT_DIGITS)
