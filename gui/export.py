"""Pictures and tables for other programs: files, and the clipboard.

    save_picture(figure, theme, Path("secant.svg"), typesetter=typesetter)   png (at 2×), svg, pdf
    copy_picture(figure, theme, typesetter=typesetter)                       an image, and the same as SVG
    save_table(table, Path("run.csv"))                                       csv, or tsv
    gui.motion.save_motion(...)                                              gif

A picture carries its spoken sentence under it. A file is written whole or not at all; what stands in the
way is a StorageError that says where and what to do.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QMimeData, QPoint, QRect, QSize, QSizeF
from PySide6.QtGui import QGuiApplication, QPageLayout, QPageSize, QPainter, QPdfWriter

from engine.figure import NO_VIEWS, Figure, Table, View
from engine.words import shown
from gui.saving import target_kind, write
from gui.sheet import USUAL_SIZE, Sheet
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.mathtext import Typesetter

PICTURES = ("png", "svg", "pdf")
TABLES = {"csv": ",", "tsv": "\t"}
SHARP = 2.0
"""Pixels of a saved image for each pixel of the window: enough for a projector, and for paper."""

SVG_TYPE = "image/svg+xml"
PIXELS_PER_INCH = 96


def save_picture(
    figure: Figure,
    theme: Theme,
    path: Path,
    views: Mapping[str, View] = NO_VIEWS,
    size: QSize = USUAL_SIZE,
    typesetter: Typesetter | None = None,
    scale: float = SHARP,
) -> None:
    """Save the figure with its sentence as the ending of `path` says: `.png`, `.svg` or `.pdf`.

    size: the whole picture, caption included, in pixels of the window; a PNG has `scale` times as many.
    """
    kind = target_kind(path, PICTURES)
    with Sheet(theme, size, typesetter) as sheet:
        sheet.show(figure, views)
        if kind == "png":
            content = png_of(sheet, scale)
        elif kind == "svg":
            content = svg_of(sheet, shown(figure.spoken))
        else:
            content = pdf_of(sheet, shown(figure.spoken))
    write(path, content)


def copy_picture(
    figure: Figure,
    theme: Theme,
    views: Mapping[str, View] = NO_VIEWS,
    size: QSize = USUAL_SIZE,
    typesetter: Typesetter | None = None,
) -> None:
    """Put the figure on the clipboard: as an image, and as SVG for programs that can draw it."""
    data = QMimeData()
    with Sheet(theme, size, typesetter) as sheet:
        sheet.show(figure, views)
        data.setImageData(sheet.image(SHARP))
        data.setData(SVG_TYPE, QByteArray(svg_of(sheet, shown(figure.spoken))))
    QGuiApplication.clipboard().setMimeData(data)


def save_table(table: Table, path: Path) -> None:
    """Save a table as CSV (RFC 4180) or, if `path` ends so, as tab-separated values.

    Every digit of every number, with a decimal point. UTF-8; where it holds more than ASCII, a byte order
    mark tells spreadsheets so.
    """
    kind = target_kind(path, TABLES)
    words = table_text(table, TABLES[kind])
    write(path, words.encode("utf-8" if words.isascii() else "utf-8-sig"))


def table_text(table: Table, separator: str = "\t", start: int = 0, stop: int | None = None) -> str:
    """A table as text: a line of names, then a line for each row, every number with all its digits.

    What has no value is empty. Tab-separated is what a spreadsheet takes from the clipboard. Rows are those
    from `start` to before `stop`.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    for row in table.rows(start, stop):
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


# pictures ------------------------------------------------------------------------------------------------


def png_of(sheet: Sheet, scale: float = SHARP) -> bytes:
    """The sheet as PNG, `scale` pixels for each one of the window."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    sheet.image(scale).save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know no QBuffer here
    return bytes(buffer.data().data())


def svg_of(sheet: Sheet, spoken: str = "") -> bytes:
    """The sheet as SVG: lines and outlines, no font; `spoken` is what a screen reader says of it."""
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(sheet.size)
    generator.setViewBox(QRect(QPoint(0, 0), sheet.size))
    generator.setResolution(PIXELS_PER_INCH)
    generator.setTitle("Gradus")
    generator.setDescription(spoken)
    with QPainter(generator) as painter:
        sheet.paint(painter)
    return bytes(buffer.data().data())


def pdf_of(sheet: Sheet, title: str = "") -> bytes:
    """The sheet as one page of PDF of its own size, its fonts within."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(PIXELS_PER_INCH)
    writer.setTitle(title)
    writer.setCreator("Gradus")
    points = QSizeF(sheet.size) * 72 / PIXELS_PER_INCH
    page = QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    orientation = QPageLayout.Orientation.Portrait
    writer.setPageLayout(QPageLayout(page, orientation, QMarginsF(), QPageLayout.Unit.Point))
    with QPainter(writer) as painter:
        sheet.paint(painter)
    return bytes(buffer.data().data())


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
