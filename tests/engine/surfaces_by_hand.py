"""Surfaces with gradients worked by hand, as objectives for floats and for arrays."""


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2, (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x))


def beale(x, y):
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y
    slope_x = 2 * a * (y - 1) + 2 * b * (y * y - 1) + 2 * c * (y * y * y - 1)
    slope_y = 2 * a * x + 4 * b * x * y + 6 * c * x * y * y
    return a * a + b * b + c * c, (slope_x, slope_y)


def rosenbrock_hessian(x, y):
    mixed = -400 * x
    return (2 - 400 * (y - x * x) + 800 * x * x, mixed), (mixed, 200.0 + 0 * x)


def beale_hessian(x, y):
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y
    a_x, b_x, c_x = y - 1, y * y - 1, y * y * y - 1
    a_y, b_y, c_y = x, 2 * x * y, 3 * x * y * y
    mixed = 2 * (a_x * a_y + a + b_x * b_y + 2 * y * b + c_x * c_y + 3 * y * y * c)
    second_y = 2 * (a_y * a_y + b_y * b_y + 2 * x * b + c_y * c_y + 6 * x * y * c)
    return (2 * (a_x * a_x + b_x * b_x + c_x * c_x), mixed), (mixed, second_y)


def ravine(x, y):
    return x * x + 10 * y * y, (2 * x, 20 * y)


def ravine_hessian(x, y):
    return (2.0, 0.0), (0.0, 20.0)


def parabola(x):
    return x * x, (2 * x,)
