"""The slips of differentiating as false rules, each beside the true ones, and what is said to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engine import rules
from engine.algebra import ONE, TWO, ZERO, add, call, divide, is_zero, multiply, negate, power, subtract
from engine.constants import exact_value
from engine.nodes import Call, Constant, Difference, Node, Number, Power, Product, Quotient, Sum, Variable
from engine.rules import Derivative, Rule
from engine.text import Text

FalseRule = Callable[[Node, Derivative], Node | None]
"""The derivative that the slip gives; None where it cannot be made."""


class Slip(NamedTuple):
    """A mistake: what is said to whoever makes it, the true rules whose place it takes, the false rule."""

    say: Text
    rules: tuple[Rule, ...]
    apply: FalseRule


def _without_inner(node: Node, d: Derivative) -> Node | None:
    """f(u)′ = f′(u), u^n′ = n u^(n−1), a^v′ = a^v ln a."""
    match node:
        case Call(name, (u,)) if not isinstance(u, Variable):
            return rules.OUTER_DERIVATIVES[name](u)
        case Power(u, n) if is_zero(d(n)) and not isinstance(u, Variable):
            return multiply(n, power(u, _lowered(n)))
        case Power(a, v) if is_zero(d(a)) and not isinstance(v, Variable):
            return node if a is Constant("e") else multiply(node, call("ln", a))
        case Quotient(c, v) if is_zero(d(c)) and not isinstance(v, Variable):
            return negate(divide(c, power(v, TWO)))
    return None


def _inner_at_slope(node: Node, d: Derivative) -> Node | None:
    """f(u)′ = f′(u′), u^n′ = n u′^(n−1): the outer slope taken at the inner derivative."""
    match node:
        case Call(name, (u,)) if not isinstance(u, Variable):
            return rules.OUTER_DERIVATIVES[name](d(u))
        case Power(u, n) if is_zero(d(n)) and not isinstance(u, Variable):
            return multiply(n, power(d(u), _lowered(n)))
    return None


def _power_kept(node: Node, d: Derivative) -> Node | None:
    """u^n′ = n u^n u′."""
    assert isinstance(node, Power)
    return multiply(multiply(node.exponent, node), d(node.base))


def _number_not_in_front(node: Node, d: Derivative) -> Node | None:
    """u^n′ = u^(n−1) u′."""
    assert isinstance(node, Power)
    return multiply(power(node.base, _lowered(node.exponent)), d(node.base))


def _lowered_number_in_front(node: Node, d: Derivative) -> Node | None:
    """u^n′ = (n − 1) u^(n−1) u′."""
    assert isinstance(node, Power)
    n = _lowered(node.exponent)
    return multiply(multiply(n, power(node.base, n)), d(node.base))


def _power_raised(node: Node, d: Derivative) -> Node | None:
    """u^n′ = n u^(n+1) u′."""
    assert isinstance(node, Power)
    raised = _raised(node.exponent)
    return multiply(multiply(node.exponent, power(node.base, raised)), d(node.base))


def _power_lowered_by_two(node: Node, d: Derivative) -> Node | None:
    """u^n′ = n u^(n−2) u′."""
    assert isinstance(node, Power)
    return multiply(
        multiply(node.exponent, power(node.base, _lowered(_lowered(node.exponent)))), d(node.base)
    )


def _integrated(node: Node, d: Derivative) -> Node | None:
    """x^n′ = x^(n+1) / (n + 1)."""
    assert isinstance(node, Power)
    raised = _raised(node.exponent)
    return None if is_zero(raised) else multiply(divide(power(node.base, raised), raised), d(node.base))


def _as_power(node: Node, d: Derivative) -> Node | None:
    """a^v′ = v a^(v−1)."""
    assert isinstance(node, Power)
    return multiply(multiply(node.exponent, power(node.base, subtract(node.exponent, ONE))), d(node.exponent))


def _without_logarithm(node: Node, d: Derivative) -> Node | None:
    """a^v′ = a^v v′."""
    assert isinstance(node, Power)
    return None if node.base is Constant("e") else multiply(node, d(node.exponent))


def _logarithm_without_base(node: Node, d: Derivative) -> Node | None:
    """(log_b u)′ = u′ / u."""
    match node:
        case Call("log", (u, _)):
            return divide(d(u), u)
        case Call("log2" | "log10", (u,)):
            return divide(d(u), u)
    return None


def _logarithm_times_base(node: Node, d: Derivative) -> Node | None:
    """(log_b u)′ = u′ ln b / u."""
    match node:
        case Call("log", (u, b)):
            return divide(multiply(d(u), call("ln", b)), u)
    return None


def _other_sign(node: Node, d: Derivative) -> Node | None:
    """cos′ = sin, sin′ = −cos."""
    match node:
        case Call("sin" | "cos", (u,)):
            return negate(multiply(rules.OUTER_DERIVATIVES[node.name](u), d(u)))
    return None


def _unsquared_secant(node: Node, d: Derivative) -> Node | None:
    """tan′ = 1 / cos."""
    match node:
        case Call("tan", (u,)):
            return divide(d(u), call("cos", u))
    return None


def _term_by_term(node: Node, d: Derivative) -> Node | None:
    """(u v)′ = u′ v′."""
    assert isinstance(node, Product)
    return multiply(d(node.left), d(node.right))


def _minus_in_product(node: Node, d: Derivative) -> Node | None:
    """(u v)′ = u′ v − u v′."""
    assert isinstance(node, Product)
    u, v = node.left, node.right
    return subtract(multiply(d(u), v), multiply(u, d(v)))


def _half_of_product(node: Node, d: Derivative) -> Node | None:
    """(u v)′ = u′ v."""
    assert isinstance(node, Product)
    return multiply(d(node.left), node.right)


def _other_half_of_product(node: Node, d: Derivative) -> Node | None:
    """(u v)′ = u v′."""
    assert isinstance(node, Product)
    return multiply(node.left, d(node.right))


def _reciprocal_without_sign(node: Node, d: Derivative) -> Node | None:
    """(c / v)′ = c v′ / v²."""
    assert isinstance(node, Quotient)
    return divide(multiply(node.numerator, d(node.denominator)), power(node.denominator, TWO))


def _reciprocal_of_inner(node: Node, d: Derivative) -> Node | None:
    """(c / v)′ = c / v′."""
    assert isinstance(node, Quotient)
    below = d(node.denominator)
    return None if is_zero(below) else divide(node.numerator, below)


def _root_without_two(node: Node, d: Derivative) -> Node | None:
    """(√u)′ = u′ / √u."""
    match node:
        case Call("sqrt", (u,)):
            return divide(d(u), node)
    return None


def _upside_down(node: Node, d: Derivative) -> Node | None:
    """(u / v)′ = (u v′ − u′ v) / v²."""
    assert isinstance(node, Quotient)
    u, v = node.numerator, node.denominator
    return divide(subtract(multiply(u, d(v)), multiply(d(u), v)), power(v, TWO))


def _over_numerator(node: Node, d: Derivative) -> Node | None:
    """(u / v)′ = (u′ v − u v′) / u²."""
    assert isinstance(node, Quotient)
    u, v = node.numerator, node.denominator
    return divide(subtract(multiply(d(u), v), multiply(u, d(v))), power(u, TWO))


def _slopes_divided(node: Node, d: Derivative) -> Node | None:
    """(u / v)′ = u′ / v′."""
    assert isinstance(node, Quotient)
    below = d(node.denominator)
    return None if is_zero(below) else divide(d(node.numerator), below)


def _not_squared(node: Node, d: Derivative) -> Node | None:
    """(u / v)′ = (u′ v − u v′) / v."""
    assert isinstance(node, Quotient)
    u, v = node.numerator, node.denominator
    return divide(subtract(multiply(d(u), v), multiply(u, d(v))), v)


def _no_denominator(node: Node, d: Derivative) -> Node | None:
    """(u / v)′ = u′ v − u v′."""
    assert isinstance(node, Quotient)
    u, v = node.numerator, node.denominator
    return subtract(multiply(d(u), v), multiply(u, d(v)))


def _plus_in_quotient(node: Node, d: Derivative) -> Node | None:
    """(u / v)′ = (u′ v + u v′) / v²."""
    assert isinstance(node, Quotient)
    u, v = node.numerator, node.denominator
    return divide(add(multiply(d(u), v), multiply(u, d(v))), power(v, TWO))


def _constants_kept(node: Node, d: Derivative) -> Node | None:
    """(u + c)′ = u′ + c."""
    if not isinstance(node, (Sum, Difference)):
        return None
    if not (is_zero(d(node.left)) or is_zero(d(node.right))):
        return None
    left, right = (part if is_zero(d(part)) else d(part) for part in (node.left, node.right))
    return add(left, right) if isinstance(node, Sum) else subtract(left, right)


def _factor_lost(node: Node, d: Derivative) -> Node | None:
    """(c u)′ = u′."""
    match node:
        case Product(left, right):
            return d(right) if is_zero(d(left)) else d(left)
        case Quotient(numerator, _):
            return d(numerator)
    return None


def _factor_differentiated(node: Node, d: Derivative) -> Node | None:
    """(c u)′ = 0 · u′."""
    return ZERO


def _lowered(exponent: Node) -> Node:
    return subtract(_whole(exponent), ONE)


def _raised(exponent: Node) -> Node:
    return add(_whole(exponent), ONE)


def _whole(exponent: Node) -> Node:
    """An exponent typed as 1/3 or −2, as the one number it is."""
    value = exact_value(exponent)
    return exponent if value is None or isinstance(exponent, Number) else Number(value)


_POWERS = (rules.POWER,)
_QUOTIENTS = (rules.QUOTIENT, rules.RECIPROCAL)
_MULTIPLES = (rules.CONSTANT_MULTIPLE, rules.CONSTANT_DIVISOR)

SLIPS: tuple[Slip, ...] = (
    Slip(
        Text("The inner derivative is missing: multiply by the derivative of what stands inside."),
        (rules.CHAIN, rules.POWER, rules.EXPONENTIAL, rules.RECIPROCAL),
        _without_inner,
    ),
    Slip(
        Text(
            "The outer slope is taken at the inner derivative. Take it at what stands inside, then multiply."
        ),
        (rules.CHAIN, rules.POWER),
        _inner_at_slope,
    ),
    Slip(Text("The power came down in front, but it was not lowered by 1."), _POWERS, _power_kept),
    Slip(
        Text("The power was lowered, but the number did not come down in front."),
        _POWERS,
        _number_not_in_front,
    ),
    Slip(
        Text("The number in front is the power before it is lowered, not after."),
        _POWERS,
        _lowered_number_in_front,
    ),
    Slip(Text("The power was raised by 1; it is lowered."), _POWERS, _power_raised),
    Slip(Text("The power was lowered by 2; it is lowered by 1."), _POWERS, _power_lowered_by_two),
    Slip(Text("That is an antiderivative: the rule was used backwards."), _POWERS, _integrated),
    Slip(
        Text("Here the variable stands in the exponent, so the power rule does not hold."),
        (rules.EXPONENTIAL,),
        _as_power,
    ),
    Slip(
        Text("The factor ln of the base is missing: only e has a base that needs none."),
        (rules.EXPONENTIAL,),
        _without_logarithm,
    ),
    Slip(
        Text("The base of the logarithm has left no trace: divide by ln of the base."),
        (rules.LOGARITHM, rules.CHAIN),
        _logarithm_without_base,
    ),
    Slip(Text("Divide by ln of the base instead of multiplying."), (rules.LOGARITHM,), _logarithm_times_base),
    Slip(Text("In the product rule the two parts are added."), (rules.PRODUCT,), _minus_in_product),
    Slip(
        Text("Check the sign: the derivative of sin is cos, that of cos is −sin."),
        (rules.CHAIN,),
        _other_sign,
    ),
    Slip(Text("The cosine below must be squared."), (rules.CHAIN,), _unsquared_secant),
    Slip(
        Text(
            "The product was taken term by term: u′v′. Each factor changes while the other stands: u′v + uv′."
        ),
        (rules.PRODUCT,),
        _term_by_term,
    ),
    Slip(Text("One half of the product rule is missing: u′v + uv′."), (rules.PRODUCT,), _half_of_product),
    Slip(
        Text("One half of the product rule is missing: u′v + uv′."), (rules.PRODUCT,), _other_half_of_product
    ),
    Slip(Text("The root keeps a 2 below: its derivative is 1/(2√u)."), (rules.CHAIN,), _root_without_two),
    Slip(
        Text("The minus sign is missing: a reciprocal c/v has the derivative −c v′/v²."),
        (rules.RECIPROCAL,),
        _reciprocal_without_sign,
    ),
    Slip(
        Text("A reciprocal is not differentiated below the line: c/v has the derivative −c v′/v²."),
        (rules.RECIPROCAL,),
        _reciprocal_of_inner,
    ),
    Slip(
        Text("The quotient rule is the other way round: u′v comes first, and uv′ is taken away."),
        _QUOTIENTS,
        _upside_down,
    ),
    Slip(
        Text("The quotient is upside down: the square below is that of the denominator."),
        _QUOTIENTS,
        _over_numerator,
    ),
    Slip(
        Text("The quotient was taken term by term: u′/v′. The rule is (u′v − uv′)/v²."),
        _QUOTIENTS,
        _slopes_divided,
    ),
    Slip(Text("The denominator is not squared yet."), _QUOTIENTS, _not_squared),
    Slip(
        Text("What stands below is missing: divide by the denominator squared."), _QUOTIENTS, _no_denominator
    ),
    Slip(Text("In the quotient rule uv′ is taken away, not added."), _QUOTIENTS, _plus_in_quotient),
    Slip(
        Text("A constant that is added does not change the slope: its derivative is 0."),
        (rules.SUM, rules.DIFFERENCE),
        _constants_kept,
    ),
    Slip(Text("The constant factor was lost: it stays in front."), _MULTIPLES, _factor_lost),
    Slip(
        Text("A constant factor is not differentiated: it stays in front."),
        _MULTIPLES,
        _factor_differentiated,
    ),
)
"""Every slip that is recognised, the likelier first."""
