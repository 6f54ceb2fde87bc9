"""The page in a real browser: what markup alone cannot tell. Skips where Chromium or its driver is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skiptrace.report.facts import summarise
from skiptrace.report.render import render
from tests.report import looked
from tests.report.looked import opened
from tests.report.sample import RULES, WORDING, ledger, tables
from tests.report.test_calibration import TOLD
from tests.report.test_drift import SINCE

pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the system's Chromium")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(looked.CHROMIUM is None, reason="needs Chromium: `make deb-packages`")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with looked.chromium() as found:
        yield found


@pytest.fixture(scope="module", params=["whole", "gaps"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    given = tables(2000) if request.param == "whole" else tables(9, balances=False, linked=False)
    run = ledger(given) | {"since": SINCE, "calibration": TOLD if request.param == "whole" else {}}
    run["sources"][0]["cost_per_record"] = 0.02
    if request.param == "gaps":  # and names that nobody thought of
        run |= {"name": "a_portfolio_name_without_any_space_in_it_" * 2}
        run["sources"].append({"name": "source_of_an_unusually_long_name_" * 2, "kind": "other"})
        run["hashes"]["model"] = "0123456789abcdef" * 4
    path: Path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(summarise(given, run, RULES, WORDING)), encoding="utf-8")
    return path.as_uri()


def test_nothing_is_requested_and_nothing_complains(browser: Any, address: str) -> None:
    assert looked.asked_for(browser, address) == ([], [])


@pytest.mark.parametrize("width", [320, 390, 700, 1280])
def test_nothing_is_cut_off_nothing_overlaps_and_nothing_is_tiny(browser: Any, address: str, width: int) -> None:
    page = opened(browser, address, width)
    assert len(page.evaluate(looked.TEXTS)) > 100
    assert looked.misplaced(page, width) == []
    assert page.evaluate(looked.TILES) == [53, []]
    assert page.evaluate("Math.min(...[...document.querySelectorAll('.bar')].map(bar => bar.offsetWidth))") >= 90
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_bars_stand_out(browser: Any, address: str, scheme: str) -> None:
    page = opened(browser, address, 1280, scheme)
    assert looked.lowest_contrast(page)[0] >= looked.LEAST_TEXT
    assert len(page.evaluate(looked.BARS)) >= 2
    assert looked.lowest_of_bars(page) >= looked.LEAST_BAR[scheme]
    page.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (320, "light")])
def test_axe_finds_nothing(browser: Any, address: str, width: int, scheme: str) -> None:
    pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    page = opened(browser, address, width, scheme)
    assert looked.violations(page) == []
    page.close()


def test_the_first_stop_of_the_tab_key_is_the_skip_link(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.close()


def test_paper_shows_every_table(browser: Any, address: str) -> None:
    before, after = looked.hidden_on_paper(browser, address)
    assert before > 0
    assert after == 0
    page = browser.new_page()
    page.goto(address)
    page.emulate_media(media="print")
    assert page.evaluate("document.querySelector('nav').checkVisibility()") is False
    page.close()
