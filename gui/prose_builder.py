"""Markdown's tokens written into a document: one small method for each kind of token."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QFont,
    QPalette,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextList,
    QTextListFormat,
    QTextTable,
    QTextTableFormat,
)

from gui.fonts import code_font, with_tabular_figures
from gui.prose_document import LINE_HEIGHT, pixels_of

if TYPE_CHECKING:
    from markdown_it.token import Token

    from gui.prose_document import ProseDocument

_OPENING = re.compile(r"[(\[«“‘„]*$")  # held together with the formula or number that follows
_CLOSING = re.compile(r"[^\w\s(\[«“„]*")  # and with the one before
_PLACEHOLDER = re.compile(r"\{([A-Za-z]\w*)\}")
_HEADINGS = {"h1": 1.4, "h2": 1.2, "h3": 1.07}


class ProseBuilder:
    """Writes Markdown's tokens into a document with one cursor."""

    def __init__(self, document: ProseDocument, font: QFont, palette: QPalette) -> None:
        self._document = document
        self._font = font
        self._pixels = pixels_of(font)
        self._shade = palette.color(QPalette.ColorRole.AlternateBase)
        self._line = palette.color(QPalette.ColorRole.Mid)
        self._cursor = QTextCursor(document)
        self._formats = [QTextCharFormat()]
        self._formats[0].setFont(font)
        self._fresh = True  # the block that the cursor is in is still to be used
        self._lists: list[tuple[QTextListFormat, QTextList | None]] = []
        self._item_begins = False
        self._quotes = 0
        self._object_follows = False
        self._opening = ""
        self._held: tuple[Callable[..., None], tuple[Any, ...]] | None = None
        self._tables: list[QTextTable] = []
        self._cell = (0, 0)

    def build(self, tokens: list[Token]) -> None:
        """Write the tokens from the start of the document, which is empty."""
        self._cursor.beginEditBlock()  # or Qt lays the text out again at every word
        edit = self._cursor
        for index, token in enumerate(tokens):
            if token.type == "table_open":
                self._open_table(tokens[index:])
            else:
                self._write(token)
        self._trim_ends()
        edit.endEditBlock()

    def _write(self, token: Token) -> None:
        action: Callable[[Token], None] | None = getattr(self, f"_{token.type}", None)
        if action is not None:
            action(token)
        elif token.content:  # a kind of token this class has no word for shows its source
            self._cursor.insertText(token.content, self._formats[-1])

    # Blocks

    def _begin(self, shape: QTextBlockFormat | None = None, tight: bool = False) -> None:
        """A new block, or the one that is still empty, with the margins of where it stands."""
        shape = shape or QTextBlockFormat()
        if shape.lineHeightType() == QTextBlockFormat.LineHeightTypes.SingleHeight.value:
            minimum = QTextBlockFormat.LineHeightTypes.MinimumHeight.value
            shape.setLineHeight(round(LINE_HEIGHT * self._pixels), minimum)
        shape.setBottomMargin(round((0.25 if tight else 0.7) * self._pixels))
        shape.setLeftMargin(shape.leftMargin() + 1.2 * self._pixels * self._quotes)
        begins, self._item_begins = self._item_begins, False
        if self._lists and not begins:
            shape.setIndent(len(self._lists))
        if self._fresh:
            self._cursor.setBlockFormat(shape)
            self._cursor.setBlockCharFormat(self._formats[0])
        else:
            self._cursor.insertBlock(shape, self._formats[0])
        self._fresh = False
        if self._lists and begins:
            self._add_to_list()

    def _add_to_list(self) -> None:
        shape, numbered = self._lists[-1]
        if numbered is None:
            self._lists[-1] = shape, self._cursor.createList(shape)
        else:
            numbered.add(self._cursor.block())

    def _paragraph_open(self, token: Token) -> None:
        self._begin(tight=token.hidden)

    def _heading_open(self, token: Token) -> None:
        strong = QTextCharFormat(self._formats[-1])
        font = QFont(self._font)
        font.setPixelSize(round(self._pixels * _HEADINGS.get(token.tag, 1.0)))
        font.setWeight(QFont.Weight.DemiBold)
        strong.setFont(font)
        shape = QTextBlockFormat()
        shape.setHeadingLevel(int(token.tag[1:]))
        shape.setTopMargin(0 if self._document.isEmpty() else round(0.6 * self._pixels))
        self._begin(shape)
        self._formats.append(strong)

    def _heading_close(self, token: Token) -> None:
        self._formats.pop()

    def _inline(self, token: Token) -> None:
        children = token.children or []
        for child, following in itertools.zip_longest(children, children[1:]):
            self._object_follows = following is not None and following.type.startswith("math")
            if child.type != "text":
                self._place_held()
            self._write(child)
        self._place_held()

    def _math_block(self, token: Token) -> None:
        shape = QTextBlockFormat()
        shape.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        shape.setTopMargin(round(0.2 * self._pixels))
        self._begin(shape)
        self._document.add_formula(self._cursor, token.content.strip(), True)

    def _fence(self, token: Token) -> None:
        shape = QTextBlockFormat()
        shape.setBackground(self._shade)
        shape.setNonBreakableLines(True)
        self._begin(shape)
        code = token.content.rstrip("\n").replace("\n", "\N{LINE SEPARATOR}")
        self._cursor.insertText(code, self._code_format(shaded=False))

    _code_block = _fence

    def _hr(self, token: Token) -> None:
        shape = QTextBlockFormat()
        shape.setProperty(
            QTextFormat.Property.BlockTrailingHorizontalRulerWidth,
            QTextLength(QTextLength.Type.PercentageLength, 100),
        )
        self._begin(shape)

    def _blockquote_open(self, token: Token) -> None:
        self._quotes += 1

    def _blockquote_close(self, token: Token) -> None:
        self._quotes -= 1

    def _bullet_list_open(self, token: Token) -> None:
        self._open_list(QTextListFormat.Style.ListDisc)

    def _ordered_list_open(self, token: Token) -> None:
        self._open_list(QTextListFormat.Style.ListDecimal, int(token.attrs.get("start", 1)))

    def _open_list(self, style: QTextListFormat.Style, start: int = 1) -> None:
        shape = QTextListFormat()
        shape.setStyle(style)
        shape.setStart(start)
        shape.setIndent(len(self._lists) + 1)
        self._lists.append((shape, None))

    def _close_list(self, token: Token) -> None:
        self._lists.pop()
        if not self._lists:
            shape = self._cursor.blockFormat()
            shape.setBottomMargin(round(0.7 * self._pixels))
            self._cursor.setBlockFormat(shape)

    _bullet_list_close = _ordered_list_close = _close_list

    def _list_item_open(self, token: Token) -> None:
        self._item_begins = True

    # Tables

    def _open_table(self, tokens: list[Token]) -> None:
        """A table with a line under its head, as wide as its contents; `tokens` begin with its opening."""
        head_end = next(i for i, token in enumerate(tokens) if token.type == "thead_close")
        end = next(i for i, token in enumerate(tokens) if token.type == "table_close")
        columns = sum(token.type == "th_open" for token in tokens[:head_end])
        rows = sum(token.type == "tr_open" for token in tokens[:end])
        shape = QTextTableFormat()
        shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        shape.setBorder(0)
        shape.setCellSpacing(0)
        shape.setCellPadding(round(0.3 * self._pixels))
        shape.setHeaderRowCount(1)
        shape.setBottomMargin(round(0.7 * self._pixels))
        if not self._fresh:
            self._cursor.insertBlock(QTextBlockFormat(), self._formats[0])
            # Qt puts a table between two blocks: the one before it is given no height
            self._flatten()
        self._tables.append(self._cursor.insertTable(rows, columns, shape))
        self._cell = (0, 0)

    def _open_cell(self, token: Token) -> None:
        row, column = self._cell
        cell = self._tables[-1].cellAt(row, column)
        self._cursor = cell.firstCursorPosition()
        shape = QTextBlockFormat()
        align = str(token.attrs.get("style", ""))
        for name, flag in (("right", Qt.AlignmentFlag.AlignRight), ("center", Qt.AlignmentFlag.AlignHCenter)):
            if align.endswith(name):
                shape.setAlignment(flag)
        self._cursor.setBlockFormat(shape)
        strong = QTextCharFormat(self._formats[0])
        strong.setFont(with_tabular_figures(self._font))
        if token.type == "th_open":
            strong.setFontWeight(QFont.Weight.DemiBold)
            under = cell.format().toTableCellFormat()
            under.setBottomBorder(1)
            under.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            under.setBottomBorderBrush(self._line)
            cell.setFormat(under)
        self._formats.append(strong)

    _th_open = _td_open = _open_cell

    def _close_cell(self, token: Token) -> None:
        self._formats.pop()
        self._cell = (self._cell[0], self._cell[1] + 1)

    _th_close = _td_close = _close_cell

    def _tr_close(self, token: Token) -> None:
        self._cell = (self._cell[0] + 1, 0)

    def _table_close(self, token: Token) -> None:
        self._tables.pop()
        self._cursor = QTextCursor(self._document)
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        self._fresh = True

    def _flatten(self) -> None:
        """Take the height from the block that the cursor is in."""
        shape = QTextBlockFormat()
        shape.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        self._cursor.setBlockFormat(shape)

    def _trim_ends(self) -> None:
        if self._fresh and not self._document.isEmpty():
            self._flatten()
            return
        shape = self._cursor.blockFormat()
        shape.setBottomMargin(0)
        self._cursor.setBlockFormat(shape)

    # Within a line

    def _text(self, token: Token) -> None:
        begin = 0
        for placeholder in _PLACEHOLDER.finditer(token.content):
            self._words(token.content[begin : placeholder.start()], before_object=True)
            self._hold(self._document.add_readout, placeholder[1])
            begin = placeholder.end()
        self._words(token.content[begin:], before_object=self._object_follows)

    def _words(self, words: str, before_object: bool) -> None:
        """Words without the punctuation that belongs to the objects at their two ends."""
        closing = _CLOSING.match(words)
        if self._held is not None and closing is not None:
            self._place_held(closing[0])
            words = words[closing.end() :]
        opening = _OPENING.search(words)
        if before_object and opening is not None:
            self._opening = opening[0]
            words = words[: opening.start()]
        self._cursor.insertText(words, self._formats[-1])

    def _math_inline(self, token: Token) -> None:
        self._hold(self._document.add_formula, token.content.strip(), token.type != "math_inline")

    _math_inline_double = _math_inline

    def _hold(self, add: Callable[..., None], *what: Any) -> None:
        """Keep an object back until it is known what stands after it."""
        self._place_held()
        self._held = add, (*what, self._opening)
        self._opening = ""

    def _place_held(self, closing: str = "") -> None:
        if self._held is not None:
            add, what = self._held
            self._held = None
            add(self._cursor, *what, closing)

    def _code_inline(self, token: Token) -> None:
        self._cursor.insertText(token.content, self._code_format(shaded=True))

    def _code_format(self, shaded: bool) -> QTextCharFormat:
        shape = QTextCharFormat(self._formats[-1])
        shape.setFont(code_font(self._font))
        if shaded:
            shape.setBackground(self._shade)
        return shape

    def _softbreak(self, token: Token) -> None:
        self._cursor.insertText(" ", self._formats[-1])

    def _hardbreak(self, token: Token) -> None:
        self._cursor.insertText("\N{LINE SEPARATOR}", self._formats[-1])

    def _push(self, **changes: Any) -> None:
        shape = QTextCharFormat(self._formats[-1])
        for name, value in changes.items():
            getattr(shape, name)(value)
        self._formats.append(shape)

    def _strong_open(self, token: Token) -> None:
        self._push(setFontWeight=QFont.Weight.DemiBold)

    def _em_open(self, token: Token) -> None:
        self._push(setFontItalic=True)

    def _s_open(self, token: Token) -> None:
        self._push(setFontStrikeOut=True)

    def _pop(self, token: Token) -> None:
        self._formats.pop()

    _strong_close = _em_close = _s_close = _pop

    def _image(self, token: Token) -> None:
        """A lesson's pictures are its scenes: of an image only its description is shown."""
        self._cursor.insertText(token.content, self._formats[-1])
