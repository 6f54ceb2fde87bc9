"""`make bench-report`: the report of a run, and the page of one of its accounts, counted, rendered and looked at in a real browser.

    make bench-report [PROJECT=folder] [RUN=latest] [ACCOUNTS=2000] [ACCOUNT=id]

PROJECT is a project with a published run, which is only read; without one a sample project of ACCOUNTS is made and run. The report is
counted and rendered twice and compared byte for byte, and personal values and keys of the first accounts of the run are looked for in it.
Both pages are written to a temporary folder. Exits 0 when it ran; figures of the browser are null where there is none.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jobs.demo.project import make
from jobs.explain import explain
from jobs.explain.page import html
from jobs.pipeline import Options, run
from jobs.publish import figures_of
from skiptrace.report.render import render
from skiptrace.results import Run, open_run
from tests.bench.report import Figure, print_bench
from tests.report import looked
from tests.report.looked import opened

LOOKED_FOR = 20_000
"""Accounts whose values are looked for in the page."""
SHORTEST = 5
"""Characters of a key or value that may stand for itself; a shorter one is part of any number."""
MOST_BYTES, LONGEST = 300_000, 60
LOOKS = ((320, "light"), (1280, "light"), (1280, "dark"))


def main(environ: Mapping[str, str]) -> list[Figure]:
    """Take the figures, print them, and return them."""
    with TemporaryDirectory() as place:
        given = environ.get("PROJECT")
        folder = Path(given) if given else _sample(Path(place) / "project", int(environ.get("ACCOUNTS", "2000")))
        found = open_run(folder, environ.get("RUN", "latest"))
        print(f"run {found.run_id}: {found.rows('accounts'):,} accounts, {found.rows('channels'):,} uses")
        figures = _report(found, Path(place)) + _account(found, folder, Path(place), environ.get("ACCOUNT"))
    print_bench("report", figures)
    return figures


def _sample(folder: Path, accounts: int) -> Path:
    make(folder, accounts, 0)
    run(folder, Options())
    return folder


def _report(found: Run, place: Path) -> list[Figure]:
    start = time.perf_counter()
    figures = figures_of(found)
    counted = time.perf_counter()
    page = render(figures)
    rendered = time.perf_counter()
    again = render(figures_of(found))
    file = place / "report.html"
    file.write_text(page, encoding="utf-8")
    leaks = _leaks(found, page)
    return [
        Figure("report: size", len(page.encode()), "bytes", MOST_BYTES, at_most=True),
        Figure("report: counting the tables", round(counted - start, 2), "s"),
        Figure("report: rendering", round(rendered - counted, 2), "s", LONGEST, at_most=True),
        Figure("report: other bytes on a rerun", int(page != again), "pages", 0, at_most=True),
        Figure("report: values of persons in it", len(leaks), "values", 0, at_most=True),
        *_seen("report", file),
    ]  # fmt: skip


def _account(found: Run, folder: Path, place: Path, account: str | None) -> list[Figure]:
    chosen = account or str(found.table("accounts", ["account_id"])["account_id"][0])
    start = time.perf_counter()
    told = explain(found, chosen, folder)
    taken = time.perf_counter() - start
    page = html(told)
    file = place / "account.html"
    file.write_text(page, encoding="utf-8")
    points = {row["value"] for row in found.of_account("contact_points", chosen).to_pylist() if row["value"]}
    return [
        Figure("account: size", len(page.encode()), "bytes", MOST_BYTES, at_most=True),
        Figure("account: explaining it", round(taken, 2), "s"),
        Figure("account: values of persons in it", sum(value in page for value in points), "values", 0, at_most=True),
        *_seen("account", file),
    ]


def _leaks(found: Run, page: str) -> list[str]:
    """Keys and personal values of the first accounts of a run that are in the page."""
    rows: list[dict[str, Any]] = next(iter(found.pieces(
        "accounts", 0, ["account_id", "consumer_id", "first_name", "last_name"], LOOKED_FOR
    ))).to_pylist()  # fmt: skip
    markers = {str(row[name]) for row in rows for name in ("account_id", "consumer_id")}
    markers |= {f"{row['first_name']} {row['last_name']}" for row in rows}
    points = next(iter(found.pieces("contact_points", 0, ["point_id", "value"], LOOKED_FOR * 4)))
    markers |= {str(value) for name in ("point_id", "value") for value in points[name].to_pylist()}
    return [marker for marker in markers if len(marker) >= SHORTEST and marker in page]


def _seen(name: str, file: Path) -> list[Figure]:
    """What a real browser sees of a page."""
    units = {
        "requests and complaints": "things", "tables that paper hides": "tables", "axe violations": "rules",
        "labels clipped, outside, tiny or overlapping": "labels",
    }  # fmt: skip
    drivers = [importlib.util.find_spec(driver) for driver in ("playwright", "axe_playwright_python")]
    if looked.CHROMIUM is None or None in drivers:
        reason = "needs Chromium, playwright and axe-playwright-python: `make deb-packages`"
        return [Figure(f"{name}: {what}", None, unit, 0, reason, at_most=True) for what, unit in units.items()]
    address, counts = file.as_uri(), dict.fromkeys(units, 0)
    contrasts, bars = dict[str, list[float]](), dict[str, list[float]]()
    with looked.chromium() as browser:
        counts["requests and complaints"] = sum(map(len, looked.asked_for(browser, address)))
        counts["tables that paper hides"] = looked.hidden_on_paper(browser, address)[1]
        for width, scheme in LOOKS:
            page = opened(browser, address, width, scheme)
            counts["labels clipped, outside, tiny or overlapping"] += len(looked.misplaced(page, width))
            counts["axe violations"] += len(looked.violations(page))
            contrasts.setdefault(scheme, []).append(looked.lowest_contrast(page)[0])
            bars.setdefault(scheme, []).append(looked.lowest_of_bars(page))
            page.close()
    return [
        *(Figure(f"{name}: {what}", counts[what], unit, 0, at_most=True) for what, unit in units.items()),
        *(Figure(f"{name}: lowest contrast of text, {scheme}", round(min(ratios), 2), "to 1", looked.LEAST_TEXT)
          for scheme, ratios in contrasts.items()),
        *(Figure(f"{name}: lowest contrast of bars, {scheme}", round(min(ratios), 2), "to 1", looked.LEAST_BAR[scheme])
          for scheme, ratios in bars.items()),
    ]  # fmt: skip


if __name__ == "__main__":
    main(os.environ)
