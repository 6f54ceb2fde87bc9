from __future__ import annotations

import dataclasses

import pytest

from skiptrace.report.facts import summarise
from skiptrace.report.model import ReportInput
from skiptrace.report.takeaways import accounts, label, takeaways
from tests.report.sample import RULES, ledger, tables


def _report(count: int = 60, **options: bool) -> ReportInput:
    given = tables(count, **options)
    return summarise(given, ledger(given), RULES)


FULL = _report()
EMPTY = dataclasses.replace(_report(0), sources=(), timings=())
NOTHING_ALLOWED = dataclasses.replace(
    FULL,
    summary=dataclasses.replace(FULL.summary, open_accounts=0),
    channels=tuple(dataclasses.replace(channel, expected_open=0 * channel.expected_open) for channel in FULL.channels),
)


@pytest.mark.parametrize("report", [FULL, EMPTY, NOTHING_ALLOWED, _report(balances=False), _report(linked=False)])
def test_every_section_has_a_sentence(report: ReportInput) -> None:
    for section, text in takeaways(report).items():
        assert text.endswith("."), section
        assert text[0].isupper() or text[0].isdigit(), section
        assert "None" not in text, section


def test_the_summary_says_accounts_balance_and_what_may_be_reached() -> None:
    text = takeaways(FULL)["summary"]
    assert f"of {FULL.summary.accounts} accounts" in text
    assert f"{FULL.summary.balance:,.2f} owed" in text
    assert f"who owe {FULL.summary.permitted_balance:,.2f}." in text


def test_gaps_are_said_in_words() -> None:
    assert "balance unknown" in takeaways(_report(balances=False))["summary"]
    assert takeaways(_report(linked=False))["funnel"] == "No account was linked to a reference record."
    assert takeaways(_report(linked=False))["sources"] == "No source linked an account."
    assert takeaways(EMPTY)["summary"] == "The portfolio holds no account that could be used."
    assert "none has a use that the rules permit" in takeaways(NOTHING_ALLOWED)["summary"]
    assert "the rules permit no use" in takeaways(NOTHING_ALLOWED)["channels"]


def test_small_groups_are_not_told_in_sentences_either() -> None:
    few = _report(8)
    text = takeaways(few)
    assert "<11" in text["stops"]
    assert "<11" in text["sources"]


def test_words_are_written_for_people() -> None:
    assert [label(name) for name in ("sms", "email", "not_found", "voice")] == ["SMS", "E-mail", "Not found", "Voice"]
    assert (accounts(1), accounts(2000)) == ("1 account", "2,000 accounts")
