"""The page: one HTML file that needs nothing but itself. No script, no font, no image, nothing fetched.

The content security policy lets in the page's own style, by its hash, and nothing else; bars get their length from
classes of that style, so no element carries a style of its own.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from skiptrace.report import figures
from skiptrace.report.ages import NAMES
from skiptrace.report.cells import linked_of, parts_by_channel
from skiptrace.report.deciding import deciding
from skiptrace.report.earning import between, earning
from skiptrace.report.model import ReportInput
from skiptrace.report.planned import written
from skiptrace.report.spend import hidden, rows_of_gains, rows_of_sources
from skiptrace.report.states import PLACES, tiles
from skiptrace.report.takeaways import accounts, label, takeaways
from skiptrace.report.weighing import brings, title_of, told_of, weighing

_TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
_SECTIONS: Final = (
    ("summary", "Summary"), ("inventory", "Inventory"), ("funnel", "From tape to contact"), ("statuses", "What was found"),
    ("channels", "Channels"), ("gain", "Whom first"), ("states", "States"), ("stops", "What stopped the rest"), ("sources", "Sources"),
    ("worth", "Worth of sources"), ("spend", "Spend"), ("recall", "Expected recall"), ("weights", "How pairs were weighed"),
    ("blocking", "Which records were compared"), ("ages", "Age of data"), ("quality", "Data quality"), ("drift", "Than before"),
    ("changes", "Changes"), ("about", "About"),
)  # fmt: skip

SHOWN_RULES: Final = 12
"""Rules that the figure of stops shows; the table has more of them."""
SHOWN_KEYS: Final = 8
SHOWN_RECALLS: Final = 10
"""Likewise of blocking keys, and of combinations of fields."""


def render(model: ReportInput) -> str:
    """The report as HTML text. The same figures give the same text; every text of the figures is escaped."""
    shown = [(name, title) for name, title in _SECTIONS if _has(model, name)]
    sentences = takeaways(model) | weighing(model.linkage) | deciding(model)
    return page("report.html", report=model, takeaways=sentences, sections=shown)


def page(template: str, **content: Any) -> str:
    """A page of the report's kind as HTML text: one file with its own style, which the policy lets in and nothing else. Every text of
    `content` is escaped."""
    sheet = style()
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    own = Markup(sheet)  # noqa: S704 # nosec B704 # the style sheet of the package itself
    html: str = environment().get_template(template).render(**content, style=own, style_hash=digest)
    return "\n".join(line.rstrip() for line in html.splitlines() if line.strip()) + "\n"


def _has(model: ReportInput, section: str) -> bool:
    """Whether there is anything to show in a section."""
    linkage = model.linkage
    some = {
        "inventory": model.inventory.tells, "spend": model.spend, "drift": model.drift, "changes": model.changes,
        "recall": linkage.expected, "weights": linkage.waterfalls, "blocking": linkage.keys,
    }  # fmt: skip
    return bool(some.get(section, True))


@cache
def style() -> str:
    """The style sheet with a class per half percent of bar length and per row and column of the map, as the policy hashes it."""
    sheet = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    lines = [line.strip() for line in sheet.splitlines() if line.strip()]
    rows, columns = (sorted({place[side] for place in PLACES.values()}) for side in (0, 1))
    grid = "".join(f".r{row}{{grid-row:{row}}}" for row in rows) + "".join(f".c{column}{{grid-column:{column}}}" for column in columns)
    widths = "".join(f".w{half}{{width:{half / 2:g}%}}" for half in range(201))
    return "\n".join([*lines, grid, widths])


@cache
def environment() -> Environment:
    """The templates with the words and figures that they use."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.globals |= {
        name: getattr(figures, name)
        for name in ("count", "few", "is_small", "money", "money_of", "share", "width", "width_of_few", "day",
                     "seconds", "memory", "bits", "chance", "span")
    }  # fmt: skip
    made.globals |= {
        "accounts": accounts, "label": label, "small": figures.SMALL, "shown_rules": SHOWN_RULES, "shown_keys": SHOWN_KEYS,
        "shown_recalls": SHOWN_RECALLS, "title_of": title_of, "told_of": told_of, "brings": brings, "tiles": tiles,
        "age_names": NAMES, "between": between, "earning": earning, "linked_of": linked_of, "parts_by_channel": parts_by_channel,
        "planned": written, "spend_hidden": hidden, "spend_sources": rows_of_sources, "spend_gains": rows_of_gains,
    }  # fmt: skip
    return made
