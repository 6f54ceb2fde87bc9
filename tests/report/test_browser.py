"""The page in a real browser: what markup alone cannot tell. Skips where Chromium or its driver is not installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skiptrace.report.facts import summarise
from skiptrace.report.render import render
from tests.report.sample import RULES, WORDING, ledger, tables
from tests.report.test_calibration import TOLD
from tests.report.test_drift import SINCE

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the system's Chromium")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: `make deb-packages`")]

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

TEXTS = """() => {
  const seen = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, owner = node.parentElement;
    if (!node.textContent.trim() || !owner.checkVisibility() || owner.classList.contains('skip')) continue;
    const range = document.createRange(); range.selectNodeContents(node);
    const box = range.getBoundingClientRect(), style = getComputedStyle(owner);
    let behind = owner, layers = [];
    while (behind) { layers.push(getComputedStyle(behind).backgroundColor); behind = behind.parentElement; }
    seen.push({text: node.textContent.trim().slice(0, 40), left: box.left, right: box.right, top: box.top,
      bottom: box.bottom, size: parseFloat(style.fontSize), color: style.color,
      behind: layers.find(colour => colour !== 'rgba(0, 0, 0, 0)'), scrolls: !!owner.closest('.scroll'),
      clipped: owner.scrollWidth > owner.clientWidth + 1 && getComputedStyle(owner).overflowX !== 'visible'});
  }
  return seen;
}"""

OVERLAPS = """() => {
  const found = [];
  for (const row of document.querySelectorAll('.bars li')) {
    const cells = [...row.children].map(cell => cell.getBoundingClientRect());
    cells.forEach((one, place) => cells.slice(place + 1).forEach(other => {
      const apart = one.right <= other.left + .5 || other.right <= one.left + .5 || one.bottom <= other.top + .5
        || other.bottom <= one.top + .5;
      if (!apart) found.push(row.textContent.trim().slice(0, 40));
    }));
  }
  return found;
}"""


TILES = """() => {
  const tiles = [...document.querySelectorAll('.states li')].map(tile => {
    const range = document.createRange(); range.selectNodeContents(tile);
    return [tile.textContent.trim(), tile.getBoundingClientRect(), range.getBoundingClientRect()];
  });
  const found = tiles.filter(([, box, text]) => text.left < box.left - .5 || text.right > box.right + .5).map(([name]) => name);
  tiles.forEach(([name, one], place) => tiles.slice(place + 1).forEach(([, other]) => {
    if (one.right > other.left + .5 && other.right > one.left + .5 && one.bottom > other.top + .5 && other.bottom > one.top + .5)
      found.push(name);
  }));
  return [tiles.length, found];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


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


def _open(browser: Any, address: str, width: int, scheme: str = "light") -> Any:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    return page


def _luminance(colour: str) -> float:
    parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_nothing_is_requested_and_nothing_complains(browser: Any, address: str) -> None:
    page = browser.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address)
    assert requests == [address]
    assert complaints == []
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).display") == "flex", (
        "the style was not let in"
    )
    page.close()


@pytest.mark.parametrize("width", [320, 390, 700, 1280])
def test_nothing_is_cut_off_nothing_overlaps_and_nothing_is_tiny(browser: Any, address: str, width: int) -> None:
    page = _open(browser, address, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    texts = page.evaluate(TEXTS)
    assert len(texts) > 100
    assert [text["text"] for text in texts if text["size"] < 12] == []
    assert [text["text"] for text in texts if text["clipped"]] == []
    outside = [
        text["text"] for text in texts if not text["scrolls"] and (text["left"] < -0.5 or text["right"] > width + 0.5)
    ]
    assert outside == []
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(TILES) == [53, []]
    assert page.evaluate("Math.min(...[...document.querySelectorAll('.bar')].map(bar => bar.offsetWidth))") >= 90
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_bars_stand_out(browser: Any, address: str, scheme: str) -> None:
    page = _open(browser, address, 1280, scheme)
    pale = [
        (text["text"], round(_contrast(text["color"], text["behind"]), 2))
        for text in page.evaluate(TEXTS)
        if _contrast(text["color"], text["behind"]) < 4.6
    ]
    assert pale == []
    colours = page.evaluate(
        "['.bar i.main', '.bar i.second', '.bar i.duty', '.bar i.rest', 'section:not(.plain)']"
        ".map(name => document.querySelector(name)).filter(found => found)"
        ".map(found => getComputedStyle(found).backgroundColor)"
    )
    assert len(colours) >= 2
    assert all(_contrast(colour, colours[-1]) >= (5.6 if scheme == "light" else 7.4) for colour in colours[:-1])
    page.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (320, "light")])
def test_axe_finds_nothing(browser: Any, address: str, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    page = _open(browser, address, width, scheme)
    assert [(one["id"], one["nodes"][0]["html"]) for one in axe.Axe().run(page).response["violations"]] == []
    page.close()


def test_the_first_stop_of_the_tab_key_is_the_skip_link(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.close()


def test_paper_shows_every_table(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 760, "height": 900})
    page.goto(address)
    hidden = "[...document.querySelectorAll('table')].filter(table => !table.checkVisibility()).length"
    assert page.evaluate(hidden) > 0
    page.emulate_media(media="print")
    assert page.evaluate(hidden) == 0
    assert page.evaluate("document.querySelector('nav').checkVisibility()") is False
    page.close()
