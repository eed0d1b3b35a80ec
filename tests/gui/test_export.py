"""What is saved opens again, says what it shows, and is there whole or not at all."""

import csv
import errno
import io
import math

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from engine.errors import LimitError, StorageError
from engine.figure import Column, Figure, Table, View
from engine.scene import Playback, make_scene
from engine.text import Text
from gui import motion, saving, sheet
from gui.export import SVG_TYPE, copy_picture, save_picture, save_table, table_text
from gui.motion import plan, save_motion
from gui.sheet import Sheet
from gui.theme import theme_named

SIZE = QSize(480, 360)
LIGHT, DARK = theme_named("light"), theme_named("dark")


@pytest.fixture(scope="module")
def figure():
    return make_scene("secant", {"f": "3x^2-4x", "x0": 1, "h": 0.5}).figure()


def pixels(image):
    """An image as (height, width, 3) numbers."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)


def share_of(color, array, within=24):
    """How much of a picture has about this colour."""
    wanted = np.array(QColor(color).getRgb()[:3])
    return float(np.mean(np.abs(array.astype(int) - wanted).max(axis=2) <= within))


def drawn_svg(path, size=SIZE):
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor("magenta"))
    with QPainter(image) as painter:
        QSvgRenderer(str(path)).render(painter)
    return pixels(image)


# pictures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK, theme_named("contrast")], ids=lambda theme: theme.name)
def test_png_has_twice_the_pixels_and_the_colours_of_the_theme(figure, theme, tmp_path, typesetter):
    path = tmp_path / "a.png"
    save_picture(figure, theme, path, size=SIZE, typesetter=typesetter)
    with Image.open(path) as picture:
        array = np.asarray(picture.convert("RGB"))
        assert picture.size == (960, 720)
        assert picture.info["dpi"] == pytest.approx((192, 192), abs=0.5)
    assert tuple(array[0, 0]) == QColor(theme.background).getRgb()[:3]
    by_id = {mark.id: theme.look(mark).color for panel in figure.panels for mark in panel.marks}
    for name in ("curve", "secant", "tangent"):
        assert share_of(by_id[name], array) > 2e-4, name


def test_the_sentence_stands_under_the_picture(figure, tmp_path, typesetter):
    said, silent = tmp_path / "said.png", tmp_path / "silent.png"
    speechless = Figure(panels=figure.panels, readouts=figure.readouts, spoken=Text(""))
    save_picture(figure, LIGHT, said, size=SIZE, typesetter=typesetter)
    save_picture(speechless, LIGHT, silent, size=SIZE, typesetter=typesetter)
    with Image.open(said) as one, Image.open(silent) as other:
        below = np.asarray(one.convert("L"))[-56:]  # the caption's last line
        assert share_of(LIGHT.text, np.asarray(one.convert("RGB"))[-56:], 60) > 0.01
        assert not np.array_equal(below, np.asarray(other.convert("L"))[-56:])


def test_a_long_sentence_leaves_the_picture_its_room(figure):
    wordy = Figure(panels=figure.panels, readouts=(), spoken=Text("word " * 2000))
    with Sheet(LIGHT, SIZE) as made:
        made.show(wordy, {})
        array = pixels(made.image())
    assert share_of(LIGHT.look(mark_of("secant")).color, array[:230]) > 1e-3
    assert share_of(LIGHT.text, array[-140:], 60) > 0.02


def test_the_views_of_the_learner_are_kept(figure, tmp_path, typesetter):
    own, zoomed = tmp_path / "own.png", tmp_path / "zoomed.png"
    panel = figure.panels[0].id
    save_picture(figure, LIGHT, own, size=SIZE, typesetter=typesetter)
    save_picture(figure, LIGHT, zoomed, {panel: View(0.9, 1.1, -1.2, -0.8)}, SIZE, typesetter)
    assert own.read_bytes() != zoomed.read_bytes()


def test_svg_needs_no_font_and_looks_like_the_png(figure, tmp_path, typesetter):
    vector, raster = tmp_path / "a.svg", tmp_path / "a.png"
    save_picture(figure, DARK, vector, size=SIZE, typesetter=typesetter)
    save_picture(figure, DARK, raster, size=SIZE, typesetter=typesetter, scale=1.0)
    text = vector.read_text(encoding="utf-8")
    assert "<text" not in text
    assert 'viewBox="0 0 480 360"' in text
    assert f"<desc>{figure.spoken}</desc>" in text
    with Image.open(raster) as picture:
        difference = np.abs(drawn_svg(vector).astype(int) - np.asarray(picture.convert("RGB")))
    assert difference.mean() < 3
    assert share_of("magenta", drawn_svg(vector)) == 0


def test_pdf_is_one_page_of_its_own_size_with_its_fonts(figure, tmp_path, typesetter):
    path = tmp_path / "a.pdf"
    save_picture(figure, LIGHT, path, size=SIZE, typesetter=typesetter)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-1.")
    assert content.rstrip().endswith(b"%%EOF")
    assert content.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 360 270]" in content.replace(b".000000", b"").replace(b".0", b"")
    assert b"/FontFile2" in content or b"/FontFile3" in content


def test_copying_puts_an_image_and_svg_on_the_clipboard(figure, typesetter):
    copy_picture(figure, LIGHT, size=SIZE, typesetter=typesetter)
    data = QGuiApplication.clipboard().mimeData()
    assert QImage(data.imageData()).size() == QSize(960, 720)
    assert QSvgRenderer(data.data(SVG_TYPE)).isValid()
    QGuiApplication.clipboard().clear()


@pytest.mark.parametrize("size", [QSize(10, 400), QSize(400, 0), QSize(9000, 400)])
def test_sizes_that_make_no_sense_are_refused(figure, size, tmp_path):
    with pytest.raises(LimitError):
        save_picture(figure, LIGHT, tmp_path / "a.png", size=size)
    assert list(tmp_path.iterdir()) == []


def test_an_image_that_would_fill_the_memory_is_refused(figure, tmp_path):
    with pytest.raises(LimitError):
        save_picture(figure, LIGHT, tmp_path / "a.png", size=QSize(8000, 8000), scale=8)
    assert list(tmp_path.iterdir()) == []


def test_a_caption_written_from_the_right_stands_at_the_right(figure):
    arabic = Figure(panels=figure.panels, readouts=(), spoken=Text("ميل القاطع"))
    with Sheet(LIGHT, SIZE) as made:
        made.show(arabic, {})
        caption = pixels(made.image())[-40:]
    dark = np.argwhere(caption.min(axis=2) < 128)
    assert dark[:, 1].min() > SIZE.width() / 2


# files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["picture", "picture.bmp", "picture.png.", ".png"])
def test_an_unknown_ending_names_the_known_ones(figure, name, tmp_path):
    with pytest.raises(StorageError) as caught:
        save_picture(figure, LIGHT, tmp_path / name, size=SIZE)
    assert ".png, .svg, .pdf" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "full"),
        (errno.EACCES, "may not write"),
        (errno.EROFS, "may not write"),
        (errno.ENAMETOOLONG, "name"),
        (errno.EIO, "system says"),
    ],
)
def test_what_stands_in_the_way_is_said_and_the_old_file_stays(figure, number, words, tmp_path, monkeypatch):
    path = tmp_path / "a.svg"
    path.write_text("old")

    def fail(*_arguments):
        raise OSError(number, "no luck")

    monkeypatch.setattr("engine.safe_files.os.fsync", fail)
    with pytest.raises(StorageError) as caught:
        save_picture(figure, LIGHT, path, size=SIZE)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.remedy is not None
    assert [file.name for file in tmp_path.iterdir()] == ["a.svg"]
    assert path.read_text() == "old"


def test_a_folder_in_the_way_and_one_that_is_missing(figure, tmp_path):
    (tmp_path / "a.png").mkdir()
    for path, words in ((tmp_path / "a.png", "a folder"), (tmp_path / "none" / "a.png", "no such folder")):
        with pytest.raises(StorageError) as caught:
            save_picture(figure, LIGHT, path, size=SIZE)
        assert words in str(caught.value)
    with pytest.raises(StorageError, match="name"):
        saving.write(tmp_path / "a\0.png", b"")


# tables --------------------------------------------------------------------------------------------------

TABLE = Table(
    "final",
    (
        Column("racer", ["gd(lr=0.1)", 'adam, "fast"', "two\nlines", None]),
        Column("loss", np.array([0.1 + 0.2, math.nan, -math.inf, 1e-300])),
        Column("step", np.array([1, 2, 3, 4])),
        Column("done", [True, False, True, False]),
    ),
)


def test_a_table_is_csv_as_rfc_4180_has_it(tmp_path):
    path = tmp_path / "t.csv"
    save_table(TABLE, path)
    content = path.read_bytes()
    assert content.startswith(b"racer,loss,step,done\r\n")
    assert content.endswith(b"\r\n")
    rows = list(csv.reader(io.StringIO(content.decode("ascii"), newline="")))
    assert rows[1:] == [
        ["gd(lr=0.1)", "0.30000000000000004", "1", "true"],
        ['adam, "fast"', "", "2", "false"],
        ["two\nlines", "-inf", "3", "true"],
        ["", "1e-300", "4", "false"],
    ]


def test_a_byte_order_mark_stands_where_letters_need_it(tmp_path):
    path = tmp_path / "t.csv"
    save_table(Table("t", (Column("θ", np.array([1.5])),)), path)
    assert path.read_bytes() == "\ufeffθ\r\n1.5\r\n".encode()


def test_every_number_of_a_real_table_comes_back(tmp_path):
    table = next(one for one in make_scene("descent-2d").figure().tables if one.name == "path")
    save_table(table, tmp_path / "t.tsv")
    with open(tmp_path / "t.tsv", newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    losses = next(column.values for column in table.columns if column.name == "loss")
    assert [float(row["loss"]) for row in rows] == list(losses)


def test_a_table_for_the_clipboard_is_tab_separated():
    assert table_text(TABLE).splitlines()[0] == "racer\tloss\tstep\tdone"


def test_a_table_is_no_picture(tmp_path):
    with pytest.raises(StorageError):
        save_table(TABLE, tmp_path / "t.png")


# pictures in motion --------------------------------------------------------------------------------------

SECANT = make_scene("secant")
SHORT = Playback("h", 1.0, 0.01, seconds=0.4, scale="log")


def frames_of(path):
    with Image.open(path) as picture:
        frames = []
        for number in range(picture.n_frames):
            picture.seek(number)
            frames.append((picture.info["duration"], np.asarray(picture.convert("RGB")).copy()))
        return picture.size, picture.info.get("loop"), frames


def test_a_motion_has_25_frames_a_second_and_rests_at_its_ends():
    frames = plan(SECANT, SHORT)
    assert [frame.scene.h for frame in frames] == pytest.approx([10 ** (-0.2 * n) for n in range(11)])
    assert [frame.duration for frame in frames] == [600, *[40] * 9, 1500]


def test_whole_steps_are_shown_once_each_for_their_time():
    race = make_scene("descent-2d", {"steps": 4})
    frames = plan(race, Playback("step", 0, 4, seconds=2.0, integer=True))
    assert [frame.scene.step for frame in frames] == [0, 1, 2, 3, 4]
    # 51 moments, of which round() gives each inner step an eighth to an eighth around it
    assert all(480 <= frame.duration <= 520 for frame in frames[1:-1])


def test_a_value_that_cannot_be_is_passed_over():
    frames = plan(SECANT, Playback("h", -1.0, 1.0, seconds=0.08))
    assert [frame.scene.h for frame in frames] == [-1.0, 1.0]


def test_a_motion_without_end_is_bounded():
    frames = plan(SECANT, Playback("h", 1.0, 0.01, seconds=1e12, scale="log"))
    assert len(frames) <= motion.MOST_FRAMES + 1
    assert sum(frame.duration for frame in frames) < 70_000


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_gif_plays_every_frame_for_ever(theme, tmp_path, typesetter):
    path = tmp_path / "a.gif"
    assert save_motion(SECANT, SHORT, theme, path, size=SIZE, typesetter=typesetter)
    size, loop, frames = frames_of(path)
    assert (size, loop, len(frames)) == ((480, 360), 0, 11)
    assert sum(duration for duration, _ in frames) == 600 + 9 * 40 + 1500
    background = QColor(theme.background).getRgb()[:3]
    for _, array in frames:
        assert tuple(array[0, 0]) == background  # one palette: nothing flickers
        assert share_of(theme.look(mark_of("secant")).color, array) > 1e-4
    assert not np.array_equal(frames[0][1], frames[-1][1])


def mark_of(name):
    return next(mark for panel in SECANT.figure().panels for mark in panel.marks if mark.id == name)


def test_the_axes_of_a_gif_stand_still(tmp_path, typesetter):
    path = tmp_path / "a.gif"
    save_motion(SECANT, SHORT, LIGHT, path, size=SIZE, typesetter=typesetter)
    _, _, frames = frames_of(path)
    corner = [array[:40, :40] for _, array in frames]
    assert all(np.array_equal(corner[0], other) for other in corner)


def test_a_field_keeps_its_colours(tmp_path, typesetter):
    race = make_scene("descent-2d", {"steps": 3})
    path = tmp_path / "a.gif"
    playback = Playback("step", 0, 3, seconds=0.2, integer=True)
    save_motion(race, playback, LIGHT, path, size=QSize(640, 400), typesetter=typesetter)
    with Sheet(LIGHT, QSize(640, 400), typesetter) as made:
        for figure in [frame.scene.figure() for frame in plan(race, playback)]:
            made.show(figure, {})
        exact = pixels(made.image()).astype(int)
    _, _, frames = frames_of(path)
    assert np.abs(frames[-1][1] - exact).mean() < 1.5


def test_a_gif_can_be_stopped(tmp_path):
    told = []

    def progress(share):
        told.append(share)
        return len(told) < 3

    assert not save_motion(SECANT, SHORT, LIGHT, tmp_path / "a.gif", size=SIZE, progress=progress)
    assert told == pytest.approx([0, 1 / 11, 2 / 11])
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_on_the_screen(figure, tmp_path, qapp):
    before = len(qapp.topLevelWidgets())
    for _ in range(3):
        save_picture(figure, LIGHT, tmp_path / "a.png", size=SIZE)
    qapp.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    assert len(qapp.topLevelWidgets()) <= before


def test_limits_of_a_sheet_are_where_they_say():
    sheet.check_size(QSize(sheet.SMALLEST_SIDE, sheet.LARGEST_SIDE))
    for size in (QSize(sheet.SMALLEST_SIDE - 1, 400), QSize(400, sheet.LARGEST_SIDE + 1)):
        with pytest.raises(LimitError):
            sheet.check_size(size)
