"""The command line: the same scenes, lessons and answers as in the window, for scripts and for teachers.

A mistake by the caller is one line on standard error and exit status 2; for `answer`, whose 2 means that an
answer is unreadable, it is 64. Operands after the verb are never taken for options: `answer -2x "-x^2"`.
"""

from __future__ import annotations

import math
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import program
from engine.errors import GradusError, LimitError
from engine.printing import plain, plain_table, print_json, print_table, written
from engine.text import Text, verbatim
from engine.words import _, set_language, shown

if TYPE_CHECKING:  # the window is on screen before what it shows is read
    from engine.parameters import Parameter
    from engine.scene import Scene

VERSION = "0.1.0"

MISTAKE = 2
MISTAKE_IN_ANSWER = 64
FAULT = 70
INTERRUPTED = 130

LONGEST_INPUT = 1_000_000
"""Characters read from a file or from standard input for one value; a formula's own limit is far lower."""

SEE_HELP = Text("See --help.")

HELP = Text(
    """\
Gradus: calculus for machine learning, one step at a time.

{program} [LESSON | FILE | PACK]          open the window, where you left off or there
{program} compute SCENE [NAME=VALUE …] [--json]
{program} render SCENE|LESSON[#STEP] [NAME=VALUE …] -o FILE.png|svg|gif|pdf
        [--size WxH] [--theme light|dark|contrast] [--scale N]
{program} scenes [--json]                 every scene, its parameters, ranges and readouts
{program} check PATH…                     find the mistakes in lessons
{program} answer EXPECTED GIVEN           same (0), different (1), unreadable (2)
{program} answer -                        tab-separated pairs, a line each; a verdict a line
{program} --profile DIR …                 keep progress and settings in DIR
{program} --self-test [--report FILE]     try every part, say each; a page for support
{program} --version

A VALUE may be a formula (f="3x^2 - 4x") or a number (x0=pi/2); NAME=@FILE and NAME=- read it.
Points may come from a CSV: {program} compute regression points=@FILE.csv
""",
    {"program": program.name()},
)


class UsageError(GradusError):
    """The command itself is wrong."""


Command = Callable[[Sequence[str]], int]
"""What a verb does with its operands; it returns the exit status."""


class Drawn(NamedTuple):
    """What needs `gui`, which the engine knows nothing of: handed in by main.py, imported when called."""

    window: Callable[[str | None, Path | None], int]
    render: Command
    self_test: Command


class Options(NamedTuple):
    """What stands before the verb."""

    profile: Path | None
    rest: list[str]


def run(arguments: Sequence[str], drawn: Drawn) -> int:
    """Do what the arguments say and return the exit status."""
    _speak_utf8()
    set_language(None)  # that of the environment
    verb = ""
    try:
        options = _leading_options(arguments)
        verb, *operands = options.rest or [""]
        status = _done(verb, operands, options, drawn)
        if sys.stdout is not None:  # there is none in a window's bundle
            sys.stdout.flush()  # here, where a failure can still be told
    except GradusError as error:
        return _mistake(error, MISTAKE_IN_ANSWER if verb == "answer" else MISTAKE)
    except BrokenPipeError:  # `| head` has read enough
        _let_output_go()
        return 0
    except OSError as error:
        _let_output_go()
        why = verbatim(error.strerror or str(error))
        if error.filename:
            place = verbatim(str(error.filename))
            return _mistake(GradusError(Text("{path}: {why}.", {"path": place, "why": why})), MISTAKE)
        return _mistake(GradusError(Text("The output cannot be written: {why}.", {"why": why})), MISTAKE)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if sys.flags.dev_mode:  # python -X dev main.py …
            raise
        return _fault(error)
    return status


def _done(verb: str, operands: Sequence[str], options: Options, drawn: Drawn) -> int:
    command = {**_COMMANDS, "render": drawn.render, "--self-test": drawn.self_test}.get(verb)
    if command is not None:
        return command(operands)
    if verb.startswith("-"):
        raise UsageError(Text("There is no option {name}.", {"name": verbatim(verb[:60])}), SEE_HELP)
    _refuse_more(operands)
    return drawn.window(verb or None, options.profile)


def _let_output_go() -> None:
    """Nobody takes what is still to be written; Python would complain of it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def compute(operands: Sequence[str]) -> int:
    """`compute SCENE [NAME=VALUE …] [--json]`: the scene's readouts and tables."""
    from engine.scene import make_scene, scene_values

    operands, as_json = _take_flag(operands, "--json")
    name, values = scene_operands(operands, "compute")
    scene = make_scene(name, values)
    figure = scene.figure()
    if as_json:
        document = {
            "scene": scene.name,
            "parameters": {key: plain(value) for key, value in scene_values(scene).items()},
            "readouts": {readout.name: plain(readout.value) for readout in figure.readouts},
            "reasons": {
                readout.name: str(readout.reason)
                for readout in figure.readouts
                if readout.value is None and readout.reason is not None
            },
            "tables": {table.name: plain_table(table) for table in figure.tables},
            "spoken": str(figure.spoken),
        }
        print_json(document)
        return 0
    width = max((len(readout.name) for readout in figure.readouts), default=0)
    for readout in figure.readouts:
        value = written(readout.value)
        if readout.value is None and readout.reason is not None:
            value = f"{value}  ({shown(readout.reason)})"
        print(f"{readout.name:<{width}}  {value}")
    for table in figure.tables:
        print()
        print_table(table)
    print()
    print(shown(figure.spoken))
    return 0


def scenes(operands: Sequence[str]) -> int:
    """`scenes [--json]`: every scene with its parameters, their ranges, and its readouts."""
    from engine.scene import make_scene, scene_names

    operands, as_json = _take_flag(operands, "--json")
    _refuse_more(operands)
    described = [_described(make_scene(name)) for name in scene_names()]
    if as_json:
        print_json({"scenes": described})
        return 0
    for scene in described:
        print(f"{scene['name']}: {scene['title']}. {scene['summary']}")
        for parameter in scene["parameters"]:
            allowed = ", ".join(
                f"{key} {value}"
                for key, value in parameter.items()
                if key not in ("name", "default") and value
            )
            print(f"    {parameter['name']} = {parameter['default']}  ({allowed})")
        print(f"    readouts: {' '.join(scene['readouts'])}")
        for table, columns in scene["tables"].items():
            print(f"    table {table}: {' '.join(columns)}")
        print()
    return 0


def check(operands: Sequence[str]) -> int:
    """`check PATH…`: every mistake of these lessons with its file and line; 1 where there are any."""
    from engine.lessons.lint import check as lint

    if not operands:
        raise UsageError(Text("check needs the path of a lesson, a folder or a pack."))
    paths = [Path(operand) for operand in operands]
    for path in paths:
        if not path.exists():
            raise UsageError(Text("There is no file {path}.", {"path": verbatim(str(path))}))
    report = lint(paths)
    for problem in report.problems:
        print(f"{problem.path}:{problem.line}: {shown(problem.what)}")
    for advice in report.advice:
        print(f"{advice.path}:{advice.line}: {shown(advice.what)}  [{_('advice')}]")
    counted = {"lessons": report.lessons, "problems": len(report.problems)}
    print(shown(Text("{lessons} lessons, {problems} problems", counted)))
    return 1 if report.problems else 0


def answer(operands: Sequence[str]) -> int:
    """`answer EXPECTED GIVEN`: 0 the same, 1 different, 2 unreadable; `answer -` reads pairs."""
    from engine.answers import compare

    if list(operands) == ["-"]:
        for line in sys.stdin:
            expected, tab, given = line.rstrip("\r\n").partition("\t")
            print(compare(expected, given).outcome if tab else "unreadable", flush=True)
        return 0
    if len(operands) != 2:
        raise UsageError(Text("answer needs two formulas, the expected one and the given one."))
    expected, given = (_long_input(operand) for operand in operands)
    comparison = compare(expected, given)
    print(comparison.outcome)
    if comparison.error is not None:
        print(shown(comparison.error.in_full()), file=sys.stderr)
    return {"same": 0, "different": 1, "unreadable": 2}[comparison.outcome]


def scene_operands(operands: Sequence[str], verb: str) -> tuple[str, dict[str, str]]:
    """SCENE and its NAME=VALUE pairs, each value read where it lies (`@FILE`, `-`)."""
    if not operands:
        what = Text("{verb} needs the name of a scene.", {"verb": verb})
        raise UsageError(what, Text("`{program} scenes` lists them.", {"program": program.name()}))
    name, *pairs = operands
    values: dict[str, str] = {}
    for pair in pairs:
        parameter, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(Text("{pair} is not NAME=VALUE.", {"pair": verbatim(pair[:60])}))
        parameter = parameter.strip()
        if parameter in values:
            raise UsageError(Text("{name} is given twice.", {"name": verbatim(parameter[:60])}))
        values[parameter] = _long_input(value)
    return name, values


def _leading_options(arguments: Sequence[str]) -> Options:
    """Options that stand before the verb; what follows the verb is the verb's business."""
    profile, rest = None, list(arguments)
    while rest and (rest[0] == "--profile" or rest[0].startswith("--profile=")):
        option, equals, value = rest.pop(0).partition("=")
        if not equals:
            if not rest:
                raise UsageError(Text("{option} needs a folder.", {"option": option}))
            value = rest.pop(0)
        profile = Path(value).expanduser()
    return Options(profile, rest)


def _take_flag(operands: Sequence[str], flag: str) -> tuple[list[str], bool]:
    rest = [operand for operand in operands if operand != flag]
    return rest, len(rest) < len(operands)


def _refuse_more(operands: Sequence[str]) -> None:
    if operands:
        raise UsageError(Text("{word} is one word too many.", {"word": verbatim(operands[0][:60])}), SEE_HELP)


def _long_input(value: str) -> str:
    """The value itself, or what the file behind `@`, or standard input behind `-`, holds."""
    if value in ("-", "@-"):
        text = sys.stdin.read(LONGEST_INPUT + 1)
    elif value.startswith("@"):
        path = Path(value[1:])
        if path.suffix.lower() in (".csv", ".tsv"):
            return _data_text(path)
        try:
            with path.open(encoding="utf-8-sig") as file:
                text = file.read(LONGEST_INPUT + 1)
        except (OSError, UnicodeDecodeError, ValueError) as error:
            why = getattr(error, "strerror", None) or Text("it is not UTF-8 text")
            raise UsageError(
                Text("{path} cannot be read: {why}.", {"path": verbatim(str(path)), "why": why})
            ) from None
    else:
        return value
    if len(text) > LONGEST_INPUT:
        raise LimitError(Text("The input is longer than {limit} characters.", {"limit": LONGEST_INPUT}))
    return text.strip()


def _data_text(path: Path) -> str:
    """The points of a CSV, however long it is; where it is sampled, that is said."""
    from engine.csv_points import points_of_file
    from engine.data_points import points_text

    place = verbatim(str(path))
    try:
        found = points_of_file(path)
    except GradusError as error:
        raise UsageError(Text("{path}: {what}", {"path": place, "what": error.what}), error.remedy) from None
    if len(found.values) < found.rows:
        words = {"taken": len(found.values), "rows": found.rows, "path": place}
        sampled = Text("{path}: {taken} of {rows} rows are taken, at even distances.", words)
        print(f"gradus: {shown(sampled)}", file=sys.stderr)
    return points_text(found.names, found.values)


def _described(scene: Scene) -> dict[str, Any]:
    from engine.scene import parameters

    figure = scene.figure()
    return {
        "name": scene.name,
        "title": shown(scene.title),
        "summary": shown(scene.summary),
        "parameters": [_described_parameter(parameter) for parameter in parameters(type(scene)).values()],
        "readouts": [readout.name for readout in figure.readouts],
        "tables": {table.name: [column.name for column in table.columns] for table in figure.tables},
    }


def _described_parameter(parameter: Parameter) -> dict[str, Any]:
    import msgspec

    bounds = msgspec.structs.asdict(parameter.domain)
    described: dict[str, Any] = {
        "name": parameter.name,
        "kind": parameter.kind,
        "default": plain(parameter.default),
        "range": [parameter.slider.low, parameter.slider.high] if parameter.slider else None,
        "scale": parameter.slider.scale if parameter.slider else None,
        "choices": list(parameter.choices) or None,
        "variables": [" ".join(names) for names in parameter.variables] or None,
        "optional": parameter.optional or None,
        **{
            name: bound
            for name, bound in bounds.items()
            if bound is not None and bound is not False and math.isfinite(bound)
        },
    }
    return {key: value for key, value in described.items() if value is not None or key == "default"}


def _mistake(error: GradusError, status: int) -> int:
    line = " ".join(shown(error.in_full()).split())
    print(f"gradus: {line}", file=sys.stderr)
    return status


def _fault(error: Exception) -> int:
    """Say in a line that the program itself is wrong, and where."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    words = {
        "fault": verbatim(f"{type(error).__name__}: {error}"),
        "place": verbatim(f"{Path(place.filename).name}:{place.lineno}"),
    }
    what = Text("Something is wrong in Gradus itself: {fault} ({place}).", words)
    return _mistake(GradusError(what, Text("Please report it.")), FAULT)


def _version(operands: Sequence[str]) -> int:
    _refuse_more(operands)
    print(f"Gradus {VERSION}")
    return 0


def _help(operands: Sequence[str]) -> int:
    print(shown(HELP), end="")
    return 0


def _speak_utf8() -> None:
    """Formulas need more letters than some terminals' own encoding has."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


_COMMANDS: Mapping[str, Command] = {
    "compute": compute,
    "scenes": scenes,
    "check": check,
    "answer": answer,
    "--version": _version,
    "--help": _help,
    "-h": _help,
}
