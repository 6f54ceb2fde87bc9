"""Tokens of a condition and the kinds of its values."""

from __future__ import annotations

import pytest

from skiptrace.rulebook.tokens import ConditionRefused, kind_of, tokens
from skiptrace.schema.facts import FACTS


def test_tokens_keep_quoted_text_whole() -> None:
    assert tokens("channel<>'it''s >= 7' AND x>=1.5") == ["channel", "<>", "'it''s >= 7'", "AND", "x", ">=", "1.5"]
    assert tokens("  ") == []


@pytest.mark.parametrize("text", ['"channel"', "a ; b", "a == b ? 1", "'open", "a::INT", "a[1]", "$1"])
def test_signs_outside_the_grammar_are_refused_with_their_place(text: str) -> None:
    with pytest.raises(ConditionRefused, match="at position"):
        tokens(text)


def test_every_fact_has_a_kind_that_conditions_know() -> None:
    kinds = {name: kind_of(column.type) for name, column in FACTS.items()}
    assert set(kinds.values()) == {"truth", "text", "number", "date", "words"}
    assert (kinds["as_of"], kinds["home_states"], kinds["litigator"]) == ("date", "words", "truth")
    assert (kinds["calls_7_days"], kinds["p_current"], kinds["channel"]) == ("number", "number", "text")
