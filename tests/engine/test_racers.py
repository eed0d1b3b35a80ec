"""The text of a race: what it says, how it is written back, and every way in which it can be wrong."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import FormulaError, LimitError, ParameterError
from engine.optimizer_kinds import MEANINGS, OPTIMIZERS, PARTS
from engine.racers import MAXIMUM_LENGTH, MAXIMUM_RACERS, make_racer, parse_racers, racers_text


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
        ("gd(lr=lambda: 1)", ":", "no meaning"),
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


@given(st.text(max_size=80) | st.text("gdamlr=(),;. 01-e", max_size=40))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        racers = parse_racers(text)
    except (FormulaError, LimitError) as error:
        refused = error
    else:
        again = parse_racers(racers_text(racers))
        assert [racer.settings for racer in again] == [racer.settings for racer in racers]
        return
    assert refused.what.message


_RATES = st.floats(0, 1e300)
_SHARES = st.floats(0, 1, exclude_max=True)


@given(_RATES, _SHARES, _SHARES, st.floats(1e-300, 1), st.booleans())
def test_what_is_written_is_read_back_exactly(lr, beta1, beta2, eps, maximize):
    racer = make_racer("adam", {"lr": lr, "betas": (beta1, beta2), "eps": eps, "maximize": maximize})
    assert parse_racers(str(racer)) == (racer,)


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
