"""The known word that a mistyped one resembles."""

from engine.suggestions import closest, did_you_mean


def test_the_closest_word_is_named_and_a_stranger_names_none():
    assert closest("tangnet", ["secant", "tangent"]) == "tangent"
    assert closest("xyz", ["secant", "tangent"]) is None
    assert did_you_mean("xyz", ["secant", "tangent"]) is None
    assert str(did_you_mean("secand", ["secant", "tangent"])) == "Did you mean secant?"


def test_a_flood_of_letters_resembles_nothing():
    assert closest("secant" * 1_000_000, ["secant"]) is None
