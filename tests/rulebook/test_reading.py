"""One rule file read: the parts that a whole rulebook does not show."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from skiptrace.errors import Problem
from skiptrace.rulebook.loading import load
from skiptrace.rulebook.model import Rule
from skiptrace.rulebook.reading import read_rule
from skiptrace.vocabulary import CHANNELS

TEXTS = dict(load().files)


def read(path: str, **changes: Any) -> tuple[Rule | None, list[Problem]]:
    problems: list[Problem] = []
    data = {key: value for key, value in (tomllib.loads(TEXTS[path]) | changes).items() if value is not None}
    return read_rule(path, data, load().places.codes, load().steps, problems), problems


def test_all_stands_for_every_channel_and_order_is_the_vocabulary_s() -> None:
    rule, problems = read("federal/regf_cease.toml")
    assert problems == []
    assert rule is not None
    assert (rule.channels, rule.all_channels) == (CHANNELS, True)
    rule, _ = read("federal/tcpa_revoke.toml", channels=["sms", "voice"])
    assert rule is not None
    assert (rule.channels, rule.all_channels) == (("voice", "sms"), False)


@pytest.mark.parametrize(
    ("hours", "place"),
    [
        ({"opens": 8}, "hours.opens"),
        ({"closes": None}, "hours.closes"),
        ({"margin_minutes": 61}, "hours.margin_minutes"),
        ({"plausible": "often"}, "hours.plausible"),
        ({"until": 1}, "hours.until"),
    ],
)
def test_hours_are_checked(hours: dict[str, object], place: str) -> None:
    stated = tomllib.loads(TEXTS["federal/regf_time.toml"])["hours"] | hours
    rule, problems = read(
        "federal/regf_time.toml", hours={key: value for key, value in stated.items() if value is not None}
    )
    assert rule is None
    assert place in [problem.place for problem in problems]


def test_hours_end_after_they_begin() -> None:
    stated = tomllib.loads(TEXTS["federal/regf_time.toml"])["hours"]
    _, problems = read("federal/regf_time.toml", hours={**stated, "opens": stated["closes"], "closes": stated["opens"]})
    assert "hours.closes" in [problem.place for problem in problems]


def test_a_fact_cannot_be_given_and_missing() -> None:
    cases = tomllib.loads(TEXTS["federal/regf_cease.toml"])["cases"]
    cases[0]["missing"] = ["cease_written"]
    _, problems = read("federal/regf_cease.toml", cases=cases)
    assert "is both given and missing" in [problem.what for problem in problems]


def test_a_rule_that_is_sure_of_itself_needs_no_review() -> None:
    rule, _ = read("federal/regf_cease.toml")
    doubtful, _ = read("federal/regf_cease.toml", certainty="M")
    assert rule is not None
    assert doubtful is not None
    assert (rule.review_required, doubtful.review_required) == (False, True)
