"""The expression language: what it accepts, and where and how it says no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_pack import KINDS, ORDER

from app.rules.expression import parse_condition, parse_number
from app.rules.problems import ExpressionError
from app.rules.tree import ParameterRef, Type

FACTS = {fact.name: fact for fact in ORDER.facts}
PARAMETERS = {
    "rate_bp": ParameterRef(Type.INT, ("bp",), 500, "rate_bp"),
    "cap_fen": ParameterRef(Type.INT, ("fen",), 5000, "cap_fen"),
    "zero_fen": ParameterRef(Type.INT, ("fen",), 0, "zero_fen"),
    "grace_days": ParameterRef(Type.INT, ("days",), 2, "grace_days"),
    "words": ParameterRef(Type.TEXT_LIST, None, ("a", "b"), "words"),
}


def parse(text: str):
    return parse_condition(text, facts=FACTS, parameters=PARAMETERS, where=ORDER.name)


def refused(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    return caught.value


def parsed_or_placed(text: str) -> bool:
    try:
        return bool(parse(text).facts) or "now" in text
    except ExpressionError as error:
        return error.offset is not None


@pytest.mark.parametrize(
    "text",
    [
        "paid_fen > cap_fen",
        "0 < paid_fen <= cap_fen",
        "paid_fen * rate_bp // 10000 > cap_fen",
        "paid_fen * 10000 // cap_fen > rate_bp",
        "channel in ['h5', 'miniprogram'] and not is_spot",
        "note not in words",
        "order.cancelled_at is None and now > order.deadline_at + days(grace_days)",
        "now - order.deadline_at > hours(1)",
        "any(x.sku == 'a' and x.gift for x in lines if x.fen > 0)",
        "sum(x.fen for x in lines) > cap_fen",
        "count(t == 'a' for t in tags) > 1",
        "all(t in words for t in tags)",
        "clamp(paid_fen, zero_fen, cap_fen) == cap_fen",
        "max(abs(paid_fen), cap_fen) > min(paid_fen, cap_fen)",
        "matches(note, r'^\\d{3}$') or len(note) > 1",
        "is_spot == True",
        "any(any(s == x.sku for s in tags) for x in lines)",
    ],
)
def test_these_conditions_are_part_of_the_language(text):
    assert parse(text).facts


@pytest.mark.parametrize(
    ("text", "offset", "told", "expected"),
    [
        ("paid_fem > cap_fen", 0, "unknown name 'paid_fem'", "'paid_fen', did you mean that?"),
        ("is_spot and paid_fen > rate_bp", 12, "different units: fen against bp", "10000"),
        ("paid_fen + rate_bp > cap_fen", 0, "mixes units", "same unit"),
        ("paid_fen * rate_bp > cap_fen", 0, "different units", "10000"),
        ("paid_fen > 5000", 11, "the threshold 5000 has no name", "parameter"),
        ("clamp(paid_fen, 100, cap_fen) > cap_fen", 16, "threshold 100", "parameter"),
        ("clamp(paid_fen, cap_fen, zero_fen) == cap_fen", 0, "lower bound above", ""),
        ("paid_fen // 0 > cap_fen", 0, "divides by zero", ""),
        ("paid_fen // zero_fen > 1", 0, "divides by zero", ""),
        ("paid_fen > 1.5", 11, "1.5 is not part", "fen"),
        ("paid_fen == 'a'", 0, "cannot compare", "one type"),
        ("is_spot == 1", 0, "cannot compare", "one type"),
        ("channel == 'h6'", 0, "never 'h6'", "h5, miniprogram"),
        ("channel in ['h5', 'web']", 11, "never 'web'", ""),
        ("is_spot is None", 0, "absent means unknown", "nullable"),
        ("paid_fen is None", 0, "absent means refused", "nullable"),
        ("note > 'a'", 0, "text has no order", ""),
        ("'a' in note", 7, "cannot look for text in text", "matches()"),
        ("any(x.skuu == 'a' for x in lines)", 4, "no member 'skuu'", "'sku', did you mean that?"),
        ("any(x == 'a' for x in note)", 22, "cannot walk over text", "a list"),
        ("any(items == 'a' for items in tags)", 21, "already has a meaning", ""),
        ("any([t == 'a' for t in tags])", 0, "walks over a list", "for x in list"),
        ("matches(note, channel)", 14, "written pattern", "r'"),
        ("matches(note, r'(?=a)')", 14, "does not compile", "RE2"),
        ("matches(note, '\\d')", 14, "cannot be read", "r'"),
        ("lenght(note) > 1", 0, "unknown function 'lenght'", "'len', did you mean that?"),
        ("days(paid_fen) < now - order.deadline_at", 0, "needs a number of days", "days"),
        ("now + now > order.deadline_at", 0, "cannot work out", ""),
        ("paid_fen", 0, "is int (fen)", "a condition"),
        ("True", 0, "asks nothing", "a fact"),
        ("is_spot if is_spot else is_spot", 0, "not part of the language", ""),
        ("lines[0].gift", 0, "is not a name", ""),
        ("__import__('os').system('x')", 0, "unknown function", ""),
        ("(lambda: is_spot)()", 0, "unknown function", ""),
        ("is_spot # why", 0, "holds a comment", "YAML"),
        ("is_spot == (is_spot and is_spot)", 0, "compares whole conditions", "and, or"),
        ("paid_fen == 10000000000000000000", 12, "too large a number", ""),
        ("药 == 1", 0, "unknown name '药'", ""),
        ("channel == '药' or paid_fem > 1", 0, "never '药'", ""),
        ("note == '药药' and paid_fem > 1", 17, "unknown name 'paid_fem'", ""),
    ],
)
def test_a_wrong_condition_is_refused_with_place_and_advice(text, offset, told, expected):
    error = refused(text)

    assert error.offset == offset
    assert told in error.problem
    assert expected in error.expected


@pytest.mark.parametrize(
    "text",
    ["(" * 250 + "is_spot" + ")" * 250, "is_spot and", "not " * 25 + "is_spot", "is_spot and " * 300 + "is_spot"],
)
def test_what_is_too_deep_too_large_or_unfinished_is_refused(text):
    assert refused(text).problem


@given(st.text(max_size=40))
def test_any_text_at_all_is_a_condition_or_refused_with_an_offset(text):
    assert parsed_or_placed(text)


@given(
    st.lists(
        st.sampled_from(
            [
                *FACTS,
                *PARAMETERS,
                "and",
                "or",
                "not",
                "(",
                ")",
                "in",
                "is None",
                "==",
                "<",
                "+",
                "//",
                "any(",
                "for x in lines",
                "x.fen",
                "1",
                "0",
                "10000",
                "'a'",
                "now",
                "days(",
                "matches(",
                "r'a'",
                ",",
            ]
        ),
        max_size=9,
    )
)
def test_any_row_of_the_languages_own_words_is_a_condition_or_refused_with_an_offset(words):
    assert parsed_or_placed(" ".join(words))


def test_an_amount_has_the_unit_it_is_asked_for():
    amount = "clamp(paid_fen * rate_bp // 10000, zero_fen, cap_fen)"

    found = parse_number(amount, facts=FACTS, parameters=PARAMETERS, where="x", unit="fen")

    assert found.parameters == ("rate_bp", "zero_fen", "cap_fen")
    for wrong in ("paid_fen * rate_bp", "rate_bp", "100", "is_spot"):
        with pytest.raises(ExpressionError):
            parse_number(wrong, facts=FACTS, parameters=PARAMETERS, where="x", unit="fen")


def test_the_facts_of_the_sample_have_names_an_expression_can_say():
    assert all(part.isidentifier() for kind in KINDS.values() for fact in kind.facts for part in fact.name.split("."))
