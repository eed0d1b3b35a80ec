"""What import-linter cannot see: no code of ours turns text into code, but for the one place that may."""

import ast
import re
from pathlib import Path

import pytest

import engine

ROOT = Path(__file__).parents[2]
SOURCES = sorted([ROOT / "main.py", *(ROOT / "engine").rglob("*.py"), *(ROOT / "gui").rglob("*.py")])
COMPILES = {"eval", "exec", "compile"}
DANGEROUS_SYMPY = {"sympify", "parse_expr", "lambdify"}
NETWORK = {"socket", "http", "urllib.request", "ftplib", "smtplib", "ssl", "asyncio"}


def called_names(tree: ast.AST) -> set[str]:
    return {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def imported_modules(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_function_compiles(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = COMPILES if path == ROOT / "engine" / "function.py" else set()
    assert not called_names(tree) & COMPILES - allowed
    assert not {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & DANGEROUS_SYMPY
    assert not {name.rpartition(".")[2] for name in imported_modules(tree)} & DANGEROUS_SYMPY


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_leaves_the_machine(path: Path) -> None:
    modules = imported_modules(ast.parse(path.read_text(encoding="utf-8")))
    assert not {name for name in modules if name in NETWORK or "QtNetwork" in name}


def test_the_map_of_the_engine_names_every_file() -> None:
    modules = {path.stem for path in (ROOT / "engine").glob("*.py")} - {"__init__"}
    packages = {path.parent.name for path in (ROOT / "engine").glob("*/__init__.py")}
    assert modules | packages <= set(re.findall(r"\w+", engine.__doc__ or ""))
