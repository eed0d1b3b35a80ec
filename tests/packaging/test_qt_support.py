"""PySide6 finds its support modules compiled, and all of them."""

import subprocess
import sys
from importlib.machinery import SourcelessFileLoader

import qt_support

LOADED_AT_START = """
import sys
import PySide6.QtWidgets
print(*(name for name in sys.modules if name.split(".")[0] == "shibokensupport"))
"""


def test_every_module_that_a_start_loads_is_there_as_byte_code(tmp_path):
    said = qt_support.write(tmp_path / "files.dir")
    command = [sys.executable, "-c", LOADED_AT_START]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "shibokensupport.signature.loader" in loaded
    made = {path for path in (tmp_path / "files.dir").rglob("*") if path.is_file()}
    assert said == f"{len(made)} modules"
    for name in loaded:
        place = tmp_path.joinpath("files.dir", *name.split("."))
        path = place / "__init__.pyc" if place.is_dir() else place.with_suffix(".pyc")
        code = SourcelessFileLoader(name, str(path)).get_code(name)
        assert code is not None
        assert code.co_filename == path.relative_to(tmp_path / "files.dir").with_suffix(".py").as_posix()


def test_it_repeats_byte_for_byte(tmp_path):
    contents = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        qt_support.write(folder)
        contents.append({path.name: path.read_bytes() for path in folder.rglob("*.pyc")})
    assert contents[0] == contents[1]
