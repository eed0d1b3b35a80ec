"""Prose: Markdown, formulas on the baseline, numbers that change in place, and what is read and copied."""

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette, QTextCursor, QTextTable, QTextTableFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from gui.fonts import text_font
from gui.mathtext import Typesetter, scale_for
from gui.richtext import LONGEST_LINE, ProseView, formulas_of

PARAGRAPH = "A line of words that is long enough to be broken into several lines in a narrow column, I hope. "


@pytest.fixture(scope="module")
def typesetter(qapp):
    typesetter = Typesetter()
    yield typesetter
    typesetter.close()


@pytest.fixture
def view(qtbot, typesetter):
    view = ProseView(typesetter)
    qtbot.addWidget(view)
    view.setFont(text_font())
    view.resize(400, 10)
    view.show()
    return view


def baseline_gaps(view):
    layout = view.document().begin().layout()
    baselines = [layout.lineAt(i).y() + layout.lineAt(i).ascent() for i in range(layout.lineCount())]
    return [b - a for a, b in itertools.pairwise(baselines)]


def test_formulas_of_a_text_are_listed_in_order():
    text = "Let $x$ be\n\n$$ y $$\n\n- item $z$\n\n| a |\n|---|\n| $w$ |\n\n`$code$` and \\$5 and $6."
    assert list(formulas_of(text)) == [("x", False), ("y", True), ("z", False), ("w", False)]


def test_words_hold_formulas_readouts_and_no_markup(view):
    view.set_markdown("The *slope* at $x_0$ is **{slope}**, [see](https://a.org) `f(x)`.\n\n- one\n- two")
    view.set_readouts({"slope": "2.03"})
    assert view.words() == "The slope at $x_0$ is 2.03, see f(x).\none\ntwo"


def test_html_is_text(view):
    view.set_markdown("<b>bold</b> <script>alert(1)</script>\n\n<div>\nblock\n</div>")
    assert "<script>alert(1)</script>" in view.words()
    assert "<div>" in view.words()


def test_emphasis_code_and_headings_have_their_formats(view):
    view.set_markdown("# Head\n\nplain *slant* **strong** `code` ~~gone~~")
    document = view.document()

    def format_of(word):
        return document.find(word).charFormat()

    assert document.begin().blockFormat().headingLevel() == 1
    assert format_of("Head").font().pixelSize() > 15
    assert format_of("slant").fontItalic()
    assert format_of("strong").fontWeight() == QFont.Weight.DemiBold
    assert format_of("gone").fontStrikeOut()
    assert format_of("code").font().family() != format_of("plain").font().family()
    assert not format_of("plain").fontItalic()


def test_lists_are_nested_and_numbered(view):
    view.set_markdown("3. three\n4. four\n   - inner\n\n     second paragraph\n5. five")
    blocks = {}
    block = view.document().begin()
    while block.isValid():
        blocks[block.text()] = block
        block = block.next()
    assert blocks["three"].textList() == blocks["five"].textList()
    assert blocks["three"].textList().format().start() == 3
    assert blocks["inner"].textList().format().indent() == 2
    assert blocks["second paragraph"].textList() is None
    assert blocks["second paragraph"].blockFormat().indent() == 2


def test_tables_have_their_cells_and_alignment(view):
    view.set_markdown("Before\n\n| h | slope |\n|:--|--:|\n| 0.1 | $2$ |\n| 0.01 | 2.01 |\n\nAfter")
    frames = view.document().rootFrame().childFrames()
    table = next(frame for frame in frames if isinstance(frame, QTextTable))
    assert (table.rows(), table.columns()) == (3, 2)
    cell = table.cellAt(2, 1).firstCursorPosition()
    assert cell.block().text() == "2.01"
    assert cell.blockFormat().alignment() & Qt.AlignmentFlag.AlignRight
    assert isinstance(table.format(), QTextTableFormat)
    assert view.words().startswith("Before")
    assert view.words().endswith("After")


def test_height_follows_width(view, qapp):
    view.set_markdown(PARAGRAPH * 3)
    view.resize(500, view.height())
    wide = view.height()
    view.resize(250, view.height())
    assert view.height() > 1.7 * wide
    assert view.height() == pytest.approx(view.document().size().height(), abs=1)
    assert not view.verticalScrollBar().isVisible()


def test_in_a_pane_nothing_is_cut_off(qtbot, typesetter):
    pane, inside = QScrollArea(), QWidget()
    qtbot.addWidget(pane)
    layout = QVBoxLayout(inside)
    view = ProseView(typesetter)
    layout.addWidget(view)
    layout.addStretch()
    pane.setWidget(inside)
    pane.setWidgetResizable(True)
    pane.resize(320, 300)
    pane.show()
    view.set_markdown(PARAGRAPH * 10)
    qtbot.waitUntil(lambda: pane.verticalScrollBar().maximum() > 0)
    assert view.height() >= view.document().size().height()


def test_lines_are_no_longer_than_a_reader_likes(view):
    view.resize(3000, view.height())
    view.set_markdown(PARAGRAPH * 5)
    layout = view.document().begin().layout()
    longest = max(layout.lineAt(i).textLength() for i in range(layout.lineCount()))
    assert 0.85 * LONGEST_LINE < longest < 1.15 * LONGEST_LINE


def test_lines_with_small_formulas_lie_as_far_apart_as_those_without(view, typesetter):
    for latex in ("x_0^2", r"\hat\theta", r"\sqrt{x}", r"\nabla f(x)"):
        typesetter.typeset_now(latex)
    view.set_markdown(PARAGRAPH * 2)
    plain = baseline_gaps(view)
    assert plain == pytest.approx([1.45 * 15] * len(plain), abs=0.6)
    view.set_markdown(PARAGRAPH + r"$x_0^2$ and $\hat\theta$ with $\sqrt{x}$ or $\nabla f(x)$. " + PARAGRAPH)
    assert baseline_gaps(view) == pytest.approx([plain[0]] * len(baseline_gaps(view)), abs=1.1)


def test_a_tall_formula_gets_the_room_it_needs_below_the_baseline(view, typesetter):
    latex = r"\begin{pmatrix}1\\2\\3\end{pmatrix}"
    formula = typesetter.typeset_now(latex)
    view.set_markdown(f"Words ${latex}$ words.")
    line = view.document().begin().layout().lineAt(0)
    scale = scale_for(view.font())
    assert formula.depth * scale <= line.descent() <= formula.depth * scale + 4
    assert line.ascent() >= formula.height * scale - 1


def test_a_formula_is_painted_on_the_baseline_of_the_text(view, typesetter):
    typesetter.typeset_now(r"\rule{2em}{0.5em}")
    view.set_markdown(r"$\rule{2em}{0.5em}$")
    image = view.grab().toImage()
    line = view.document().begin().layout().lineAt(0)
    baseline = round(line.y() + line.ascent())
    dark = [y for y in range(image.height()) if QColor(image.pixel(10, y)).lightness() < 100]
    assert max(dark) + 1 == pytest.approx(baseline, abs=1)
    assert len(dark) == pytest.approx(0.5 * scale_for(view.font()), abs=1.5)


def test_the_foot_of_a_fraction_in_the_last_line_is_not_cut_off(view, typesetter):
    for latex in (r"\frac{1}{2}", r"\frac{|x|}{x}", r"\frac00"):
        formula = typesetter.typeset_now(latex)
        view.set_markdown(f"Half: ${latex}$")
        line = view.document().begin().layout().lineAt(0)
        baseline = line.y() + line.ascent()
        assert view.height() >= baseline + formula.depth * scale_for(view.font())


def test_formulas_wider_than_the_column_are_made_to_fit(view, typesetter):
    latex = "+".join("abcdefghijklmnopqrst")
    formula = typesetter.typeset_now(latex, True)
    view.set_markdown(f"$${latex}$$")
    view.resize(300, view.height())
    assert formula.width * scale_for(view.font()) > 310
    assert view.document().begin().layout().lineAt(0).naturalTextWidth() <= 300


def test_formulas_that_come_later_take_their_place(view, qtbot, typesetter):
    latex = r"\frac{\sum_k a_k}{\begin{pmatrix}p\\q\\r\end{pmatrix}}"
    view.set_markdown(f"Now ${latex}$ comes.")
    before = view.height()
    with qtbot.waitSignal(typesetter.ready, timeout=20_000):
        pass
    qtbot.waitUntil(lambda: view.height() > before + 15)
    assert view.words() == f"Now ${latex}$ comes."


def test_readouts_change_in_place_without_a_new_document(view):
    view.set_markdown("The slope is {slope}, not {other}. " + PARAGRAPH)
    view.set_readouts({"slope": "2.00003", "other": "1"})
    layout = view.document().begin().layout()
    wide = [layout.lineAt(i).naturalTextWidth() for i in range(layout.lineCount())]
    revision = view.document().revision()
    for number in ("2.3", "2", "9.99999"):
        view.set_readouts({"slope": number, "other": "1"})
        assert view.words().startswith(f"The slope is {number}, not 1.")
        assert [layout.lineAt(i).naturalTextWidth() for i in range(layout.lineCount())] == wide
    assert view.document().revision() == revision
    view.set_readouts({"slope": "−123456.789", "other": "1"})
    assert layout.lineAt(0).naturalTextWidth() != wide[0]


def test_a_readout_repaints_what_it_shows(view, qtbot):
    view.set_markdown("{slope}")
    view.set_readouts({"slope": "111"})
    before = view.grab().toImage()
    view.set_readouts({"slope": "888"})
    assert view.grab().toImage() != before


def test_a_name_without_a_readout_stays_as_written(view):
    view.set_markdown("The set {a} and `{slope}` and {slope}.")
    view.set_readouts({"slope": "2"})
    assert view.words() == "The set {a} and {slope} and 2."


def test_a_formula_is_not_parted_from_the_comma_after_it(view, typesetter):
    typesetter.typeset_now("xyz")
    view.set_markdown("Some words ($xyz$), and then $xyz$. " * 12)
    for width in range(150, 400, 7):
        view.resize(width, view.height())
        layout = view.document().begin().layout()
        text = view.document().begin().text()
        starts = [text[layout.lineAt(i).textStart()] for i in range(layout.lineCount())]
        assert not set(starts) & set(",.)")
    assert view.words().startswith("Some words ($xyz$), and then $xyz$. Some")


def test_copied_text_has_the_formulas_in_it(view):
    view.set_markdown("At $x_0$ it is {slope}.\n\nEnd.")
    view.set_readouts({"slope": "2"})
    cursor = QTextCursor(view.document())
    cursor.select(QTextCursor.SelectionType.Document)
    view.setTextCursor(cursor)
    assert view.createMimeDataFromSelection().text() == "At $x_0$ it is 2.\nEnd."


def test_size_and_theme_are_followed(view, typesetter):
    typesetter.typeset_now("x")
    view.set_markdown(PARAGRAPH + "$x$")
    before = view.height()
    view.setFont(text_font(1.5))
    assert view.height() > 1.5 * before
    palette = view.palette()
    palette.setColor(QPalette.ColorRole.Text, QColor("#E8EAED"))
    palette.setColor(QPalette.ColorRole.Base, QColor("#1D2025"))
    palette.setColor(QPalette.ColorRole.Window, QColor("#1D2025"))
    view.setPalette(palette)
    image = view.grab().toImage()
    pixels = itertools.product(range(image.width()), range(image.height()))
    levels = [QColor(image.pixel(x, y)).lightness() for x, y in pixels]
    assert max(levels) > 200
    assert levels.count(max(levels)) < 0.5 * len(levels)


def test_keyboard_passes_through_and_pages_are_the_window_s(qtbot, typesetter):
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    view, field = ProseView(typesetter), QLineEdit()
    layout.addWidget(view)
    layout.addWidget(field)
    view.set_markdown("Words $x$")
    window.show()
    window.activateWindow()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert view.accessibleName() == "Words $x$"
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert window.focusWidget() is field
    assert "Words" in view.words()


@pytest.mark.parametrize(
    "text",
    ["", "$", "$$", "$$\n", "|", "- \n- ", "1.", "# ", ">", "```", "![alt](x.png)", "---", "\0", "a\\\nb",
     "$$a$$ $$b$$", "* * *\n- a\n\n  > b\n  > - c\n", "| a |\n|---|\n| b | c |\n",
     "\u202eabc", "# $x$\n\n{y}"],
)  # fmt: skip
def test_odd_texts_are_shown_somehow(view, text):
    view.set_markdown(text)
    view.grab()
    view.set_markdown(PARAGRAPH)
    assert view.words() == PARAGRAPH.strip()


def test_images_are_their_description(view):
    view.set_markdown("![a bowl](bowl.png)")
    assert view.words() == "a bowl"
