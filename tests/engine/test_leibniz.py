"""Primes as quotients: by hand, as a textbook prints them."""

import pytest

from engine.leibniz import in_leibniz


@pytest.mark.parametrize(
    ("primes", "quotients"),
    [
        ("f(x)", "f(x)"),
        ("f'(x)", r"\frac{df}{dx}"),
        ("f'(t)", r"\frac{df}{dt}"),
        ("g''(x)", r"\frac{d^2g}{dx^2}"),
        (r"f^{\prime\prime}(x)", r"\frac{d^2f}{dx^2}"),
        ("f'(x_0)", r"\left.\frac{df}{dx}\right|_{x_0}"),
        ("f'(2)", r"\left.\frac{df}{dx}\right|_{x=2}"),
        ("f'(g(x))", r"\left.\frac{df}{du}\right|_{u=g(x)}"),
        (r"f'\left(g(x)\right)g'(x)", r"\left.\frac{df}{du}\right|_{u=g(x)}\frac{dg}{dx}"),
        ("(uv)' = u'v + uv'", r"\frac{d}{dx}(uv) = \frac{du}{dx} v + u\frac{dv}{dx} "),
        (r"(\sin x)' = \cos x", r"\frac{d}{dx}(\sin x) = \cos x"),
        (r"\left(\frac{u}{v}\right)'", r"\frac{d}{dx}\left(\frac{u}{v}\right)"),
        (r"\sigma'(z)", r"\frac{d \sigma}{dz}"),
        (r"f'(\theta)", r"\frac{df}{d \theta}"),
        (r"\text{Newton's } f'", r"\text{Newton's } \frac{df}{dx} "),
        ("f′(x)", r"\frac{df}{dx}"),
        (r"\frac{f'(x)}{2}", r"\frac{\frac{df}{dx}}{2}"),
        ("(f'(x))'", r"\frac{d}{dx}(\frac{df}{dx})"),
        ("(a + b)(c)", "(a + b)(c)"),
        ("f'(x", "\\frac{df}{dx} (x"),
        ("'", "'"),
        ("", ""),
    ],
)
def test_as_a_textbook_prints_it(primes, quotients):
    assert in_leibniz(primes) == quotients


def test_a_long_line_of_brackets_is_read_in_time():
    deep = "(" * 300 + "x" + ")" * 300 + "'"
    assert in_leibniz(deep).startswith(r"\frac{d}{dx}((")
