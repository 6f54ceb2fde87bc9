"""A page looked at in a real browser: what markup alone cannot tell. Of `browser` and `page` see playwright's synchronous API."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
LEAST_TEXT = 4.6
LEAST_BAR = {"light": 5.6, "dark": 7.4}
"""Contrast of texts, and of bars with what is behind them."""

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

BARS = """() => ['.bar i.main', '.bar i.second', '.bar i.duty', '.bar i.rest', 'section:not(.plain)']
  .map(name => document.querySelector(name)).filter(found => found).map(found => getComputedStyle(found).backgroundColor)"""
HIDDEN = "[...document.querySelectorAll('table')].filter(table => !table.checkVisibility()).length"


@contextmanager
def chromium() -> Iterator[Any]:
    """The system's Chromium, driven by playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


def opened(browser: Any, address: str, width: int, scheme: str = "light") -> Any:
    """A page at a width with every table open."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    return page


def asked_for(browser: Any, address: str) -> tuple[list[str], list[str]]:
    """What is requested beside the page itself, and what the browser complains of."""
    page = browser.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address)
    if page.evaluate("getComputedStyle(document.querySelector('.page')).maxWidth") == "none":
        complaints.append("the style was not let in")
    page.close()
    return [url for url in requests if url != address], complaints


def misplaced(page: Any, width: int) -> list[str]:
    """Texts that are cut off, lie outside, overlap or are smaller than 12 px; and whether the page scrolls sideways."""
    texts = page.evaluate(TEXTS)
    found = [f"tiny: {text['text']}" for text in texts if text["size"] < 12]
    found += [f"clipped: {text['text']}" for text in texts if text["clipped"]]
    found += [
        f"outside: {text['text']}" for text in texts if not text["scrolls"] and (text["left"] < -0.5 or text["right"] > width + 0.5)
    ]
    found += [f"overlaps: {row}" for row in page.evaluate(OVERLAPS)]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append("the page scrolls sideways")
    return found


def lowest_contrast(page: Any) -> tuple[float, str]:
    """The lowest contrast of a text with what is behind it, and the text."""
    return min((contrast(text["color"], text["behind"]), text["text"]) for text in page.evaluate(TEXTS))


def lowest_of_bars(page: Any) -> float:
    """The lowest contrast of a bar with the section it is in; 21, the most there is, where there is no bar."""
    colours = page.evaluate(BARS)
    return min((contrast(colour, colours[-1]) for colour in colours[:-1]), default=21.0)


def violations(page: Any, contrast: bool = True) -> list[tuple[str, str]]:
    """What axe finds: the rule and the first place. Needs axe-playwright-python. `contrast`: whether it also measures that, which takes
    most of its time; not where `lowest_contrast`, which asks for more, has looked at every text of the page."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": contrast}}}
    return [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page, options=options).response["violations"]]


def hidden_on_paper(browser: Any, address: str) -> tuple[int, int]:
    """Tables that cannot be seen: on the screen as the page opens, and on paper."""
    page = browser.new_page(viewport={"width": 760, "height": 900})
    page.goto(address)
    before = page.evaluate(HIDDEN)
    page.emulate_media(media="print")
    after = page.evaluate(HIDDEN)
    page.close()
    return before, after


@cache
def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG has it, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
