"""Limits of sources: cited like rules, and every slip is named."""

from __future__ import annotations

import datetime as dt

import pytest

from skiptrace.errors import ConfigError, Problem
from skiptrace.rulebook.loading import from_texts, load
from skiptrace.rulebook.reading_sources import source_limits_of

GOOD = {
    "sentence": "Mail alone.", "channels": ["mail"], "citation": ["a licence"], "evidence": "K", "certainty": "M",
    "last_checked": dt.date(2026, 11, 22),
}  # fmt: skip


def test_limits_by_purpose_and_by_kind() -> None:
    problems: list[Problem] = []
    purposes, kinds = source_limits_of({"purposes": {"dmf.certified": GOOD}, "kinds": {"voter": GOOD}}, problems)
    assert problems == []
    assert (purposes["dmf.certified"].channels, kinds["voter"].citations) == (("mail",), ("a licence",))
    assert set(load().purpose_limits) == {"ncoa.mailing_list_hygiene"}


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("channels", ["post"], "'post' is not a channel"),
        ("channels", None, "channels: is missing"),
        ("citation", None, "citation: is missing"),
        ("last_checked", None, "last_checked: is missing"),
        ("sentence", 7, "sentence: is not a text"),
        ("evidence", "X", "is not known"),
        ("chanels", ["mail"], "chanels: unknown key"),
    ],
)
def test_a_slip_is_named(key: str, value: object, what: str) -> None:
    problems: list[Problem] = []
    row = {name: one for name, one in {**GOOD, key: value}.items() if one is not None}
    source_limits_of({"purposes": {"dmf.certified": row}}, problems)
    assert what in "\n".join(map(str, problems))


def test_a_purpose_that_is_none_is_named_with_a_suggestion() -> None:
    problems: list[Problem] = []
    source_limits_of({"purposes": {"dmf.certifed": GOOD}, "kinds": {"voters": GOOD}}, problems)
    assert [("did you mean" in problem.mend) for problem in problems] == [True, True]


def test_only_a_kept_rulebook_may_lack_what_came_later() -> None:
    texts = tuple(text for text in load().files if text[0] != "sources.toml")
    assert from_texts(texts, kept=True).purpose_limits == {}
    with pytest.raises(ConfigError, match=r"sources\.toml: is missing"):
        from_texts(texts)
