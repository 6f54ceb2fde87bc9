"""The tables beside the rules: what they say, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from skiptrace.errors import Problem
from skiptrace.rulebook.loading import load
from skiptrace.rulebook.reading_tables import limitation_of, outcomes_of, steps_of

BOOK = load()


def test_every_state_has_a_limitation_period_with_its_statute() -> None:
    assert len(BOOK.limitation) == 51
    assert (BOOK.limitation["IL"].shorter, BOOK.limitation["IL"].longer) == (5, 10)
    assert (BOOK.limitation["AZ"].shorter, BOOK.limitation["AZ"].longer) == (6, 6)


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ({"ZZ": {"years": 3, "statute": "x", "certainty": "H"}}, "ZZ"),
        ({"WA": {"years": 3, "certainty": "H"}}, "WA.statute"),
        ({"WA": {"years": 6, "or_years": 3, "statute": "x", "certainty": "H"}}, "WA.years"),
    ],
)
def test_a_bad_period_is_refused(rows: dict[str, Any], place: str) -> None:
    problems: list[Problem] = []
    limitation_of(rows, BOOK.places, problems)
    assert place in [problem.place for problem in problems]


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"sentence": "x", "answers": {"no": {"litigatr": False}}}, "step.answers.no.litigatr"),
        ({"sentence": "x", "answers": {"no": {"litigator": "no"}}}, "step.answers.no.litigator"),
        ({"sentence": "x", "request": {"per": "account", "columns": ["balance"]}}, "step.request.columns"),
        ({"sentence": "x", "request": {"per": "debt", "columns": ["phone"]}}, "step.request.per"),
    ],
)
def test_a_step_gives_known_facts_and_asks_for_identifiers_only(row: dict[str, Any], place: str) -> None:
    problems: list[Problem] = []
    steps_of({"step": row}, problems)
    assert [problem.place for problem in problems] == [place]


def test_a_reason_reports_or_states_and_never_both() -> None:
    problems: list[Problem] = []
    data = {"outcomes": {"busy": {}}, "reasons": {"work": "litigator"}, "point_reasons": ["work"]}
    outcomes_of(data, problems)
    assert [problem.place for problem in problems] == ["point_reasons"]
