"""What is shown adds up to what is stored, over every account of a run: bars to weights, reasons to scores, the funnel to the tables,
parts of sources to the whole."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pyarrow.compute as pc
import pytest

from jobs.explain.page import falls, scores
from jobs.explain.records import records
from jobs.explain.uses import use
from jobs.publish import figures_of
from skiptrace.linkage import rules as linkage
from skiptrace.report.model import ReportInput
from skiptrace.results import Run, latest
from skiptrace.rulebook import loading
from tests.jobs.projects import Finished


@pytest.fixture(scope="module")
def run(finished: Finished) -> Run:
    return latest(finished.folder)


@pytest.fixture(scope="module")
def report(run: Run) -> ReportInput:
    return figures_of(run)


def of(name: str, run: Run, column: str, words: tuple[str, ...]) -> set[str]:
    table = run.table(name, ["account_id", column])
    return set(table.filter(pc.is_in(table[column], value_set=pc.cast(list(words), "string")))["account_id"].to_pylist())


def test_the_bars_of_every_pair_begin_at_one_start_and_end_at_its_stored_weight(run: Run) -> None:
    links = run.table("links")
    weights = [name for name in links.column_names if name.startswith("weight_")]
    bars = np.sum([links[name].to_numpy() for name in weights], axis=0)
    starts = links["match_weight"].to_numpy() - bars
    assert len(links) > 100
    assert np.ptp(starts) < 1e-6  # the prior, whatever the pair: nothing of a weight is in no bar
    for record in records(links.to_pylist(), linkage.load()):
        whole = falls(record)
        assert whole.start + sum(bar.bits for bar in whole.falls) == whole.weight
        assert abs(whole.weight - Decimal(record.match_weight)) <= Decimal("0.005")
        assert all(one.after == other.before for one, other in zip(whole.falls, whole.falls[1:], strict=False))


def test_the_reasons_of_every_use_add_up_to_its_stored_score(run: Run) -> None:
    book, rows = loading.load(), run.table("channels").to_pylist()
    assert len(rows) > 300
    for row in rows:
        told = use(row, None, (), (), book)
        assert 1 / (1 + math.exp(-told.log_odds)) == pytest.approx(row["p_reach"], rel=1e-9, abs=1e-12)
        whole = scores(told)
        assert sum(bar.bits for bar in whole.falls) == whole.weight
        assert abs(whole.weight - Decimal(told.log_odds)) <= Decimal("0.005")


def test_the_funnel_counts_the_accounts_of_the_tables(run: Run, report: ReportInput) -> None:
    accounts = set(run.table("accounts", ["account_id"])["account_id"].to_pylist())
    linked = of("links", run, "status", ("linked",))
    pointed = set(run.table("contact_points", ["account_id"])["account_id"].to_pylist())
    allowed = of("decisions", run, "decision", ("permitted", "conditional"))
    counts = {stage.name: stage.accounts for stage in report.funnel.stages if not stage.expected}
    assert list(counts.values()) == [run.ledger["counts"]["portfolio"]["rows_in"], len(accounts), len(linked), len(linked & pointed),
                                     len(linked & pointed & allowed)][: len(counts)]  # fmt: skip
    assert report.funnel.beside_accounts == len(allowed - linked)
    assert report.summary.open_accounts == len(allowed)
    assert sum(status.accounts for status in report.statuses) == report.summary.accounts == len(accounts)


def by_account(run: Run, channel: str | None) -> Iterator[float]:
    table = run.table("channels", ["account_id", "channel", "p_reach"])
    if channel is not None:
        table = table.filter(pc.equal(table["channel"], channel))
    return iter(table.group_by("account_id").aggregate([("p_reach", "max")])["p_reach_max"].to_pylist())


def test_parts_of_sources_and_the_portfolio_add_up_to_what_the_tables_reach(run: Run, report: ReportInput) -> None:
    assert report.worth.games
    for game in report.worth.games:
        assert game.own.reached + sum(credit.fair.reached for credit in game.credits) == game.whole.reached
        assert game.own.balance + sum(credit.fair.balance for credit in game.credits) == game.whole.balance
        best = sum((round(Decimal(p), 9) for p in by_account(run, None if game.channel == "any" else game.channel)), Decimal(0))
        assert abs(game.whole.reached - best) <= Decimal("1e-6")
    bars = report.worth.bars
    assert bars[-1].after == report.worth.added
