"""The bundle packed for Linux: a `.tar.xz` to unpack anywhere, and a `.deb` to install.

Both are the same, byte for byte, when they are built twice from the same bundle: names are sorted, owners are
root, and times are the last commit's.
"""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import contents
import libraries

HERE = Path(__file__).resolve().parent
LIBRARY = Path("usr/lib/gradus")
SHARE = Path("usr/share")


def make(bundle: Path, icons: Path, target: Path) -> list[Path]:
    """Write both archives into the folder `target` and return their paths."""
    files = libraries.binaries(bundle)
    oldest = libraries.oldest_c_library(files)
    depends = libraries.packages_of(libraries.from_the_host(files))
    print(f"{'asks for':<12} C library {oldest}, {', '.join(depends)}")
    _write_readme(bundle, oldest)
    return [_archive(bundle, target), _package(bundle, icons, target, oldest, depends)]


def _write_readme(bundle: Path, oldest: str) -> None:
    words = (HERE / "README.txt").read_text(encoding="utf-8").replace("@GLIBC@", oldest)
    (bundle / "README.txt").write_text(words, encoding="utf-8")


def _archive(bundle: Path, target: Path) -> Path:
    name = f"gradus-{contents.version()}"
    path = target / f"{name}-linux-{os.uname().machine}.tar.xz"
    with tarfile.open(path, "w:xz", preset=6, format=tarfile.PAX_FORMAT) as archive:
        archive.add(bundle, arcname=name, filter=_plain, recursive=False)
        for file in sorted(bundle.rglob("*")):
            archive.add(file, Path(name) / file.relative_to(bundle), filter=_plain, recursive=False)
    return path


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Owner, mode and time of an entry, not as they happen to be here."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = int(os.environ["SOURCE_DATE_EPOCH"])
    runs = entry.isdir() or entry.mode & 0o100
    entry.mode = 0o755 if runs else 0o644
    return entry


def _package(bundle: Path, icons: Path, target: Path, oldest: str, depends: list[str]) -> Path:
    tree = contents.BUILD / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(bundle, tree / LIBRARY, symlinks=True)
    (tree / LIBRARY / "README.txt").unlink()
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/gradus").symlink_to("../lib/gradus/gradus")
    _place_desktop_files(tree, icons)
    _write_control(tree, oldest, depends)
    _settle(tree)
    architecture = _debian_architecture()
    path = target / f"gradus_{contents.version()}_{architecture}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(tree), str(path)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return path


def _place_desktop_files(tree: Path, icons: Path) -> None:
    """The entry in the menu, the kind of file that a pack is, the description for software centres, icons."""
    moment = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.UTC)
    metainfo = f"{contents.IDENTIFIER}.metainfo.xml"
    described = (HERE / metainfo).read_text(encoding="utf-8")
    described = described.replace("@VERSION@", contents.version())
    described = described.replace("@DATE@", moment.date().isoformat())
    _write(tree / SHARE / "metainfo" / metainfo, described)
    _copy(HERE / "gradus.desktop", tree / SHARE / "applications" / "gradus.desktop")
    _copy(HERE / "gradus-mime.xml", tree / SHARE / "mime" / "packages" / "gradus.xml")
    hicolor = tree / SHARE / "icons" / "hicolor"
    _copy(contents.ROOT / "resources" / "icons" / "gradus.svg", hicolor / "scalable/apps/gradus.svg")
    for picture in sorted(icons.glob("gradus-*.png")):
        size = picture.stem.rpartition("-")[2]
        _copy(picture, hicolor / f"{size}x{size}/apps/gradus.png")
    licence = (contents.ROOT / "LICENSE").read_text(encoding="utf-8")
    rest = f"\nWhat is bundled has licences of its own: /{LIBRARY}/{contents.INSIDE}/{contents.LICENCES}\n"
    _write(tree / SHARE / "doc/gradus/copyright", licence + rest)


def _write_control(tree: Path, oldest: str, depends: list[str]) -> None:
    size = sum(path.lstat().st_size for path in tree.rglob("*") if not path.is_dir()) // 1024
    wanted = ", ".join(f"{name} (>= {oldest})" if name == "libc6" else name for name in depends)
    _write(
        tree / "DEBIAN/control",
        f"Package: gradus\nVersion: {contents.version()}\nArchitecture: {_debian_architecture()}\n"
        f"Maintainer: {contents.MAINTAINER}\nInstalled-Size: {size}\nDepends: {wanted}\n"
        "Section: education\nPriority: optional\n"
        "Description: calculus for machine learning, one step at a time\n"
        " Lessons stand beside pictures that answer: everything in a picture can be dragged, typed, played,\n"
        " stepped back and undone, from the secant to the paths of optimizers.\n"
        " .\n"
        " It works offline, keeps progress on the computer, and contains no network code.\n",
    )


def _settle(tree: Path) -> None:
    """Modes as a package has them, and times as the last commit has them."""
    moment = int(os.environ["SOURCE_DATE_EPOCH"])
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)


def _debian_architecture() -> str:
    answer = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    return answer.stdout.strip()


def _write(path: Path, words: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words, encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
