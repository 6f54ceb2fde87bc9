from __future__ import annotations

import os
from decimal import Decimal

import pytest

from jobs import sourced
from jobs.publish import figures_of
from skiptrace.project import load
from skiptrace.results import latest
from tests.jobs.projects import Finished


def test_sources_are_told_as_the_file_has_them_and_the_run_found_them(finished: Finished) -> None:
    project, run = load(finished.folder, os.environ), latest(finished.folder)
    found = {one["name"]: one for one in sourced.listed(project, run)}
    assert list(found) == [source.name for source in project.source]
    for one in run.ledger["sources"]:
        assert (found[one["name"]]["rows"], found[one["name"]]["files"]) == (one["rows"], len(one["files"]))
    assert found["header"]["linked_accounts"] == run.ledger["linked_by"]["header"] > 0
    assert found["suppression"]["linked_accounts"] is None
    before = {one["name"]: one for one in sourced.listed(project, None)}
    assert (before["header"]["rows"], before["header"]["linked_accounts"]) == (None, None)


def test_what_sources_add_is_what_the_report_says_and_adds_up(finished: Finished) -> None:
    run = latest(finished.folder)
    found, worth = sourced.valued(run), figures_of(run).worth
    assert [one["name"] for one in found["sources"]] == [credit.source for credit in worth.games[0].credits]
    every = found["channels"][0]
    fair = sum((credit.fair.reached for credit in worth.games[0].credits), Decimal(0))
    assert every["portfolio"]["reached"] + fair == every["whole"]["reached"]
    priced = [one for one in found["sources"] if "cost" in one]
    assert [one["name"] for one in priced] == ["contact"]
    price = next(one["cost_per_record"] for one in run.ledger["sources"] if one["name"] == "contact")
    assert priced[0]["cost"] == worth.costs["contact"] == Decimal(str(price)) * run.ledger["linked_by"]["contact"]


@pytest.mark.parametrize("contact", [Decimal(10), Decimal("0.01")])
def test_what_a_source_earns_beyond_its_cost_is_nothing_at_its_break_even_price(finished: Finished, contact: Decimal) -> None:
    run = latest(finished.folder)
    one = next(one for one in sourced.valued(run, contact)["sources"] if "cost" in one)
    credit = next(credit for credit in figures_of(run).worth.games[0].credits if credit.source == one["name"])
    if "net" in one:
        assert one["net"] == contact * credit.last.reached - one["cost"]
        assert one["break_even"] * run.ledger["linked_by"][one["name"]] == pytest.approx(contact * credit.last.reached)
    else:
        assert one["only"] is None  # so few accounts that nothing is told of them


def test_intervals_overlap_and_words_are_told(finished: Finished) -> None:
    run = latest(finished.folder)
    found = sourced.valued(run, Decimal(10))
    for one in found["sources"]:
        for what in ("alone", "last", "fair"):
            part = one[what]
            assert part is None or part["reached_low"] <= part["reached"] + Decimal("1e-8") <= part["reached_high"] + Decimal("2e-8")
    report = figures_of(run)
    assert set(found["overlap"]) == set(report.overlap.points)
    for source, one in found["overlap"].items():
        assert source not in one["shared"]
        assert all(part is None or 0 <= part <= 1 for part in one["shared"].values())
    assert any("contact" in text for text in found["words"])
