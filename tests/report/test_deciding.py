from __future__ import annotations

import dataclasses

import pytest

from skiptrace.report.deciding import deciding
from skiptrace.report.drift import figures
from skiptrace.report.facts import summarise
from skiptrace.report.model import ReportInput
from skiptrace.report.worth import Worth
from tests.report.by_hand import REPORT
from tests.report.sample import ledger, tables
from tests.report.test_drift import SINCE

FEW = tables(1, linked=False)
REPORTS = [
    REPORT, summarise(FEW, ledger(FEW)), dataclasses.replace(REPORT, worth=Worth(), ages=(), states=(), drift=figures(SINCE), attempts=7),
]  # fmt: skip


@pytest.mark.parametrize("report", REPORTS)
def test_every_sentence_is_whole(report: ReportInput) -> None:
    for section, text in deciding(report).items():
        assert text.endswith("."), section
        assert "None" not in text, section


def test_the_sentences_say_what_the_figures_do() -> None:
    found = deciding(REPORT)
    best = REPORT.worth.games[0].credits[0]
    assert f"The source {best.source} adds most: {round(best.fair.reached)} as its fair part" in found["worth"]
    assert "Expected, not observed." in found["gain"]
    assert found["ages"] == "100.0% of the addresses, 100.0% of the phones and 100.0% of the e‑mails were seen within the last year."
    assert found["drift"] == "There is no earlier run to compare with."
    assert "sources with a price" not in found["worth_note"]


def test_without_outcomes_the_page_says_that_nothing_was_observed() -> None:
    said = [deciding(dataclasses.replace(REPORT, attempts=number))["calibration"] for number in (None, 0, 12)]
    assert "does not say" in said[0]
    assert "No outcome of a past attempt is known" in said[1]
    assert said[2].startswith("12 outcomes of past attempts are known")


def test_a_distribution_that_moved_is_named() -> None:
    text = deciding(dataclasses.replace(REPORT, drift=figures(SINCE)))["drift"]
    assert text == (
        "Compared with the run of 29 June 2026, published before this one: chance of one half or more by SMS lies elsewhere by more than "
        "chance explains."
    )
    calm = SINCE | {"quality": {}}
    assert "no distribution of chances has moved" in deciding(dataclasses.replace(REPORT, drift=figures(calm)))["drift"]
