"""What MathJax drew, as a short list of shapes: the form in which a formula travels and is cached.

MathJax answers with SVG. It is read once, here, without Qt and in the typesetting process, into outlines,
places and rules in units of the formula's em: x to the right, y down, the baseline at y = 0.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from xml.etree import ElementTree

X_HEIGHT = 0.442  # of MathJax's font, in em
WIDEST, TALLEST, MOST_SHAPES = 150.0, 60.0, 4000
_UNITS = 1000.0  # an em in MathJax's own units
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
_TRANSFORM = re.compile(r"(translate|scale|rotate|matrix)\s*\(([^)]*)\)")


class Matrix(NamedTuple):
    """An affine map (x, y) ↦ (a x + c y + e, b x + d y + f), as SVG and Qt order its numbers."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def after(self, first: Matrix) -> Matrix:
        """The map that applies `first`, then this one.

        >>> Matrix(2.0, 0.0, 0.0, 2.0).after(Matrix(e=3.0))
        Matrix(a=2.0, b=0.0, c=0.0, d=2.0, e=6.0, f=0.0)
        """
        a, b, c, d, e, f = self
        return Matrix(
            a * first.a + c * first.b,
            b * first.a + d * first.b,
            a * first.c + c * first.d,
            b * first.c + d * first.d,
            a * first.e + c * first.f + e,
            b * first.e + d * first.f + f,
        )

    def box(self, x: float, y: float, width: float, height: float) -> Box:
        """The box around the image of a rectangle."""
        corners = [(x, y), (x + width, y), (x, y + height), (x + width, y + height)]
        across = [self.a * u + self.c * v + self.e for u, v in corners]
        down = [self.b * u + self.d * v + self.f for u, v in corners]
        return Box(min(across), min(down), max(across) - min(across), max(down) - min(down))


class Box(NamedTuple):
    """A rectangle with sides along the axes."""

    x: float
    y: float
    width: float
    height: float

    def within(self, other: Box | None) -> Box:
        """What this box and the other have in common; an empty box where that is nothing."""
        if other is None:
            return self
        left, top = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.width, other.x + other.width)
        bottom = min(self.y + self.height, other.y + other.height)
        return Box(left, top, max(0.0, right - left), max(0.0, bottom - top))


class Glyph(msgspec.Struct, frozen=True, array_like=True):
    """A letter, or a part of a stretched brace: which outline, where, and what of it is visible."""

    outline: str
    matrix: Matrix
    color: str | None = None
    clip: Box | None = None


class Rule(msgspec.Struct, frozen=True, array_like=True):
    """A filled bar: of a fraction, over a root, between columns."""

    box: Box
    color: str | None = None


class Stroke(msgspec.Struct, frozen=True, array_like=True):
    """A drawn line, in the path language of SVG: a cancelled term, a box around a formula."""

    path: str
    matrix: Matrix
    width: float
    color: str | None = None


class Letters(msgspec.Struct, frozen=True, array_like=True):
    r"""Words in a script that MathJax's font lacks, as in `\text{سلام}`: the text's own font draws them."""

    words: str
    matrix: Matrix
    size: float
    color: str | None = None


class Drawing(msgspec.Struct, frozen=True):
    """A typeset formula. `error` is MathJax's reason when there is none, and the rest is then empty."""

    width: float = 0.0
    height: float = 0.0
    depth: float = 0.0
    outlines: dict[str, str] = {}
    glyphs: list[Glyph] = []
    rules: list[Rule] = []
    strokes: list[Stroke] = []
    letters: list[Letters] = []
    error: str | None = None


def read_drawing(svg: str) -> Drawing:
    """The drawing in MathJax's SVG, or the reason that stands in it or makes it unusable."""
    from xml.etree import ElementTree

    root = ElementTree.fromstring(svg)
    for element in root.iter():
        reason = element.get("data-mjx-error")
        if reason is not None:
            return Drawing(error=reason)
    return _Reader(root).drawing()


class _Reader:
    """Walks one SVG tree, carrying the transform, the colour and the clip that hold at each place."""

    def __init__(self, root: ElementTree.Element) -> None:
        self.root = root
        self.known: dict[str, str] = {}
        self.outlines: dict[str, str] = {}
        self.glyphs: list[Glyph] = []
        self.rules: list[Rule] = []
        self.strokes: list[Stroke] = []
        self.letters: list[Letters] = []

    def drawing(self) -> Drawing:
        left, top, across, down = (
            number / _UNITS for number in _numbers(self.root.get("viewBox", "0 0 0 0"))
        )
        if across > WIDEST or down > TALLEST:
            return Drawing(error="It is larger than a page.")
        em = 1 / _UNITS
        self._children(self.root, Matrix(em, 0, 0, em, -left, 0), None, None)
        if len(self.glyphs) + len(self.rules) + len(self.strokes) > MOST_SHAPES:
            return Drawing(error="It has too many symbols.")
        return Drawing(
            round(across, 4),
            round(-top, 4),
            round(top + down, 4),
            self.outlines,
            self.glyphs,
            self.rules,
            self.strokes,
            self.letters,
        )

    def _children(
        self, parent: ElementTree.Element, matrix: Matrix, color: str | None, clip: Box | None
    ) -> None:
        for element in parent:
            self._element(element, matrix, color, clip)

    def _element(
        self, element: ElementTree.Element, matrix: Matrix, color: str | None, clip: Box | None
    ) -> None:
        kind = element.tag.rpartition("}")[2]
        if kind == "defs":
            self.known |= {path.get("id", ""): path.get("d", "") for path in element}
            return
        fill = element.get("fill", "")
        if fill not in ("", "none", "currentColor", "black"):
            color = fill
        matrix = matrix.after(_transform(element.get("transform", "")))
        if kind in ("g", "a"):
            self._children(element, matrix, color, clip)
        elif kind == "svg":
            self._window(element, matrix, color, clip)
        elif kind == "use":
            self._glyph(element, matrix, color, clip)
        elif kind == "text":
            words = "".join(element.itertext())
            self.letters.append(Letters(words, _rounded(matrix), _length(element, "font-size"), color))
        elif kind in ("rect", "line", "ellipse", "polygon", "path"):
            self._shape(kind, element, matrix, color)

    def _window(
        self, element: ElementTree.Element, matrix: Matrix, color: str | None, clip: Box | None
    ) -> None:
        """An `<svg>` within: MathJax cuts the middle of a stretched brace out of a stretched bar so."""
        x, y, width, height = (_length(element, name) for name in ("x", "y", "width", "height"))
        left, top, across, down = _numbers(element.get("viewBox", "0 0 0 0"))
        if not (across and down):
            return
        clip = matrix.box(x, y, width, height).within(clip)
        sx, sy = width / across, height / down
        self._children(element, matrix.after(Matrix(sx, 0, 0, sy, x - left * sx, y - top * sy)), color, clip)

    def _glyph(
        self, element: ElementTree.Element, matrix: Matrix, color: str | None, clip: Box | None
    ) -> None:
        reference = next((value for name, value in element.items() if name.endswith("href")), "")[1:]
        outline = self.known.get(reference, "")
        if not outline:  # a space has an empty outline
            return
        # ids are MJX-7-MM-I-1D465, where 7 counts formulas: without it, a glyph has one name everywhere
        name = re.sub(r"^MJX-\d+-", "", reference)
        self.outlines[name] = outline
        visible = None if clip is None else Box(*(round(number, 5) for number in clip))
        self.glyphs.append(Glyph(name, _rounded(matrix), color, visible))

    def _shape(self, kind: str, element: ElementTree.Element, matrix: Matrix, color: str | None) -> None:
        if element.get("data-hitbox") or element.get("data-background"):
            return
        width = _length(element, "stroke-width")
        if width or kind == "line":  # the lines of a table have their width from a style sheet
            self.strokes.append(Stroke(_path_of(kind, element), _rounded(matrix), width or 60.0, color))
        elif kind == "rect":
            box = matrix.box(*(_length(element, name) for name in ("x", "y", "width", "height")))
            self.rules.append(Rule(Box(*(round(number, 5) for number in box)), color))
        else:
            outline = _path_of(kind, element)
            self.outlines[outline] = outline
            self.glyphs.append(Glyph(outline, _rounded(matrix), color))


def _path_of(kind: str, element: ElementTree.Element) -> str:
    """An SVG shape in the path language, of which only M, L, C and Z are needed."""
    if kind == "line":
        x1, y1, x2, y2 = (_length(element, name) for name in ("x1", "y1", "x2", "y2"))
        return f"M{x1} {y1}L{x2} {y2}"
    if kind == "rect":
        x, y, width, height = (_length(element, name) for name in ("x", "y", "width", "height"))
        return f"M{x} {y}L{x + width} {y}L{x + width} {y + height}L{x} {y + height}Z"
    if kind == "ellipse":
        cx, cy, rx, ry = (_length(element, name) for name in ("cx", "cy", "rx", "ry"))
        kx, ky = 0.5523 * rx, 0.5523 * ry  # the Bézier curve nearest a quarter of a circle
        return (
            f"M{cx + rx} {cy}C{cx + rx} {cy + ky} {cx + kx} {cy + ry} {cx} {cy + ry}"
            f"C{cx - kx} {cy + ry} {cx - rx} {cy + ky} {cx - rx} {cy}"
            f"C{cx - rx} {cy - ky} {cx - kx} {cy - ry} {cx} {cy - ry}"
            f"C{cx + kx} {cy - ry} {cx + rx} {cy - ky} {cx + rx} {cy}Z"
        )
    if kind == "polygon":
        points = _numbers(element.get("points", ""))
        corners = zip(points[::2], points[1::2], strict=False)
        return "M" + "L".join(f"{x} {y}" for x, y in corners) + "Z"
    return element.get("d", "")


def _transform(written: str) -> Matrix:
    """The matrix of an SVG `transform`, its parts applied from right to left."""
    matrix = Matrix()
    for name, arguments in _TRANSFORM.findall(written):
        numbers = _numbers(arguments)
        if name == "translate":
            step = Matrix(e=numbers[0], f=numbers[1] if len(numbers) > 1 else 0.0)
        elif name == "scale":
            step = Matrix(a=numbers[0], d=numbers[1] if len(numbers) > 1 else numbers[0])
        elif name == "rotate":
            step = _rotation(*numbers)
        else:
            a, b, c, d, e, f = numbers
            step = Matrix(a, b, c, d, e, f)
        matrix = matrix.after(step)
    return matrix


def _rotation(degrees: float, x: float = 0.0, y: float = 0.0) -> Matrix:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turn = Matrix(cosine, sine, -sine, cosine)
    return Matrix(e=x, f=y).after(turn).after(Matrix(e=-x, f=-y))


def _rounded(matrix: Matrix) -> Matrix:
    """Enough digits for a poster, and a cache a third of the size."""
    a, b, c, d, e, f = matrix
    a, b, c, d = (float(f"{number:.6g}") for number in (a, b, c, d))
    return Matrix(a, b, c, d, round(e, 5), round(f, 5))


def _numbers(written: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(written)]


def _length(element: ElementTree.Element, name: str) -> float:
    """A length without its unit (ex or px); nothing written is nought."""
    found = _NUMBER.match(element.get(name, "").strip())
    return float(found[0]) if found else 0.0
