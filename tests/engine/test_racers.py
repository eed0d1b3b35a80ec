"""The text of a race: what it says, how it is written back, and every way in which it can be wrong."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.descent import MAXIMUM_STEPS
from engine.errors import FormulaError, LimitError, ParameterError
from engine.optimizer_kinds import MEANINGS, OPTIMIZERS, PARTS
from engine.racer import LONGEST_LABEL, label_fault
from engine.racers import (
    MAXIMUM_LENGTH,
    MAXIMUM_RACERS,
    make_racer,
    parse_racers,
    racers_text,
    shared_steps,
    short_names,
)


def test_a_race():
    racers = parse_racers(
        "gd(lr=0.05); momentum(lr=0.05, beta=0.9, averaged=true);\n"
        " Adam( lr = 1e-3 , betas = (.9, 0.99) ); adamw"
    )
    assert [(racer.optimizer, racer.settings) for racer in racers] == [
        ("gd", (("lr", 0.05),)),
        ("momentum", (("lr", 0.05), ("beta", 0.9), ("averaged", True))),
        ("adam", (("lr", 0.001), ("betas", (0.9, 0.99)))),
        ("adamw", ()),
    ]
    assert [racer.name for racer in racers] == [
        "gd(lr=0.05)",
        "momentum(lr=0.05, beta=0.9, averaged=true)",
        "Adam(lr=1e-3, betas=(.9, 0.99))",
        "adamw",
    ]
    assert str(racers[2]) == "adam(lr=0.001, betas=(0.9, 0.99))"


def test_there_is_room_for_a_chain_of_forks():
    racers = [make_racer("qhadam", {"lr": 0.0123, "betas": (0.95, 0.9999)})]
    for number in range(1, MAXIMUM_RACERS):
        racers.append(racers[-1].forked(10 * number))
    assert len(parse_racers(racers_text(tuple(racers)))) == MAXIMUM_RACERS


def test_repeats_are_numbered():
    names = [racer.name for racer in parse_racers("gd; gd(lr=1); gd ;gd;gd( lr=1 )")]
    assert names == ["gd", "gd(lr=1)", "gd #2", "gd #3", "gd(lr=1) #2"]


@pytest.mark.parametrize("blank", ["", "  \n "])
def test_nobody_may_race(blank):
    assert parse_racers(blank) == ()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("sgd(lr=1)", "sgd", "Did you mean gd?"),
        ("gd; adm(lr=1)", "adm", "Did you mean adam?"),
        ("zebra()", "zebra", "gd, momentum, nesterov"),
        ("gd(learning_rate=1)", "learning_rate", "Did you mean lr?"),
        ("momentum(momentum=0.9)", "momentum", "Did you mean beta?"),
        ("rmsprop(beta=0.9)", "beta", "Did you mean alpha?"),
        ("adam(beta1=0.9)", "beta1", "Did you mean betas?"),
        ("adam(weigth_decay=1)", "weigth_decay", "Did you mean weight_decay?"),
        ("gd(nesterov=true)", "nesterov", "lr, weight_decay, maximize"),
        ("gd(0.1)", "0.1", "needs its name"),
        ("gd(lr=-1)", "-1", "at least 0"),
        ("gd(lr=−1)", "−1", "at least 0"),
        ("gd(lr=1e999)", "1e999", "finite"),
        ("gd(lr=nan)", "nan", "a number"),
        ("gd(lr=true)", "true", "a number"),
        ("momentum(beta=1)", "1", "less than 1"),
        ("momentum(averaged=1)", "1", "true or false"),
        ("adam(betas=0.9)", "0.9", "2 numbers"),
        ("adam(betas=(0.9, 1))", "(0.9, 1)", "less than 1"),
        ("adam(betas=(0.9, 0.9, 0.9))", "(0.9, 0.9, 0.9)", "2 numbers"),
        ("adam(eps=0)", "0", "more than 0"),
        ("gd(lr=0.1, lr=0.2)", "lr", "twice"),
        ("gd(lr=)", ")", "needs a value"),
        ("gd(lr 0.1)", "0.1", "needs a value"),
        ("gd(lr=0.1", "(", "not closed"),
        ("gd(lr=0.1; adam", "(", "not closed"),
        ("gd(lr=0.1 beta=3)", "beta", "comma"),
        ("gd adam", "adam", "semicolon"),
        (";", ";", "name of an optimizer"),
        ("gd(lr=lambda: 1)", "lambda", "a number"),
        ("gd(lr=[1])", "[", "no meaning"),
        ("gd @", "", "needs the step"),
        ("gd @ adam", "adam", "gd(lr=0.1) @ 12 adam(lr=0.1)"),
        ("gd @ 12", "", "name of an optimizer"),
        ("gd @ 12; adam", ";", "name of an optimizer"),
        ("gd @ 0 adam", "0", "from 1 on"),
        ("gd @ -3 adam", "-3", "from 1 on"),
        ("gd @ 1.5 adam", "1.5", "whole step"),
        ("gd @ 1e9 adam", "1e9", "100000"),
        ("gd @ 1e999 adam", "1e999", "whole step"),
        ("gd @ 12 adam @ 12 gd", "12", "after 12"),
        ("gd @ 12 adam @ 7 gd", "7", "after 12"),
        ("gd @ 12 adm", "adm", "Did you mean adam?"),
        ("gd @ 12 adam(lr=-1)", "-1", "at least 0"),
        ("@ 12 gd", "@", "name of an optimizer"),
        ("braver:", "", "name of an optimizer"),
        (": gd", ":", "name of an optimizer"),
        ("a: b: gd", "b", "no optimizer called b"),
        ('"braver" gd', "gd", "colon is missing"),
        ('"braver: gd', '"', "not closed"),
        ('"": gd', '""', "empty"),
        ('" ": gd', '" "', "empty"),
        ("a" * 41 + ": gd", "a" * 41, "at most 40"),
        ('"' + "é" * 41 + '": gd', '"' + "é" * 41 + '"', "at most 40"),
        ('"a\0b": gd', '"a\0b"', "cannot be shown"),
        ("__import__('os').system('id')", "__import__", "no optimizer"),
        ("().__class__", "(", "name of an optimizer"),
    ],
)
def test_a_mistake_is_shown_in_its_place(text, place, words):
    with pytest.raises(FormulaError) as caught:
        parse_racers(text)
    error = caught.value
    start, stop = error.span
    assert (error.source, error.source[start:stop]) == (text, place)
    assert words in str(error)


def test_a_rate_of_a_million_is_allowed():
    assert parse_racers("gd(lr=1e6)")[0].value("lr") == 1e6


@pytest.mark.timeout(1)
@pytest.mark.parametrize("text", ["gd;" * (MAXIMUM_RACERS + 1), "gd" * MAXIMUM_LENGTH, "(" * 10_000_000])
def test_limits_are_stated(text):
    with pytest.raises(LimitError):
        parse_racers(text)
    assert len(parse_racers("gd;" * MAXIMUM_RACERS)) == MAXIMUM_RACERS


@given(
    st.text(max_size=80)
    | st.text('gdamlr=(),;. 01-e@:"', max_size=40)
    | st.lists(st.sampled_from(["gd", "adam(lr=1)", "a", ":", "@", "3", "20", '"b ""c"', ";"])).map(" ".join)
)
def test_any_text_is_read_or_refused_in_words(text):
    try:
        racers = parse_racers(text)
    except (FormulaError, LimitError) as error:
        refused = error
    else:
        again = parse_racers(racers_text(racers))
        assert [(racer.label, racer.parts) for racer in again] == [
            (racer.label, racer.parts) for racer in racers
        ]
        assert len({racer.name for racer in racers}) == len(racers)
        assert len(set(short_names(racers))) == len(racers)
        return
    assert refused.what.message


_RATES = st.floats(0, 1e300)
_SHARES = st.floats(0, 1, exclude_max=True)


@given(_RATES, _SHARES, _SHARES, st.floats(1e-300, 1), st.booleans())
def test_what_is_written_is_read_back_exactly(lr, beta1, beta2, eps, maximize):
    racer = make_racer("adam", {"lr": lr, "betas": (beta1, beta2), "eps": eps, "maximize": maximize})
    assert parse_racers(str(racer)) == (racer,)


_CALLS = st.sampled_from(["gd", "momentum", "adam", "newton"]).flatmap(
    lambda name: _RATES.map(lambda rate: (name, {"lr": rate}))
)
_LABELS = (
    st.just("") | st.text(max_size=LONGEST_LABEL) | st.sampled_from(["braver", "a b", 'so "brave"', "größer"])
)


@st.composite
def _racers(draw):
    racer = make_racer(*draw(_CALLS))
    for step in sorted(draw(st.sets(st.integers(1, MAXIMUM_STEPS), max_size=4))):
        racer = racer.forked(step).replaced(*draw(_CALLS))
    label = draw(_LABELS)
    return racer if label_fault(" ".join(label.split())) else racer.renamed(label)


@given(st.lists(_racers(), max_size=6))
def test_turns_and_labels_are_read_back_exactly(racers):
    again = parse_racers(racers_text(tuple(racers)))
    assert [(racer.label, racer.parts) for racer in again] == [(racer.label, racer.parts) for racer in racers]


def test_a_racer_that_turns():
    (racer,) = parse_racers("braver: gd(lr=.05)  @12 Adam( lr = 0.1 )@ 3e1 gd")
    assert (racer.name, racer.label, racer.turns) == ("braver", "braver", (12, 30))
    assert [(part.start, part.optimizer, part.settings) for part in racer.parts] == [
        (0, "gd", (("lr", 0.05),)),
        (12, "adam", (("lr", 0.1),)),
        (30, "gd", ()),
    ]
    assert [racer.part_at(step).optimizer for step in (0, 11, 12, 29, 30, 500)] == [
        "gd", "gd", "adam", "adam", "gd", "gd"
    ]  # fmt: skip
    assert (racer.optimizer, racer.value("lr")) == ("gd", 1e-3)
    assert str(racer) == "braver: gd(lr=0.05) @ 12 adam(lr=0.1) @ 30 gd()"
    (nameless,) = parse_racers("gd(lr=.05)  @12 Adam( lr = 0.1 )@ 3e1 gd")
    assert nameless.name == "gd(lr=.05) @ 12 Adam(lr=0.1) @ 30 gd"


def test_labels_are_words_or_quoted():
    racers = parse_racers('größer: gd; " so   brave ": gd; "say ""hi""": gd; gd: adam; gd')
    assert [racer.label for racer in racers] == ["größer", "so brave", 'say "hi"', "gd", ""]
    assert [racer.name for racer in racers] == ["größer", "so brave", 'say "hi"', "gd", "gd #2"]
    written = 'größer: gd(); "so brave": gd(); "say ""hi""": gd(); gd: adam(); gd()'
    assert racers_text(racers) == written


def test_a_name_is_nobody_else_s():
    names = [racer.name for racer in parse_racers('a: gd; a: gd; "a #2": gd; a: adam')]
    assert names == ["a", "a #2", "a #2 #2", "a #3"]


def test_a_fork_has_the_same_beginning_and_is_changed_at_its_end():
    (racer,) = parse_racers("home: gd(lr=0.05) @ 12 adam(lr=0.1) @ 30 lion")
    assert str(racer.forked(20)) == "gd(lr=0.05) @ 12 adam(lr=0.1) @ 20 adam(lr=0.1)"
    assert str(racer.forked(30)) == "gd(lr=0.05) @ 12 adam(lr=0.1) @ 30 lion()"
    assert str(racer.forked(12)) == "gd(lr=0.05) @ 12 adam(lr=0.1)"
    assert str(racer.forked(5)) == "gd(lr=0.05) @ 5 gd(lr=0.05)"
    assert str(racer.forked(0)) == str(racer.forked(-1)) == "gd(lr=0.05)"
    assert str(racer.forked(40).changed(lr=1).replaced("gd")) == (
        "gd(lr=0.05) @ 12 adam(lr=0.1) @ 30 lion() @ 40 gd()"
    )
    assert str(racer.changed(lr=1)) == "home: gd(lr=0.05) @ 12 adam(lr=0.1) @ 30 lion(lr=1)"
    assert str(racer.without_part(0)) == "home: adam(lr=0.1) @ 30 lion()"
    assert str(racer.without_part(1)) == "home: gd(lr=0.05) @ 12 lion()"
    assert str(racer.without_part(2)) == "home: gd(lr=0.05) @ 12 adam(lr=0.1)"
    assert racer.without_part(0).without_part(0).without_part(0) == parse_racers("home: lion")[0]
    with pytest.raises(ParameterError):
        racer.changed(beta=0.9)


def test_a_racer_is_renamed():
    (racer,) = parse_racers("home: gd(lr=0.05) @ 12 adam")
    assert racer.renamed("  a  way ").name == "a way"
    assert racer.renamed(" ").name == str(racer.renamed("")) == "gd(lr=0.05) @ 12 adam()"
    for label in ("x" * 41, "a\0b", "\ud800"):
        with pytest.raises(ParameterError, match="name"):
            racer.renamed(label)


def test_what_a_fork_shares_with_whom_it_was_forked_off():
    def shared(text):
        return shared_steps(parse_racers(text))

    assert shared("gd; gd @ 12 adam") == (0, 12)
    assert shared("gd @ 12 adam; gd") == (12, 0)  # the order does not matter while the other is there
    assert shared("gd @ 12 adam; gd @ 12 lion") == (0, 12)  # else the first of them keeps the way up to there
    assert shared("gd @ 12 adam @ 30 gd; gd @ 12 adam @ 20 gd; gd @ 12 adam") == (30, 20, 0)
    assert shared("gd(lr=0.001) @ 12 gd; gd") == (12, 0)  # written differently, but the same steps
    assert shared("gd(lr=1) @ 12 adam; gd(lr=2)") == (0, 0)
    assert shared("gd @ 12 adam @ 30 gd; gd @ 12 lion; gd @ 10 adam") == (12, 0, 10)
    assert shared("gd; gd @ 12 adam; gd @ 12 adam") == (0, 12, 12)
    assert shared("gd @ 12 adam") == (0,)
    assert shared("gd; gd") == (0, 0)
    assert shared("") == ()


def test_short_names_of_forks():
    racers = parse_racers("gd(lr=1); braver: adam; gd(lr=1) @ 12 adam(lr=1); gd(lr=1) @ 12 adam(lr=2); adam")
    assert short_names(racers) == ("gd", "braver", "gd 1 @ 12 adam 1", "gd 1 @ 12 adam 2", "adam")


def test_names_of_long_chains_stay_short():
    chain = "gd @ 3 momentum(beta={}) @ 9 rmsprop @ 14 lion @ 20 adagrad"
    racers = parse_racers("; ".join(chain.format(beta) for beta in (0.5, 0.8, 0.9)))
    assert short_names(racers) == ("gd … @ 20 adagrad", "gd … @ 20 adagrad #2", "gd … @ 20 adagrad #3")
    racers = parse_racers("gd @ 3 adam @ 9 lion; gd @ 3 rmsprop @ 9 lion")
    assert short_names(racers) == ("gd @ 3 adam @ 9 lion", "gd @ 3 rmsprop @ 9 lion")


def test_changing_a_setting():
    (racer,) = parse_racers("momentum(lr=.05, beta=0.5)")
    changed = racer.changed(beta=0.75, nesterov=True)
    assert changed.name == str(changed) == "momentum(lr=0.05, beta=0.75, nesterov=true)"
    with pytest.raises(ParameterError) as caught:
        racer.changed(beta=1.0)
    assert caught.value.parameter == "beta"
    with pytest.raises(ParameterError):
        racer.changed(gamma=1.0)
    with pytest.raises(ParameterError):
        racer.changed(lr=10**400)
    with pytest.raises(ParameterError, match="Did you mean adam"):
        make_racer("adamm")


def test_every_optimizer_declares_only_known_settings_and_parts():
    for kind in OPTIMIZERS.values():
        assert {setting.name for setting in kind.settings} == set(inspect.signature(kind.factory).parameters)
        assert set(kind.parts) <= set(PARTS)
        for setting in kind.settings:
            assert setting.meaning is MEANINGS[setting.name]
            assert setting.checked(setting.default) == setting.default
            assert setting.checked(setting.suggested) == setting.suggested
            numbers = setting.default if isinstance(setting.default, tuple) else (setting.default,)
            assert len(setting.meaning.sliders) == (0 if isinstance(setting.default, bool) else len(numbers))


def test_defaults_are_pytorch_s():
    rates = {name: make_racer(name).value("lr") for name in OPTIMIZERS}
    ours = {"lion": 1e-4, "newton": 1.0}  # the paper's, and a full step: PyTorch has neither
    others = {"adagrad": 1e-2, "rmsprop": 1e-2, "adadelta": 1.0, "nadam": 2e-3, "bfgs": 1.0}
    assert rates == dict.fromkeys(OPTIMIZERS, 1e-3) | others | ours
    assert (make_racer("adadelta").value("rho"), make_racer("adadelta").value("eps")) == (0.9, 1e-6)
    assert make_racer("nadam").value("momentum_decay") == 4e-3
    assert (make_racer("adam").value("eps"), make_racer("adagrad").value("eps")) == (1e-8, 1e-10)
    assert (make_racer("adam").value("weight_decay"), make_racer("adamw").value("weight_decay")) == (0, 0.01)
    assert (make_racer("rmsprop").value("alpha"), make_racer("adam").value("betas")) == (0.99, (0.9, 0.999))
