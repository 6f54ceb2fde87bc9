"""Conditions: what the grammar takes, what it refuses, and that no form can hide a gap."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.rulebook.condition import parse
from skiptrace.rulebook.tokens import ConditionRefused
from skiptrace.schema.facts import FACTS
from skiptrace.sql import query

ROW = {
    "calls_7_days": 7,
    "p_right_party": 0.5,
    "channel": "voice",
    "cease_written": False,
    "as_of": dt.date(2026, 6, 30),
    "consent_text_at": dt.date(2026, 5, 1),
    "home_states": ["CA", "NY"],
}


def answer(text: str, row: dict[str, object]) -> bool | None:
    table = pa.table({name: pa.array([row.get(name)], FACTS[name].type) for name in ROW})
    return query(f"SELECT {parse(text).sql} AS x FROM t", {"t": table}).to_pylist()[0]["x"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("calls_7_days >= 7", True),
        ("calls_7_days > 7", False),
        ("calls_7_days + 1 = 8 AND NOT cease_written", True),
        ("NOT NOT cease_written", False),
        ("channel IN ('sms', 'voice')", True),
        ("channel NOT IN ('sms')", True),
        ("calls_7_days BETWEEN 7 AND 9", True),
        ("calls_7_days NOT BETWEEN 1 AND 6", True),
        ("cease_written = FALSE", True),
        ("date_diff('day', consent_text_at, as_of) = 60", True),
        ("as_of = DATE '2026-06-30'", True),
        ("date_add(consent_text_at, INTERVAL 2 MONTHS) > as_of", True),
        ("greatest(consent_text_at, as_of) = as_of", True),
        ("least(calls_7_days, 3) = 3", True),
        ("abs(-3) = 3", True),
        ("len(home_states) = 2", True),
        ("list_contains(home_states, 'NY')", True),
        ("(calls_7_days * 2 - 4) / 2 = 5", True),
        ("p_right_party < 0.5", False),
        ("channel = 'it''s'", False),
    ],
)
def test_accepted_forms_mean_what_they_say(text: str, expected: bool) -> None:
    assert answer(text, ROW) is expected


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("cease_written IS NULL", "IS"),
        ("coalesce(cease_written, FALSE)", "COALESCE"),
        ("cease_written = NULL", "NULL"),
        ("cease_written IS DISTINCT FROM TRUE", "IS"),
        ("CASE WHEN cease_written THEN TRUE END", "CASE"),
        ("(SELECT TRUE)", "query"),
        ("read_text('/etc/passwd') = 'x'", "not allowed"),
        ("channel LIKE 'v%'", "LIKE"),
        ("calls_7_days", "truth"),
        ("channel > 'a'", "order"),
        ("channel = 3", "compared"),
        ("cease_writen", "cease_written"),
        ("calls_7_days / 0 = 1", "zero"),
        ("calls_7_days / calls_30_days > 1", "must be a number"),
        ("calls_7_days >= 7;", "';'"),
        ("cease_written -- x", "unknown fact"),
        ("cease_written)", "after the end"),
        ("(cease_written", "expected"),
        ("date_diff('month', consent_text_at, as_of) > 1", "day"),
        ("list_contains(home_states, channel)", "literal"),
        ("channel IN (kind)", "literals"),
        ("as_of = DATE 'soon'", "date"),
        ("calls_7_days > 99999999999", "too large"),
        ("date_add(as_of, INTERVAL 99999 DAY) > as_of", "INTERVAL"),
        ("greatest(calls_7_days) > 1", "two or more"),
        ("cease_written AND calls_7_days", "truth"),
        ("NOT calls_7_days", "truth"),
        ("", "too early"),
        ("account_id = 'A'", "unknown fact"),
        ("calls_7_days " + "+ 1 " * 20 + "> 1", "arithmetic"),
        ("(" * 40 + "cease_written" + ")" * 40, "nested"),
        ("-" * 60 + "1 = 1", "nested"),
        ("abs(" * 60 + "1" + ")" * 60 + "= 1", "nested"),
        ("cease_written OR " * 200 + "TRUE", "longer"),
        ("list_contains(home_states, 'a') = \"x\"", "not part"),
    ],
)
def test_everything_else_is_refused_with_its_reason(text: str, word: str) -> None:
    with pytest.raises(ConditionRefused) as refusal:
        parse(text)
    assert word in f"{refusal.value.what} {refusal.value.mend}"


@pytest.mark.parametrize(
    "text",
    [
        "greatest(consent_text_at, as_of) = as_of",
        "least(calls_7_days, 3) = 3",
        "len(home_states) < 9",
        "list_contains(home_states, 'NY')",
        "date_diff('day', consent_text_at, as_of) < 99",
    ],
)
def test_no_function_skips_a_missing_operand(text: str) -> None:
    for name in parse(text).facts:
        assert answer(text, {**ROW, name: None}) is None


_ATOMS = st.sampled_from(
    [
        "calls_7_days >= 7",
        "p_right_party < 0.5",
        "channel IN ('voice', 'mail')",
        "cease_written",
        "NOT cease_written",
        "date_diff('day', consent_text_at, as_of) > 60",
        "list_contains(home_states, 'CA')",
        "greatest(calls_7_days, 8) > 8",
        "calls_7_days BETWEEN 3 AND 7",
        "TRUE",
        "FALSE",
    ]
)
_CONDITIONS = st.recursive(
    _ATOMS,
    lambda inner: st.builds(
        lambda a, op, b, no: f"{'NOT ' if no else ''}({a} {op} {b})",
        inner,
        st.sampled_from(["AND", "OR"]),
        inner,
        st.booleans(),
    ),
    max_leaves=6,
)
_ROWS = st.fixed_dictionaries(
    {},
    optional={
        "calls_7_days": st.integers(0, 9),
        "p_right_party": st.sampled_from([0.4, 0.5, 0.6]),
        "channel": st.sampled_from(["voice", "sms"]),
        "cease_written": st.booleans(),
        "as_of": st.just(dt.date(2026, 6, 30)),
        "home_states": st.sampled_from([[], ["CA"], ["NY"]]),
        "consent_text_at": st.sampled_from([dt.date(2026, 4, 30), dt.date(2026, 5, 1)]),
    },
)


@settings(max_examples=60, deadline=None)
@given(text=_CONDITIONS, row=_ROWS, gone=st.sampled_from(sorted(ROW)))
def test_taking_a_fact_away_never_turns_an_answer_round(text: str, row: dict[str, object], gone: str) -> None:
    before = answer(text, row)
    after = answer(text, {name: value for name, value in row.items() if name != gone})
    assert after is None or after is before
