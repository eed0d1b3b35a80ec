"""What the desktop reads of Gradus: its entry, its kind of file, its description; and other systems."""

import plistlib
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from configparser import ConfigParser
from pathlib import Path

import contents
import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
LINUX = PACKAGING / "linux"
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"
UNTESTED = (
    "windows/gradus.iss",
    "windows/version.txt.in",
    "macos/Info.plist",
    "macos/entitlements.plist",
    "../.github/workflows/release.yml",
)


def desktop_entry():
    reader = ConfigParser(interpolation=None)
    reader.optionxform = str
    reader.read(LINUX / "gradus.desktop", encoding="utf-8")
    return dict(reader["Desktop Entry"])


def complaint_of(*command):
    """What a checking program says against a file; nothing where it is not installed or is content."""
    if shutil.which(command[0]) is None:
        return ""
    answer = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    return answer.stdout + answer.stderr if answer.returncode else ""


def test_a_double_click_on_a_pack_hands_it_to_the_program():
    entry = desktop_entry()
    assert entry["Exec"].split() == [contents.PROGRAM, "%f"]
    assert contents.MIME_TYPE in entry["MimeType"].split(";")
    assert (entry["Type"], entry["Terminal"]) == ("Application", "false")
    assert complaint_of("desktop-file-validate", LINUX / "gradus.desktop") == ""


def test_the_entry_belongs_to_the_window():
    from gui.app import make_application

    source = Path(make_application.__code__.co_filename).read_text(encoding="utf-8")
    assert 'setDesktopFileName("gradus")' in source
    assert desktop_entry()["StartupWMClass"] == "gradus"


def test_packs_have_a_kind_of_their_own():
    kind = ElementTree.parse(LINUX / "gradus-mime.xml").getroot().find(f"{MIME}mime-type")
    assert kind.get("type") == contents.MIME_TYPE
    assert kind.find(f"{MIME}glob").get("pattern") == f"*{contents.PACK_SUFFIX}"
    assert kind.find(f"{MIME}sub-class-of").get("type") == "application/zip"


def test_the_description_names_what_is_installed(tmp_path):
    root = ElementTree.parse(LINUX / f"{contents.IDENTIFIER}.metainfo.xml").getroot()
    assert root.findtext("id") == contents.IDENTIFIER
    assert root.findtext("launchable") == "gradus.desktop"
    assert root.find("provides").findtext("mediatype") == contents.MIME_TYPE
    assert root.findtext("project_license") == "MIT"
    words = (LINUX / f"{contents.IDENTIFIER}.metainfo.xml").read_text(encoding="utf-8")
    file = tmp_path / f"{contents.IDENTIFIER}.metainfo.xml"
    file.write_text(words.replace("@VERSION@", "1.2.3").replace("@DATE@", "2026-01-31"), encoding="utf-8")
    assert complaint_of("appstreamcli", "validate", "--no-net", file) == ""


def test_the_fonts_file_is_well_formed():
    assert ElementTree.parse(LINUX / "fonts.conf").getroot().tag == "fontconfig"


def test_macos_opens_packs_with_the_app():
    entries = contents.information_for_macos()
    kinds = entries["CFBundleDocumentTypes"][0]["LSItemContentTypes"]
    declared = entries["UTExportedTypeDeclarations"][0]
    assert kinds == [declared["UTTypeIdentifier"]]
    assert declared["UTTypeTagSpecification"]["public.filename-extension"] == ["gradus"]
    assert entries["CFBundleShortVersionString"] == contents.version()
    with open(PACKAGING / "macos" / "entitlements.plist", "rb") as file:
        assert all(value is True for value in plistlib.load(file).values())


def test_windows_opens_packs_with_the_program():
    words = (PACKAGING / "windows" / "gradus.iss").read_text(encoding="utf-8")
    assert r'"Software\Classes\.gradus"' in words
    assert r'"""{app}\gradus.exe"" ""%1"""' in words
    assert "PrivilegesRequiredOverridesAllowed=dialog commandline" in words


@pytest.mark.parametrize("name", UNTESTED)
def test_what_nobody_could_run_says_so_in_its_first_line(name):
    assert "Untested" in (PACKAGING / name).read_text(encoding="utf-8").splitlines()[0]


def test_the_script_that_signs_says_so_too_and_is_a_script():
    script = PACKAGING / "macos" / "sign.sh"
    assert "Untested" in "".join(script.read_text(encoding="utf-8").splitlines()[:2])
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0


def test_releases_are_pinned_with_hashes_and_name_no_index():
    lines = (PACKAGING / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if line[:1].isalnum()]
    assert lines[1].strip("# ") == "python -m uv run packaging/build.py --pin"
    assert all("==" in line and line.endswith("\\") for line in pinned)
    names = {line.split("==")[0] for line in pinned}
    assert {name.lower() for name in contents.DISTRIBUTIONS} | {"pyinstaller"} <= names
    assert not [line for line in lines if "://" in line or "--index" in line or "--find-links" in line]
