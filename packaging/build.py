"""Build the bundle of Gradus for the system this runs on, and pack it.

    python -m uv run packaging/build.py           everything, into dist/
    python -m uv run packaging/build.py --folder  only the folder dist/Gradus
    python -m uv run packaging/build.py --pin     write packaging/requirements.txt anew

It works in an environment of its own, build/environment, with exactly what packaging/requirements.txt pins,
so that no tool of the developer's ends in the bundle. In there it runs a second time (`--inside`) and builds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import contents
from contents import BUILD, BUNDLE, DIST, PREPARED, ROOT

HERE = ROOT / "packaging"
ENVIRONMENT = BUILD / "environment"
REQUIREMENTS = HERE / "requirements.txt"
PIN = "python -m uv run packaging/build.py --pin"


def main() -> int:
    """Do what the arguments say and return the exit status."""
    reader = argparse.ArgumentParser(description="Build the bundle of Gradus.")
    reader.add_argument("--folder", action="store_true", help="make the folder, no archives")
    reader.add_argument("--pin", action="store_true", help="write packaging/requirements.txt anew")
    reader.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    wish = reader.parse_args()
    if wish.pin:
        return pin()
    if wish.inside:
        return build(archives=not wish.folder)
    prepare_environment()
    python = ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    arguments = ["--inside", *(["--folder"] if wish.folder else [])]
    return subprocess.run([str(python), str(HERE / "build.py"), *arguments], check=False).returncode


def uv() -> list[str]:
    """The command that starts uv: the one this runs under, or one that is installed."""
    found = os.environ.get("UV") or shutil.which("uv")
    return [found] if found else [sys.executable, "-m", "uv"]


def pin() -> int:
    """Write the versions and hashes of everything in a release; for all systems at once, without an index."""
    command = [
        *uv(), "pip", "compile", "pyproject.toml", "--group", "packaging", "--universal",
        "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-annotate",
        "--custom-compile-command", PIN, "--quiet", "--upgrade", "--output-file", str(REQUIREMENTS),
    ]  # fmt: skip
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def prepare_environment() -> None:
    """Make build/environment hold what requirements.txt pins, each file checked against its hash."""
    say("environment", "build/environment, from packaging/requirements.txt")
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    if not (ENVIRONMENT / "pyvenv.cfg").exists():
        command = [*uv(), "venv", "--quiet", "--python", sys.executable, str(ENVIRONMENT)]
        subprocess.run(command, check=True, env=environment)
    command = [*uv(), "pip", "sync", "--quiet", "--require-hashes", "--python", str(ENVIRONMENT)]
    subprocess.run([*command, str(REQUIREMENTS)], check=True, env=environment)


def build(archives: bool) -> int:
    """Prepare, freeze, finish and pack; each step says what it makes."""
    import prerequisites

    missing = prerequisites.missing()
    if missing:
        print("The bundle cannot be built here.", *missing, sep="\n", file=sys.stderr)
        return 1
    began = time.monotonic()
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(source_date()))
    steps: list[tuple[str, Callable[[], str]]] = [
        ("formulas", typeset_formulas),
        ("icons", make_icons),
        ("metadata", write_metadata),
        ("Qt support", compile_qt_support),
        ("program", freeze),
        ("licences", write_licences),
        ("symbols", strip_symbols),
        ("check", check_bundle),
    ]
    for name, step in steps:
        say(name, step())
    made = make_archives() if archives else []
    if made:
        write_checksums(made)
    print(f"Built in {time.monotonic() - began:.0f} s. Try it: python packaging/smoke.py {shown(BUNDLE)}")
    return 0


def say(step: str, words: str) -> None:
    """A line on what is made."""
    print(f"{step:<12} {words}", flush=True)


def shown(path: Path) -> str:
    """A path as seen from the repository."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def source_date() -> int:
    """The time of the last commit, in seconds: what archives say of their files, so that they repeat."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return int(answer.stdout) if answer.returncode == 0 and answer.stdout.strip() else int(time.time())


def typeset_formulas() -> str:
    """The course's formulas as drawings, so that the first lesson shows them at once."""
    PREPARED.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(HERE / "formulas.py"), str(PREPARED / "formulas.bin")]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if answer.returncode:
        raise SystemExit(answer.stderr.strip() or answer.stdout.strip())
    return f"{answer.stdout.strip()}, {contents.FORMULAS}"


def make_icons() -> str:
    """The icon in the sizes and formats that desktops ask for."""
    import icons

    return icons.make(ROOT / "resources" / "icons" / "gradus.svg", PREPARED / "icons")


def write_metadata() -> str:
    """What tells the program its version, and on Windows what tells the system."""
    folder = PREPARED / contents.own_metadata()
    folder.mkdir(parents=True, exist_ok=True)
    words = f"Metadata-Version: 2.4\nName: gradus\nVersion: {contents.version()}\nLicense-Expression: MIT\n"
    (folder / "METADATA").write_text(words, encoding="utf-8")
    if sys.platform == "win32":
        text = (HERE / "windows" / "version.txt.in").read_text(encoding="utf-8")
        numbers = ", ".join([*contents.version().split("."), "0"])
        filled = text.replace("@NUMBERS@", numbers).replace("@VERSION@", contents.version())
        (PREPARED / "version.txt").write_text(filled, encoding="utf-8")
    return f"Gradus {contents.version()}"


def compile_qt_support() -> str:
    """PySide6's support modules as byte code, which each start would make anew."""
    import qt_support

    return qt_support.write(PREPARED / contents.QT_SUPPORT)


def freeze() -> str:
    """Run PyInstaller. Its long story is kept in build/pyinstaller.log."""
    log = BUILD / "pyinstaller.log"
    for folder in (BUNDLE, DIST / f"{contents.NAME}.app"):
        shutil.rmtree(folder, ignore_errors=True)
    command = [
        sys.executable, "-m", "PyInstaller", "--noconfirm", "--distpath", str(DIST),
        "--workpath", str(BUILD / "work"), str(HERE / "gradus.spec"),
    ]  # fmt: skip
    with open(log, "w", encoding="utf-8") as file:
        answer = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, cwd=ROOT, check=False)
    if answer.returncode:
        last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise SystemExit("\n".join(["PyInstaller failed; build/pyinstaller.log has it all:", *last]))
    return shown(BUNDLE)


def write_licences() -> str:
    """The licences of everything that was put into the bundle."""
    import licences

    places = json.loads(contents.MANIFEST.read_text(encoding="utf-8"))
    found = licences.write(places, inside() / contents.LICENCES)
    return f"{len(found)} components, {contents.LICENCES}"


def inside() -> Path:
    """The folder with everything but the program itself."""
    application = DIST / f"{contents.NAME}.app" / "Contents" / "Resources"
    return application if application.exists() else BUNDLE / contents.INSIDE


def strip_symbols() -> str:
    """Take the debugging symbols out of Python's own libraries, on Linux."""
    if sys.platform != "linux":
        return "kept"
    files = [
        path
        for pattern in contents.STRIPPED
        for path in sorted(inside().glob(pattern))
        if path.is_file() and not path.is_symlink()
    ]
    before = sum(path.stat().st_size for path in files)
    for path in files:
        path.chmod(0o755)
        subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)
    saved = before - sum(path.stat().st_size for path in files)
    return f"{len(files)} files, {saved / 1e6:.0f} MB less"


def check_bundle() -> str:
    """Refuse a bundle that is too large, or that a stick with FAT cannot hold."""
    files = [path for path in BUNDLE.rglob("*") if not path.is_dir()]
    size = sum(path.lstat().st_size for path in files)
    if size > contents.MOST_INSTALLED:
        most = contents.MOST_INSTALLED
        raise SystemExit(f"The bundle takes {size / 1e6:.0f} MB; {most / 1e6:.0f} are allowed.")
    if sys.platform == "linux":
        links = [shown(path) for path in files if path.is_symlink()]
        counted = Counter(shown(path).lower() for path in files)
        twice = [name for name, times in counted.items() if times > 1]
        if links or twice:
            raise SystemExit("A stick with FAT cannot hold these:\n" + "\n".join(links + twice))
    return f"{len(files)} files, {size / 1e6:.1f} MB installed"


def make_archives() -> list[Path]:
    """The bundle as people download it."""
    if sys.platform == "linux":
        sys.path.insert(0, str(HERE / "linux"))
        import archives

        return archives.make(BUNDLE, PREPARED / "icons", DIST)
    if sys.platform == "win32":
        compiler = shutil.which("iscc")
        if compiler is None:
            say("installer", "left out: Inno Setup's iscc is not on the path")
            return [_zip(BUNDLE, "windows")]
        script = str(HERE / "windows" / "gradus.iss")
        subprocess.run([compiler, "/Qp", f"/DVersion={contents.version()}", script], check=True)
        return [DIST / f"gradus-{contents.version()}-windows-setup.exe", _zip(BUNDLE, "windows")]
    return [_zip(DIST / f"{contents.NAME}.app", "macos")]


def _zip(folder: Path, system: str) -> Path:
    name = DIST / f"gradus-{contents.version()}-{system}"
    return Path(shutil.make_archive(str(name), "zip", folder.parent, folder.name))


def write_checksums(made: list[Path]) -> None:
    """Say how large each archive is, refuse one that is too large, and write SHA256SUMS."""
    lines = []
    for path in made:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{digest}  {path.name}\n")
        say("packed", f"{shown(path)}  {path.stat().st_size / 1e6:.1f} MB  sha256 {digest}")
    (DIST / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    large = [path.name for path in made if path.stat().st_size > contents.MOST_PACKED]
    if large:
        raise SystemExit(f"More than {contents.MOST_PACKED / 1e6:.0f} MB: {', '.join(large)}")


if __name__ == "__main__":
    sys.exit(main())
