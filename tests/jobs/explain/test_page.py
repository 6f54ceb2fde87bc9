"""The page of one account: what it holds, what it hides, where it is written; and how it looks in a real browser."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jobs.explain import Explanation, explain
from jobs.explain.page import falls, html, scores, write
from skiptrace.errors import ConfigError, UnsafePermissions
from skiptrace.results import latest
from tests.jobs.projects import Finished
from tests.jobs.published import EMAIL, PERSONAL, PHONE
from tests.report import looked
from tests.report.looked import opened
from tests.report.test_render import Outline


@pytest.fixture(scope="module")
def told(project: Path) -> Explanation:
    return explain(latest(project), "0001", project)


@pytest.fixture(scope="module")
def richest(finished: Finished) -> Explanation:
    """The account of the run with most uses, of those that have a stopped one: its facts are kept."""
    run = latest(finished.folder)
    uses = run.table("decisions").to_pylist()
    stopped = {row["account_id"] for row in uses if row["decision"] == "stopped"}
    counts = {account: sum(row["account_id"] == account for row in uses) for account in stopped}
    return explain(run, max(sorted(counts), key=lambda account: counts[account]), finished.folder)


def test_the_page_is_whole_runs_nothing_and_fetches_nothing(told: Explanation, richest: Explanation) -> None:
    for one in (told, richest):
        page = html(one)
        outline = Outline(page)
        assert outline.open == []
        assert not outline.of("script", "link", "img", "iframe", "object", "form", "svg")
        assert not re.search(r"url\(|@import|https?:", page)
        assert "default-src 'none'" in page
        ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert len(page.encode()) <= 300_000
        assert html(one) == page


def test_links_points_scores_and_rules_stand_on_it(told: Explanation) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html(told)))
    for expected in (
        "header header-1 (linked, same)", "The runner-up, record voter-1 of voter", "Phone 1: ***-***-0123", "2026-05-01",
        "It is probably theirs.", "+0.50", "Stopped by REGF-TEXT-60D", "Duty REGF-TIME", "12 CFR 1006.6(b)(1)(i)",
        "08:01–17:59 in America/Los_Angeles", "Personal values are masked.", "What would change the answer.",
    ):  # fmt: skip
        assert expected in text, expected


def test_facts_and_ways_stand_on_it_where_the_run_kept_them(richest: Explanation) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html(richest)))
    decisions = [use.decision for point in richest.points for use in point.uses if use.decision]
    rules = [rule for one in decisions for rule in one.stopped_by]
    assert all(rule.facts for rule in rules)
    ways = [way for one in decisions for way in one.ways]
    assert ways
    for words in (*(f"{fact.name} = {fact.value}" for rule in rules for fact in rule.facts), *(way.sentence for way in ways)):
        assert words in text.replace("&#39;", "'").replace("&gt;", ">").replace("&lt;", "<"), words


def test_bars_add_up_to_what_is_shown(told: Explanation, richest: Explanation) -> None:
    for one in (told, richest):
        for record in (*one.linked, *one.considered):
            whole = falls(record)
            assert whole.start + sum(bar.bits for bar in whole.falls) == whole.weight
            assert abs(whole.weight - Decimal(record.match_weight)) <= Decimal("0.005")
        for use in (use for point in one.points for use in point.uses):
            assert sum(bar.bits for bar in scores(use).falls) == scores(use).weight
            assert abs(scores(use).weight - Decimal(use.log_odds)) <= Decimal("0.005")


@pytest.mark.parametrize("account", ["0001", "0002", "0003", "0004", "0005"])
def test_no_personal_value_is_on_a_masked_page(project: Path, account: str) -> None:
    page = html(explain(latest(project), account, project))
    assert [value for value in PERSONAL if value in page] == []
    assert Outline(page).open == []


def test_no_value_of_an_account_of_a_whole_run_is_on_its_masked_page(finished: Finished) -> None:
    run = latest(finished.folder)
    accounts = run.table("accounts").to_pylist()
    for account in accounts[:: max(1, len(accounts) // 6)]:
        name = account["account_id"]
        page = html(explain(run, name, finished.folder))
        personal = {row["value"] for row in run.of_account("contact_points", name).to_pylist()}
        personal |= {f"{account['first_name']} {account['last_name']}"}
        assert personal
        assert [value for value in personal if value in page] == []


def test_an_unmasked_page_has_them_and_says_so(project: Path) -> None:
    page = html(explain(latest(project), "0001", project, show_pii=True))
    assert {PHONE, EMAIL, "JOCASTA QUENBY"} <= {value for value in (PHONE, EMAIL, "JOCASTA QUENBY") if value in page}
    assert "This page shows personal values." in page


def test_texts_of_others_are_escaped(told: Explanation) -> None:
    nasty = "<script>alert(1)</script>"
    page = html(replace(told, account_id=nasty, name=nasty, next_steps=(nasty,), notes=(nasty,)))
    assert "<script" not in page


def test_the_file_is_its_owners_alone_and_another_one_is_not_written_over(told: Explanation, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    write(told, file, replace=False)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == html(told)
    file.write_text("mine")
    with pytest.raises(ConfigError, match="nothing is written over"):
        write(told, file, replace=False)
    assert file.read_text() == "mine"
    write(told, file, replace=True)
    assert file.read_text() == html(told)
    assert [one.name for one in tmp_path.iterdir()] == ["page.html"]


def test_a_place_that_cannot_be_written_to_is_refused(told: Explanation, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        write(told, tmp_path / "nowhere" / "page.html", replace=False)
    with pytest.raises(ConfigError, match="cannot be written"):
        write(told, tmp_path, replace=True)
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(UnsafePermissions):
        write(told, tmp_path / "open" / "page.html", replace=False)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the system's Chromium")
    if looked.CHROMIUM is None:
        pytest.skip("needs Chromium: `make deb-packages`")
    with looked.chromium() as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("which", ["told", "richest"])
def test_the_page_looks_as_the_report_does(browser: Any, which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    write(request.getfixturevalue(which), file, replace=False)
    address = file.as_uri()
    assert looked.asked_for(browser, address) == ([], [])
    assert looked.hidden_on_paper(browser, address)[1] == 0
    for width, scheme in ((320, "light"), (1280, "light"), (1280, "dark")):
        page = opened(browser, address, width, scheme)
        assert looked.misplaced(page, width) == []
        assert looked.lowest_contrast(page)[0] >= looked.LEAST_TEXT
        assert looked.lowest_of_bars(page) >= looked.LEAST_BAR[scheme]
        assert looked.violations(page, contrast=which == "told") == []  # the longer page is of the same colours
        page.close()
