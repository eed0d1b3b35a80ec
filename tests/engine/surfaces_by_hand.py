"""Surfaces with gradients worked by hand, as objectives for floats and for arrays."""


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2, (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x))


def beale(x, y):
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y
    slope_x = 2 * a * (y - 1) + 2 * b * (y * y - 1) + 2 * c * (y * y * y - 1)
    slope_y = 2 * a * x + 4 * b * x * y + 6 * c * x * y * y
    return a * a + b * b + c * c, (slope_x, slope_y)


def ravine(x, y):
    return x * x + 10 * y * y, (2 * x, 20 * y)


def parabola(x):
    return x * x, (2 * x,)
