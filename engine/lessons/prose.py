"""What Markdown in a lesson may hold: formulas, emphasis, lists, tables, and `{readouts}` that are known.

Everything that looks at words on their own terms, whichever block they stand in, is here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from engine.lessons.source import Report, markdown_parser, nearest
from engine.text import Text, verbatim

if TYPE_CHECKING:
    from markdown_it.token import Token

FIELD = re.compile(r"\{([A-Za-z]\w*)\}")
"""A readout in prose, as the lesson pane finds it."""

MOST_SIGNS = 1_000
"""Brackets, stars and the like in one text: what opens something costs the parser more, the more are open."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|\t")
_HTML = re.compile(r"</?[A-Za-z!][^>]*>?")


class Part(msgspec.Struct, frozen=True):
    """A stretch of Markdown of one kind: words, math, code, html, image or link, and its line in the text."""

    kind: str
    content: str
    line: int


def parts_of(markdown: str) -> Iterator[Part]:
    """The stretches of a text, in order; lines count from 0."""
    for token in markdown_parser().parse(markdown):
        line = token.map[0] if token.map else 0
        if token.type == "inline":
            yield from _inline_parts(token, line)
        elif token.type.startswith("math"):
            yield Part("math", token.content, line)
        elif token.type in ("fence", "code_block"):
            yield Part("code", token.content, line)
        elif token.type == "html_block":
            yield Part("html", token.content, line)


def _inline_parts(token: Token, line: int) -> Iterator[Part]:
    kinds = {"text": "words", "code_inline": "code", "html_inline": "html"}
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "image":
            yield Part("image", child.content, line)
        elif child.type == "link_open":
            yield Part("link", str(child.attrs.get("href", "")), line)
        elif child.type.startswith("math"):
            yield Part("math", child.content, line)
            line += child.content.count("\n")
        elif child.type in kinds:
            yield Part(kinds[child.type], child.content, line)


def check_markdown(markdown: str, line: int, known: Collection[str] | None, report: Report) -> None:
    """Report what may not stand in a text that begins at `line`. `known`: the names of readouts, if known."""
    if _CONTROL.search(markdown):
        report(line, _control_words(markdown))
        return
    if any(markdown.count(sign) > MOST_SIGNS for sign in "[<*_~$`"):
        report(line, Text("This text holds more than {limit} signs of one kind.", {"limit": MOST_SIGNS}))
        return
    for part in parts_of(markdown):
        fault = _fault(part)
        if fault is not None:
            report(line + part.line, fault)
        elif part.kind == "words" and known is not None:
            _check_fields(part.content, line + part.line, known, report)


def _fault(part: Part) -> Text | None:
    if part.kind == "html" and _HTML.match(part.content.strip()):
        tag = verbatim(part.content.strip().split("\n")[0][:40])
        return Text("HTML is not read in lessons: {tag}. Write Markdown.", {"tag": tag})
    if part.kind == "image":
        return Text("A lesson has no image files. Its pictures are scenes.")
    if part.kind == "link" and urlsplit(part.content).scheme not in ("https", "http"):
        return Text("A link must begin with https://, not {link}.", {"link": verbatim(part.content[:40])})
    if part.kind == "math":
        return _formula_fault(part.content)
    if part.kind == "words" and re.search(r"(?<!\\)\$", part.content):
        return Text("A $ here has no partner to make a formula with. For the sign itself write \\$.")
    return None


def _formula_fault(latex: str) -> Text | None:
    if not latex.strip():
        return Text("There is no formula between these dollar signs.")
    plain = re.sub(r"\\.", "", latex, flags=re.DOTALL)
    depth = 0
    for character in plain:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            break
    if depth:
        return Text("The braces of the formula {latex} do not match.", {"latex": verbatim(latex[:60])})
    return None


def _check_fields(words: str, line: int, known: Collection[str], report: Report) -> None:
    for name in dict.fromkeys(FIELD.findall(words)):
        if name not in known:
            words_of = {"field": verbatim("{" + name[:40] + "}"), "remedy": nearest(name, sorted(known))}
            report(line, Text("{field} is no readout of this picture. {remedy}", words_of))


def _control_words(text: str) -> Text:
    found = _CONTROL.search(text)
    assert found is not None
    spelled = {"\b": "\\b", "\f": "\\f"}.get(found.group(), repr(found.group())[1:-1])
    return Text(
        "There is a control character {name} in this text. In double quotes a backslash begins one: "
        "write mathematics in single quotes.",
        {"name": verbatim(spelled)},
    )
