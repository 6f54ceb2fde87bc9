from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache

import pytest

from skiptrace.report.facts import summarise
from skiptrace.report.model import ReportInput
from skiptrace.report.takeaways import accounts, label, takeaways
from tests.report.sample import RULES, ledger, tables


@cache
def _report(count: int = 60, **options: bool) -> ReportInput:
    given = tables(count, **options)
    return summarise(given, ledger(given), RULES)


def empty() -> ReportInput:
    return dataclasses.replace(_report(0), sources=(), timings=())


def nothing_allowed() -> ReportInput:
    full = _report()
    channels = tuple(dataclasses.replace(channel, expected_open=0 * channel.expected_open) for channel in full.channels)
    return dataclasses.replace(full, summary=dataclasses.replace(full.summary, open_accounts=0), channels=channels)


@pytest.mark.parametrize("made", [_report, empty, nothing_allowed, lambda: _report(balances=False), lambda: _report(linked=False)])
def test_every_section_has_a_sentence(made: Callable[[], ReportInput]) -> None:
    for section, text in takeaways(made()).items():
        assert text.endswith("."), section
        assert text[0].isupper() or text[0].isdigit(), section
        assert "None" not in text, section


def test_the_summary_says_accounts_balance_and_what_may_be_reached() -> None:
    full = _report()
    text = takeaways(full)["summary"]
    assert f"of {full.summary.accounts} accounts" in text
    assert f"{full.summary.balance:,.2f} owed" in text
    assert f"who owe {full.summary.permitted_balance:,.2f}." in text


def test_gaps_are_said_in_words() -> None:
    assert "balance unknown" in takeaways(_report(balances=False))["summary"]
    assert takeaways(_report(linked=False))["funnel"] == "No account was linked to a reference record."
    assert takeaways(_report(linked=False))["sources"] == "No source linked an account."
    assert takeaways(empty())["summary"] == "The portfolio holds no account that could be used."
    assert "none has a use that the rules permit" in takeaways(nothing_allowed())["summary"]
    assert "the rules permit no use" in takeaways(nothing_allowed())["channels"]


def test_small_groups_are_not_told_in_sentences_either() -> None:
    few = _report(8)
    text = takeaways(few)
    assert "<11" in text["stops"]
    assert "<11" in text["sources"]


def test_words_are_written_for_people() -> None:
    assert [label(name) for name in ("sms", "email", "not_found", "voice")] == ["SMS", "E-mail", "Not found", "Voice"]
    assert (accounts(1), accounts(2000)) == ("1 account", "2,000 accounts")
