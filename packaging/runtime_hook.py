"""Runs in the bundle before main.py, and in its child processes: says what a bare Linux does not.

Without it Qt would complain on standard error, or take plugins of the host's that fit another Qt.
"""


def _prepare() -> None:
    import os
    import sys

    if not sys.platform.startswith("linux"):
        return
    inside = sys._MEIPASS  # type: ignore[attr-defined]
    os.environ["QT_PLUGIN_PATH"] = f"{inside}/PySide6/Qt/plugins"
    # Qt asks for a locale in UTF-8. An empty environment has none; this one is built into the C library.
    if not any(os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG")):
        os.environ["LC_CTYPE"] = "C.UTF-8"
    # Fontconfig without its file complains for every font. The bundle brings its own font and a file for it.
    if not os.path.exists("/etc/fonts/fonts.conf") and not os.environ.get("FONTCONFIG_FILE"):
        os.environ["FONTCONFIG_FILE"] = f"{inside}/resources/fonts/fonts.conf"


_prepare()
del _prepare
