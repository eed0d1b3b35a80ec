"""The theme on the application: system, choice, size, room."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QSlider

from gui.theme import THEME_FOLDER, ThemeManager, stylesheet, theme_named


@pytest.fixture
def manager(qapp):
    made = ThemeManager()
    yield made
    made.set_choice("light")
    made.set_text_scale(1.0)
    made.set_room_mode(False)
    made.deleteLater()


def heard_changes(manager: ThemeManager) -> list[str]:
    heard: list[str] = []
    manager.changed.connect(lambda: heard.append(manager.theme().name))
    return heard


@pytest.mark.parametrize("choice", ["dark", "contrast", "light"])
def test_a_choice_is_shown_at_once(manager, choice):
    manager.set_choice("light" if choice != "light" else "dark")
    heard = heard_changes(manager)
    manager.set_choice(choice)
    assert heard == [choice]
    assert QApplication.palette().color(QPalette.ColorRole.Window) == QColor(theme_named(choice).pane)
    assert theme_named(choice).accent in QApplication.instance().styleSheet()


def test_the_same_choice_again_changes_nothing(manager):
    manager.set_choice("dark")
    heard = heard_changes(manager)
    manager.set_choice("dark")
    assert heard == []


def test_an_unknown_choice_follows_the_system(manager):
    manager.set_choice("mauve")
    assert manager.choice == "system"


@pytest.mark.parametrize(("asked", "got"), [(0.1, 0.75), (1.25, 1.25), (9.0, 2.0)])
def test_text_scale_keeps_within_its_ends(manager, asked, got):
    manager.set_text_scale(asked)
    assert manager.text_scale == got
    assert manager.theme().text_size == round(15 * got)
    assert QApplication.font().pixelSize() == round(15 * got)


def test_room_mode_enlarges_and_gives_back(manager):
    manager.set_text_scale(1.2)
    manager.set_room_mode(True)
    assert manager.theme().text_size == round(15 * 1.2 * 1.5)
    assert manager.theme().line_scale == 1.5
    manager.set_room_mode(False)
    assert manager.theme().text_size == 18
    assert manager.theme().line_scale == 1.0


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
@pytest.mark.parametrize("scale", [0.75, 1.0, 2.0])
def test_the_stylesheet_has_a_value_for_every_name(name, scale):
    sheet = stylesheet(theme_named(name, scale))
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}") > 20


def test_a_missing_stylesheet_is_no_disaster(tmp_path, caplog):
    assert stylesheet(theme_named("light"), tmp_path) == "/* none */"
    assert "no stylesheet" in caplog.text


def test_every_colour_of_the_stylesheet_is_the_themes():
    assert not re.search(r"#[0-9a-fA-F]{6}", (THEME_FOLDER / "gradus.qss").read_text(encoding="utf-8"))


def test_a_slider_is_found_by_the_hand(manager, qtbot):
    manager.set_choice("dark")
    slider = QSlider()
    qtbot.addWidget(slider)
    slider.show()
    assert slider.minimumSizeHint().height() >= 22 or slider.sizeHint().height() >= 22
