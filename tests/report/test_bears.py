"""The report of runs that nobody wishes for: without outcomes, balances or links, of one account, with 50 sources of long names, with
names in other scripts, and of a run that was interrupted. Each is looked at in a real browser: axe, geometry, contrast, paper, size."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.interrupted import Interrupted, Step, write_page
from skiptrace.report.facts import summarise
from skiptrace.report.render import render
from tests.report import looked, sample
from tests.report.looked import opened
from tests.report.sample import RULES, WORDING, ledger, tables
from tests.report.test_drift import SINCE

pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the system's Chromium")
pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(looked.CHROMIUM is None, reason="needs Chromium: `make deb-packages`")]
MOST = 300_000
"""Bytes of a page."""
SCRIPTS = ("кредитная_история", "مكتب_الائتمان", "信用報告來源", "ιστορικό", "नाम_स्रोत", "ประวัติเครดิต")
LONG = tuple(f"a_source_of_the_very_long_name_that_a_vendor_gave_it_{number:02d}" for number in range(50))


def whole(accounts: int = 200, names: tuple[str, ...] = (), name: str = "spring-purchase", **options: bool) -> str:
    """The page of a sample run; `names`: of its sources."""
    with pytest.MonkeyPatch.context() as patch:
        if names:
            patch.setattr(sample, "SOURCES", tuple((one, "other") for one in names))
        given = tables(accounts, **options)
        run = ledger(given) | {"name": name, "since": SINCE, "outcomes": {"events": 0}}
    for number, source in enumerate(run["sources"]):
        source["cost_per_record"] = 0.01 * (number % 3)
    return render(summarise(given, run, RULES, WORDING))


CASES: dict[str, Callable[[], str]] = {
    "no outcomes": whole,
    "no balances": lambda: whole(balances=False),
    "one account": lambda: whole(1),
    "no links": lambda: whole(linked=False),
    "no accounts": lambda: whole(0),
    "50 sources": lambda: whole(names=LONG, name="a_portfolio_name_without_any_space_in_it_" * 2),
    "Cyrillic": lambda: whole(names=SCRIPTS, name="Портфель просроченных долгов, весна"),
    "Arabic": lambda: whole(names=SCRIPTS, name="محفظة الديون المتأخرة 2026"),
    "CJK": lambda: whole(names=SCRIPTS, name="逾期債權組合二〇二六年春季購入分（第一回）"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with looked.chromium() as found:
        yield found


def look(browser: Any, file: Path) -> None:
    assert file.stat().st_size <= MOST
    page = opened(browser, file.as_uri(), 320)
    assert looked.misplaced(page, 320) == []
    assert looked.lowest_contrast(page)[0] >= looked.LEAST_TEXT
    assert looked.violations(page, contrast=False) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert looked.misplaced(page, 1280) == []
    page.close()
    assert looked.hidden_on_paper(browser, file.as_uri())[1] == 0


@pytest.mark.parametrize("case", CASES)
def test_the_page_bears_it(browser: Any, tmp_path: Path, case: str) -> None:
    file = tmp_path / "report.html"
    file.write_text(CASES[case](), encoding="utf-8")
    look(browser, file)


def test_what_is_not_known_is_said() -> None:
    assert "No outcome of a past attempt is known" in CASES["no outcomes"]()
    assert "balance unknown" in CASES["no balances"]()
    assert "No account was linked to a reference record." in CASES["no links"]()
    page = CASES["50 sources"]()
    assert all(name in page for name in LONG)
    assert re.search(r"The \d\d sources with fewest points are left out here", page)
    assert all(name in CASES["Arabic"]() for name in SCRIPTS)


def test_an_interrupted_run_says_so_at_the_top(browser: Any, tmp_path: Path) -> None:
    steps = (Step("intake", 4, 4), Step("index", 3, None), Step("link", 1, 4), Step("enrich", 0, 4))
    file = write_page(Interrupted("20260630-abc", "محفظة الديون", dt.date(2026, 6, 30), tmp_path, steps))
    look(browser, Path(str(file)))
    page = opened(browser, Path(str(file)).as_uri(), 320)
    top = page.evaluate("document.querySelector('.lead').getBoundingClientRect().bottom")
    assert "interrupted in the step link" in page.inner_text(".lead")
    assert top < 500  # within the first screen of a phone
    page.close()
