"""The shipped contact rules as a body: cases that bite, a page that is up to date, marks used as meant."""

from __future__ import annotations

from skiptrace.check.rules import markdown_table
from skiptrace.plugins import rules_root
from skiptrace.rulebook.loading import load

BOOK = load()

def test_the_page_beside_the_rules_is_up_to_date() -> None:
    page = (rules_root() / "compliance" / "README.md").read_text("utf-8")
    assert page == markdown_table(), "make rules-table"


def test_policy_is_labelled_as_policy() -> None:
    for rule in BOOK.rules:
        assert (rule.path.startswith("policy/")) <= (rule.evidence == "P"), rule.id


def test_uncertain_rules_ask_for_review() -> None:
    assert all(rule.review_required == (rule.certainty != "H") for rule in BOOK.rules)


def test_three_states_and_a_city_have_rules_of_their_own() -> None:
    homes = {rule.jurisdiction for rule in BOOK.rules}
    assert {"US-MA", "US-DC", "US-WA", "US-NY-NYC"} <= homes


def test_there_are_enough_rules_and_each_says_when_it_was_checked() -> None:
    assert len(BOOK.rules) >= 80
    assert all(rule.citations and rule.cases and rule.last_checked.year >= 2026 for rule in BOOK.rules)


def test_what_has_no_source_yet_says_so_and_waits_for_review() -> None:
    for rule in BOOK.rules:
        if any("to be cited by counsel" in citation for citation in rule.citations):
            assert rule.review_required, rule.id
