r"""Lagrange's primes written as Leibniz wrote them: f′(x₀) as df/dx at x₀. LaTeX in, LaTeX out.

Lessons and scenes write primes. Whoever prefers quotients has every formula pass through here on its way to
the typesetter, so that nothing is written twice:

    f'(x), f''(x), u'         \frac{df}{dx}, \frac{d^2f}{dx^2}, \frac{du}{dx}
    f'(x_0), f'(2)            the same at a place: \left.\frac{df}{dx}\right|_{x_0}, …|_{x=2}
    (\sin x)', \sigma'(z)     \frac{d}{dx}(\sin x), \frac{d\sigma}{dz}

What is in \text{…} is left alone.
"""

from __future__ import annotations

import re

VARIABLE = "x"
"""What a formula depends on where nothing names it."""

_PRIMES = re.compile(r"'+|\^\{?(?:\\prime\s*)+\}?|′+")
_COMMAND = re.compile(r"\\[A-Za-z]+\s*|\\.")
_LETTER = re.compile(r"[A-Za-z]|\\(?:sigma|phi|varphi|psi|rho|theta|mu|lambda|ell)(?![A-Za-z])")
_VARIABLE = re.compile(r"(?P<letter>[A-Za-z]|\\(?:theta|alpha|beta|omega)(?![A-Za-z]))")
_INDEXED = re.compile(r"(?P<letter>[A-Za-z])_(?:[A-Za-z0-9]|\{[^{}]*\})")
_NUMBER = re.compile(r"-?[0-9.]+")
_OPENING, _CLOSING = re.compile(r"\\left\(|\(|\\bigl\("), re.compile(r"\\right\)|\)|\\bigr\)")
_TEXT = re.compile(r"\\(?:text|mathrm|textbf|operatorname)\s*\{[^{}]*\}")


def in_leibniz(latex: str) -> str:
    r"""The formula with quotients for primes.

    >>> in_leibniz("f'(x) = 2x")
    '\\frac{df}{dx} = 2x'
    >>> in_leibniz("f''(x_0)")
    '\\left.\\frac{d^2f}{dx^2}\\right|_{x_0}'
    """
    out: list[str] = []
    position = 0
    while position < len(latex):
        read = _text(latex, position) or _primed(latex, position) or _plain(latex, position)
        written, position = read
        out.append(written)
    return "".join(out)


def _text(latex: str, position: int) -> tuple[str, int] | None:
    found = _TEXT.match(latex, position)
    return (found[0], found.end()) if found else None


def _plain(latex: str, position: int) -> tuple[str, int]:
    found = _COMMAND.match(latex, position)
    end = found.end() if found else position + 1
    return latex[position:end], end


def _primed(latex: str, position: int) -> tuple[str, int] | None:
    """A letter or a bracket with primes, and where it ends; None if nothing such stands here."""
    letter = _LETTER.match(latex, position)
    group_end = None if letter else _group_end(latex, position)
    end = letter.end() if letter else group_end
    primes = _PRIMES.match(latex, end) if end is not None else None
    if end is None or primes is None:
        return None
    order = primes[0].count("'") + primes[0].count("′") + primes[0].count("prime")
    if group_end is not None:
        inner = in_leibniz(latex[position:group_end])
        return _quotient("", VARIABLE, order) + inner, primes.end()
    function = latex[position:end]
    after = _group_end(latex, primes.end())
    if after is None:
        return _quotient(function, "t" if function == VARIABLE else VARIABLE, order) + " ", primes.end()
    argument = _inside(latex[primes.end() : after])
    return _at(function, argument, order), after


def _at(function: str, argument: str, order: int) -> str:
    """The derivative of a function where its argument stands."""
    if _VARIABLE.fullmatch(argument):
        return _quotient(function, argument, order)
    indexed = _INDEXED.fullmatch(argument)
    if indexed:
        return rf"\left.{_quotient(function, indexed['letter'], order)}\right|_{{{argument}}}"
    name = VARIABLE if _NUMBER.fullmatch(argument) else "u"
    return rf"\left.{_quotient(function, name, order)}\right|_{{{name}={in_leibniz(argument)}}}"


def _quotient(function: str, variable: str, order: int) -> str:
    space = " " if variable.startswith("\\") else ""
    if order == 1:
        return rf"\frac{{d{_spaced(function)}}}{{d{space}{variable}}}"
    return rf"\frac{{d^{order}{_spaced(function)}}}{{d{space}{variable}^{order}}}"


def _spaced(function: str) -> str:
    return " " + function if function.startswith("\\") else function


def _inside(group: str) -> str:
    opening, closing = _OPENING.match(group), list(_CLOSING.finditer(group))[-1]
    assert opening is not None
    return group[opening.end() : closing.start()].strip()


def _group_end(latex: str, position: int) -> int | None:
    """Where the bracket that opens at `position` ends; None if none opens, or it never closes."""
    if not _OPENING.match(latex, position):
        return None
    depth = 0
    while position < len(latex):
        opening, closing = _OPENING.match(latex, position), _CLOSING.match(latex, position)
        if opening:
            depth, position = depth + 1, opening.end()
        elif closing:
            depth, position = depth - 1, closing.end()
            if depth == 0:
                return position
        else:
            _, position = _plain(latex, position)
    return None
