"""Formulas: what MathJax draws, how it is read, cached, painted, and refused."""

import importlib.metadata
import threading
import time

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QRect
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPalette, QPdfWriter
from PySide6.QtWidgets import QWidget

from gui import formula_store
from gui.drawing import Box, Drawing, Matrix, read_drawing
from gui.fonts import TEXT_SIZE, load_fonts, text_font
from gui.formula import build_formula, scale_for
from gui.formula_store import FormulaArchive, FormulaFolder, key_of, typeset_all
from gui.mathjax import LONGEST, VERSION, MathJaxProcess, refusal
from gui.mathtext import MathLabel, Typesetter

KINDS = [
    r"x", r"x_0 + h", r"\frac{f(x_0+h)-f(x_0)}{h}", r"\lim_{h \to 0} \frac{\sin h}{h}", r"\sqrt{x^2+y^2}",
    r"\sqrt[3]{x}", r"\sum_{i=1}^{n} (y_i - \hat y_i)^2", r"\int_0^1 x^2\,dx", r"\lVert \nabla f \rVert_2",
    r"\left\lVert \frac{a}{b} \right\rVert", r"\begin{cases} x & x \ge 0 \\ 0 & x < 0\end{cases}",
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
    r"\begin{bmatrix} \frac{\partial f}{\partial x} \\ 0 \end{bmatrix}",
    r"\mathbf{w} \leftarrow \mathbf{w} - \eta \nabla L(\mathbf{w})",
    r"\hat\theta, \bar x, \dot x, \widehat{abc}, \vec v",
    r"\sigma(z) = \frac{1}{1+e^{-z}}", r"\left|x\right| \le \varepsilon", r"\underbrace{x + \cdots + x}_{n}",
    r"\left.\frac{dy}{dx}\right|_{x=1}", r"\mathbb{E}[X]", r"\operatorname{softmax}(z)_i", r"\det J",
    r"\begin{vmatrix} a & b \\ c & d \end{vmatrix}", r"\iint_D f\,dA", r"\cancel{x}\boxed{y}\ne z",
    r"\color{#C2410C}{f'(x)} = \textcolor{green}{2x}", r"\text{if } x \in \mathbb{R}", r"10 \div 2",
    r"\begin{array}{c|c} a & b \\ \hline c & d \end{array}",
    r"\left\{\begin{matrix}a\\b\\c\\d\end{matrix}\right.",
]  # fmt: skip


@pytest.fixture(scope="module")
def typesetter(qapp):
    typesetter = Typesetter()
    yield typesetter
    typesetter.close()


@pytest.fixture(scope="module")
def mathjax():
    process = MathJaxProcess()
    yield process
    process.stop()


def painted(formula, scale=20.0, color="black", size=(300, 120), x=10.0, baseline=60.0, ratio=1.0):
    """A picture of the formula on white, as a plain painter makes it."""
    image = QImage(int(size[0] * ratio), int(size[1] * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    painter = QPainter(image)
    formula.paint(painter, x, baseline, scale, QColor(color))
    painter.end()
    return image


def ink(image: QImage, darker_than: int = 200) -> QRect:
    """The box around everything dark."""
    dark = [
        (x, y)
        for y in range(image.height())
        for x in range(image.width())
        if QColor(image.pixel(x, y)).lightness() < darker_than
    ]
    if not dark:
        return QRect()
    across, down = [x for x, _ in dark], [y for _, y in dark]
    return QRect(min(across), min(down), max(across) - min(across) + 1, max(down) - min(down) + 1)


# Reading MathJax's SVG


def test_matrices_compose_as_maps():
    turn = Matrix(0, 1, -1, 0, 5, 0)  # (x, y) to (-y + 5, x)
    move = Matrix(e=2, f=3)
    both = turn.after(move)
    x, y = 7, 11
    assert (both.a * x + both.c * y + both.e, both.b * x + both.d * y + both.f) == (-(y + 3) + 5, x + 2)
    assert turn.box(0, 0, 2, 1) == Box(4, 0, 1, 2)


def test_svg_is_read_with_nested_windows_rules_and_colours():
    svg = """<svg viewBox="0 -750 2000 1000" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="x">
      <defs><path id="MJX-3-N-41" d="M0 0L100 0L100 100Z"/></defs>
      <g fill="currentColor" transform="scale(1,-1)">
        <g transform="translate(500,0)" fill="red"><use xlink:href="#MJX-3-N-41"/></g>
        <rect x="100" y="220" width="600" height="60"/>
        <svg x="0" y="1000" width="900" height="400" viewBox="0 100 900 400">
          <use xlink:href="#MJX-3-N-41" transform="scale(1,4)"/></svg>
      </g></svg>"""
    drawing = read_drawing(svg)
    assert (drawing.width, drawing.height, drawing.depth) == (2.0, 0.75, 0.25)
    red, stretched = drawing.glyphs
    assert red.color == "red"
    assert red.matrix == Matrix(0.001, 0, 0, -0.001, 0.5, 0)
    assert red.outline == stretched.outline == "N-41"
    # inside: up by 1000 - 100; the window itself is from 1000 to 1400 above the baseline, so y = -1.4
    assert stretched.matrix == Matrix(0.001, 0, 0, -0.004, 0, -0.9)
    assert stretched.clip == Box(0, -1.4, 0.9, 0.4)
    assert drawing.rules[0].box == pytest.approx((0.1, -0.28, 0.6, 0.06))


def test_version_is_that_of_the_package():
    assert VERSION.startswith(f"quickjax {importlib.metadata.version('quickjax')},")


# Typesetting


@pytest.mark.parametrize("latex", KINDS)
def test_every_kind_of_formula_has_a_sane_size(mathjax, latex):
    for display in (False, True):
        drawing = mathjax.typeset(latex, display)
        assert drawing.error is None
        assert 0.3 < drawing.width < 15
        assert 0.4 < drawing.height + drawing.depth < 6
        assert drawing.glyphs


def test_display_formulas_are_larger(mathjax):
    small, large = (mathjax.typeset(r"\frac{a}{b}", display) for display in (False, True))
    assert large.height > small.height + 0.2


def test_lines_are_stacked_in_both_modes(mathjax):
    for display in (False, True):
        drawing = mathjax.typeset(r"a \\ b", display)
        assert drawing.width < 1
        assert drawing.height + drawing.depth > 1.5


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        (r"\frac{", "Missing close brace"),
        (r"\foo", "Undefined control sequence"),
        (r"\def\x{\x\x}\x", "Undefined control sequence"),
        (r"\newcommand{\x}{\x}\x", "Undefined control sequence"),
        (r"\require{html}", "Undefined control sequence"),
        (r"\href{file:///etc}{x}", "Undefined control sequence"),
        (r"\style{color:red}{x}", "Undefined control sequence"),
        (r"\xmat{a}{9999}{9999}", "Undefined control sequence"),
        (r"\DeclarePairedDelimiter{\abs}{|}{|}", "not allowed"),
        (r"\definecolor{a}{rgb}{1,0,0}", "not allowed"),
        (r"\rule{9999em}{1em}", "larger than a page"),
        ("x" * (LONGEST + 1), "longer than"),
    ],
)
def test_hostile_and_wrong_formulas_have_a_reason(mathjax, latex, reason):
    assert reason in (mathjax.typeset(latex, False).error or "")


def test_a_deep_nest_is_refused_by_its_depth_or_on_a_busy_machine_by_its_time(mathjax):
    error = mathjax.typeset("{" * 900 + "x" + "}" * 900, False).error or ""
    assert "nested too deeply" in error or "too long" in error


def test_strings_are_only_strings(mathjax):
    before = mathjax.typeset("x^2", False)
    for latex in ('"); globalThis.render = 1; ("', "\\", "\0", "\ud800", "'\n`${1}`", ""):
        mathjax.typeset(latex, False)
    assert mathjax.typeset("x^2", False) == before


def test_lasting_commands_are_told_from_those_that_begin_like_them():
    assert refusal(r"\labelx") is None
    assert refusal(r"\label{a}") is not None


def test_a_formula_that_takes_too_long_is_given_up_and_the_next_one_is_set():
    process = MathJaxProcess(seconds=0.05)
    slow = r"\frac{x}{" * 150 + "x" + "}" * 150  # some hundred milliseconds of work
    try:
        assert process.typeset(slow, False).error == "It takes too long to typeset."
        process._seconds = 5.0
        assert process.typeset("x", False).error is None
    finally:
        process.stop()


def test_a_killed_process_is_replaced():
    process = MathJaxProcess()
    try:
        assert process.typeset("x", False).error is None
        process._process.kill()
        process._process.join()
        assert process.typeset("y", False).error == "The typesetter stopped."
        assert process.typeset("z", False).error is None
    finally:
        process.stop()


# Keeping


def test_a_folder_keeps_formulas_and_survives_what_is_done_to_it(tmp_path, mathjax):
    folder = FormulaFolder(tmp_path / "formulas")
    drawing = mathjax.typeset(r"\frac{a}{b}", True)
    assert folder.load(r"\frac{a}{b}", True) is None
    folder.save(r"\frac{a}{b}", True, drawing)
    assert folder.load(r"\frac{a}{b}", True) == drawing
    assert folder.load(r"\frac{a}{b}", False) is None
    (entry,) = (tmp_path / "formulas").iterdir()
    for broken in (b"", b"not a formula", entry.read_bytes()[:50]):
        entry.write_bytes(broken)
        assert folder.load(r"\frac{a}{b}", True) is None
    folder.save(r"\frac{a}{b}", True, drawing)
    assert folder.load(r"\frac{a}{b}", True) == drawing


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "file").write_text("in the way")
    folder = FormulaFolder(tmp_path / "file")
    folder.save("x", False, Drawing(width=1))
    assert folder.load("x", False) is None


def test_errors_are_not_kept_and_old_entries_go(tmp_path):
    folder = FormulaFolder(tmp_path)
    folder.save("x", False, Drawing(error="It takes too long to typeset."))
    assert list(tmp_path.iterdir()) == []
    for latex in "abcde":
        folder.save(latex, False, Drawing(width=1))
    folder.prune(most=2)
    assert len(list(tmp_path.iterdir())) == 2


def test_an_archive_answers_for_what_was_typeset_into_it(tmp_path, mathjax):
    wrong = []
    path = tmp_path / "formulas.bin"
    formulas = [("x^2", False), (r"\frac{", False), (r"\nabla f", True), ("x^2", False)]
    assert typeset_all(formulas, path, mathjax, lambda latex, why: wrong.append(latex)) == 2
    assert wrong == [r"\frac{"]
    first = path.read_bytes()
    typeset_all(reversed(formulas), path, mathjax)
    assert path.read_bytes() == first
    archive = FormulaArchive(path)
    assert archive.load("x^2", False) == mathjax.typeset("x^2", False)
    assert archive.load("x^2", True) is None


@pytest.mark.parametrize(
    "contents", [b"", b"{}\n", b"[]\n", b"\xff\xfe", b'{"version": "old", "index": {}}\n']
)
def test_a_broken_archive_is_an_empty_one(tmp_path, contents):
    path = tmp_path / "formulas.bin"
    path.write_bytes(contents)
    assert FormulaArchive(path).load("x", False) is None


def test_an_archive_with_wrong_places_is_not_believed(tmp_path):
    path = tmp_path / "formulas.bin"
    index = f'{{"version": "{VERSION}", "index": {{"{key_of("x", False)}": [5, 99]}}}}\nrubbish'
    path.write_text(index)
    assert FormulaArchive(path).load("x", False) is None


def test_keys_tell_formulas_modes_and_versions_apart(monkeypatch):
    keys = {key_of("x", False), key_of("x", True), key_of("y", False)}
    monkeypatch.setattr(formula_store, "VERSION", "another")
    assert len(keys | {key_of("x", False)}) == 4


# The typesetter


def test_a_formula_is_asked_for_and_becomes_ready(qapp, qtbot, tmp_path):
    typesetter = Typesetter(tmp_path / "cache")
    try:
        with qtbot.waitSignal(typesetter.ready, timeout=20_000) as signal:
            assert typesetter.formula("x^2 + 1") is None
            assert typesetter.formula("x^2 + 1") is None
        assert signal.args[0] is typesetter.formula("x^2 + 1")
        assert typesetter.typeset_now("y").error is None
        typesetter.formula("typed", keep=False)
        with qtbot.waitSignal(typesetter.ready, timeout=20_000):
            pass
    finally:
        typesetter.close()
    assert len(list((tmp_path / "cache").iterdir())) == 2
    again = Typesetter(tmp_path / "cache")
    assert again.formula("x^2 + 1") is not None  # from disk: no process, no waiting
    again.close()


def test_asking_takes_no_time(qapp, typesetter):
    begin = time.perf_counter()
    for number in range(100):
        typesetter.formula(f"x_{{{number}}}")
    assert time.perf_counter() - begin < 1.0  # typesetting them takes longer than this


def test_asleep_it_typesets_when_it_is_woken(qapp, qtbot):
    asleep = Typesetter(asleep=True)
    try:
        before = threading.active_count()
        assert asleep.formula("x + 1") is None
        assert threading.active_count() == before
        with qtbot.waitSignal(asleep.ready, timeout=30_000):
            asleep.warm_up()
        assert asleep.formula("x + 1") is not None
    finally:
        asleep.close()


def test_whoever_waits_for_a_formula_wakes_it(qapp):
    asleep = Typesetter(asleep=True)
    try:
        assert not asleep.typeset_now("x + 2").error
    finally:
        asleep.close()


def test_closing_at_once_leaves_nothing_behind(typesetter):
    import multiprocessing
    import threading

    typesetter.typeset_now("already at work")
    before = set(threading.enumerate())
    children = set(multiprocessing.active_children())
    for pause in (0.0, 0.1):
        another = Typesetter()
        another.formula("a + b")
        time.sleep(pause)
        another.close()
        assert another.typeset_now("c").error is not None
    assert set(threading.enumerate()) <= before
    assert set(multiprocessing.active_children()) <= children


def test_a_wrong_formula_shows_its_source_and_says_why(typesetter):
    formula = typesetter.typeset_now(r"\frac{a}{")
    assert "Missing close brace" in str(formula.error)
    assert not ink(painted(formula)).isEmpty()
    assert formula.width > 2
    assert typesetter.typeset_now("x" * 5000).width < 40


# Painting


def test_x_is_as_tall_as_the_text_s_x(qapp, typesetter):
    load_fonts()
    for size in (15, 30, 48):
        font = text_font(size / TEXT_SIZE)
        tall = typesetter.typeset_now("x").height * scale_for(font)
        assert tall == pytest.approx(QFontMetricsF(font).xHeight(), rel=0.03)


def test_ink_stands_on_the_baseline_and_within_its_box(typesetter):
    formula = typesetter.typeset_now(r"\mathrm{H}")
    box = ink(painted(formula, scale=40, baseline=60))
    assert box.bottom() + 1 == pytest.approx(60, abs=1)
    assert box.height() == pytest.approx(formula.height * 40, abs=2)
    assert 9 <= box.left() <= 14


def test_stretched_braces_reach_from_end_to_end(typesetter):
    formula = typesetter.typeset_now(r"\left\{\begin{matrix}a\\b\\c\\d\end{matrix}\right.")
    image = painted(formula, scale=20, size=(80, 140), baseline=70)
    brace = ink(image.copy(10, 0, 13, 140))
    assert brace.height() == pytest.approx((formula.height + formula.depth) * 20, abs=3)
    # no gap: every row of the brace has ink
    rows = [any(QColor(image.pixel(x, y)).lightness() < 200 for x in range(10, 23)) for y in range(140)]
    assert all(rows[brace.top() : brace.bottom() + 1])


def test_fraction_bars_are_whole_pixels(typesetter):
    formula = typesetter.typeset_now(r"\frac{\phantom{abc}}{\phantom{a}}")
    for baseline in (60.0, 60.4, 60.7):
        image = painted(formula, scale=18.5, baseline=baseline)
        box = ink(image, 255)
        assert box.height() == 1
        assert QColor(image.pixel(box.center())).lightness() == 0


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_a_screen_s_scale_changes_the_size_on_it_and_not_the_place(typesetter, ratio):
    formula = typesetter.typeset_now(r"\sum_{i=1}^n x_i")
    plain, scaled = ink(painted(formula)), ink(painted(formula, ratio=ratio))
    for here, there in zip(plain.getRect(), scaled.getRect(), strict=True):
        assert there / ratio == pytest.approx(here, abs=2)


def test_a_translated_painter_with_an_own_scale_is_followed(typesetter):
    formula = typesetter.typeset_now("x + y")
    image = QImage(300, 120, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.translate(20, 10)
    painter.scale(2, 2)
    formula.paint(painter, 5, 25, 10, QColor("black"))
    painter.end()
    direct = ink(painted(formula, scale=20, x=30, baseline=60))
    assert all(abs(a - b) <= 1 for a, b in zip(ink(image).getRect(), direct.getRect(), strict=True))


def test_colours_follow_the_text_and_those_asked_for(typesetter):
    plain = typesetter.typeset_now(r"\rule{2em}{1em}")
    assert QColor(painted(plain, color="#0072B2").pixel(30, 50)) == QColor("#0072B2")
    red = typesetter.typeset_now(r"\color{red}\rule{2em}{1em}")
    assert QColor(painted(red, color="#0072B2").pixel(30, 50)) == QColor("red")


def test_on_paper_a_formula_is_a_path(qapp, typesetter):
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    painter = QPainter(writer)
    typesetter.typeset_now(r"\frac{a}{b}").paint(painter, 100, 500, 200, QColor("black"))
    painter.end()
    written = bytes(buffer.data().data())
    assert written.startswith(b"%PDF")
    assert b"/Subtype /Image" not in written


def test_a_script_that_the_font_lacks_comes_from_another(qapp, typesetter):
    formula = typesetter.typeset_now(r"\text{Ω漢}")
    assert formula.error is None
    assert not ink(painted(formula)).isEmpty()


def test_a_damaged_drawing_builds_what_it_can(qapp, mathjax):
    drawing = mathjax.typeset("x+y", False)
    drawing.outlines.clear()
    assert build_formula("x+y", False, drawing).width == drawing.width


# The label


def test_a_label_takes_the_formula_s_size_follows_the_font_and_has_words(qtbot, typesetter):
    typesetter.typeset_now(r"\frac{a}{b}", True)
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.setFont(text_font())
    label = MathLabel(typesetter, r"\frac{a}{b}", "a over b", display=True, parent=parent)
    assert label.accessibleName() == "a over b"
    small = label.sizeHint()
    larger = QFont(parent.font())
    larger.setPixelSize(30)
    label.setFont(larger)
    assert label.sizeHint().height() == pytest.approx(2 * small.height(), abs=3)
    assert 0 < label.baseline() < label.sizeHint().height()


def test_a_label_shows_a_formula_that_comes_later_in_the_palette_s_colour(qtbot, typesetter):
    label = MathLabel(typesetter, r"\rule{2em}{1em} + 0")
    qtbot.addWidget(label)
    with qtbot.waitSignal(typesetter.ready, timeout=20_000):
        pass
    qtbot.waitUntil(lambda: label.sizeHint().width() > 20)
    palette = label.palette()
    palette.setColor(QPalette.ColorRole.WindowText, QColor("#C2410C"))
    label.setPalette(palette)
    label.resize(label.sizeHint())
    middle = int(label.baseline()) - 4
    assert QColor(label.grab().toImage().pixel(10, middle)) == QColor("#C2410C")
    assert label.accessibleName() == r"\rule{2em}{1em} + 0"


def test_a_label_says_what_is_wrong(qtbot, typesetter):
    typesetter.typeset_now(r"\nope")
    label = MathLabel(typesetter, r"\nope")
    qtbot.addWidget(label)
    assert "cannot be typeset" in label.toolTip()


def test_what_passes_by_does_not_fill_the_memory(typesetter, qtbot):
    """Numbers that move through a formula leave no more of it than MOST_PASSING."""
    from gui.mathtext import MOST_PASSING

    stays = typesetter.typeset_now("p = 1")
    for number in range(MOST_PASSING + 6):
        with qtbot.waitSignal(typesetter.ready, timeout=20_000):
            assert typesetter.formula(f"p_{{passing}} = {number}", keep=False) is None
    assert typesetter.formula("p = 1") is stays
    assert typesetter.formula(f"p_{{passing}} = {MOST_PASSING + 5}", keep=False) is not None
    with qtbot.waitSignal(typesetter.ready, timeout=20_000):  # forgotten, so it is typeset anew
        assert typesetter.formula("p_{passing} = 0", keep=False) is None


def test_derivatives_are_written_as_the_learner_prefers(typesetter):
    primes = typesetter.typeset_now("f'(x)", display=True)
    typesetter.set_notation("leibniz")
    quotient = typesetter.typeset_now("f'(x)", display=True)
    # asked for as it stands in the lesson, set as df over dx: a fraction is taller
    assert quotient.latex == primes.latex == "f'(x)"
    assert quotient.height + quotient.depth > 1.4 * (primes.height + primes.depth)
    typesetter.set_notation("lagrange")
    assert typesetter.typeset_now("f'(x)", display=True).height == primes.height
