"""The bundled typeface: present, small, licensed, with figures of one width."""

from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QRawFont

from gui import fonts


def test_the_bundle_has_its_font_and_its_licence():
    files = list(fonts.FONT_FOLDER.glob("*.otf"))
    assert len(files) == 4
    assert sum(path.stat().st_size for path in files) < 1_000_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (fonts.FONT_FOLDER / "OFL.txt").read_text()


def test_text_is_set_in_it_in_every_cut(qapp):
    assert fonts.load_fonts() == "Inter"
    font = fonts.text_font(2.0)
    assert font.pixelSize() == 30
    assert QFontInfo(font).family() == "Inter"
    widths = set()
    for weight, italic in ((400, False), (600, False), (400, True), (600, True)):
        font.setWeight(QFont.Weight(weight))
        font.setItalic(italic)
        assert QFontInfo(font).italic() == italic
        widths.add(QFontMetricsF(font).horizontalAdvance("Descent"))
    assert len(widths) == 4


def test_figures_are_of_one_width(qapp):
    metrics = QFontMetricsF(fonts.text_font())
    assert len({round(metrics.horizontalAdvance(digit * 8), 3) for digit in "0123456789"}) == 1
    proportional = QFont(fonts.load_fonts())
    proportional.setPixelSize(15)
    plain = QFontMetricsF(proportional)
    assert plain.horizontalAdvance("1" * 8) < plain.horizontalAdvance("0" * 8)


def test_what_a_calculus_course_writes_is_in_the_font(qapp):
    for path in fonts.FONT_FOLDER.glob("*.otf"):
        raw = QRawFont(str(path), 15.0)
        signs = "−×·÷√∂θπσηβεΔ≤≥≠≈∞→′₀₁⁻⁷∑∫✓✗“”‘’…–—½é"
        assert [sign for sign in signs if not raw.supportsCharacter(ord(sign))] == []


def test_without_the_files_the_system_s_font_is_used(qapp, tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "_family", None)
    assert fonts.load_fonts(tmp_path) != ""


def test_code_is_set_in_a_fixed_width_a_little_smaller(qapp):
    code = fonts.code_font(fonts.text_font())
    metrics = QFontMetricsF(code)
    assert metrics.horizontalAdvance("iiii") == metrics.horizontalAdvance("MMMM")
    assert code.pixelSize() == 14
