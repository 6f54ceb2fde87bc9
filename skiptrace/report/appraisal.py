"""The appraisal of a tape as one page, in the style of the report: nothing is fetched, no script, no single person."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from markupsafe import Markup

from skiptrace.report import figures
from skiptrace.report.render import environment, style


class Head(Protocol):
    """A column: its title, and what its cells are: text, count, accounts, money or share."""

    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> str: ...


class Section(Protocol):
    """A part of the page."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def heads(self) -> Sequence[Head]: ...
    @property
    def rows(self) -> Sequence[Sequence[object]]: ...


class Appraisal(Protocol):
    """The figures of the page."""

    @property
    def accounts(self) -> int: ...
    @property
    def balance(self) -> float | None: ...
    @property
    def reachable(self) -> float: ...
    @property
    def reachable_balance(self) -> float: ...
    @property
    def permitted(self) -> float: ...
    @property
    def permitted_balance(self) -> float: ...
    @property
    def sections(self) -> Sequence[Section]: ...


def written(cell: object, kind: str) -> str:
    """A cell as the page shows it."""
    if kind == "text":
        return str(cell)
    if cell is None:
        return figures.NOTHING
    if kind in ("accounts", "count"):
        return figures.few(int(str(cell))) if kind == "accounts" else figures.count(int(str(cell)))
    number = Decimal(str(cell))
    return figures.share(number, Decimal(1)) if kind == "share" else figures.money(number)


def rows_of(section: Section) -> list[list[str]]:
    """The rows of a section; the balance of a small group is withheld."""
    out = []
    for row in section.rows:
        small = any(
            head.kind == "accounts" and cell is not None and figures.is_small(int(str(cell)))
            for head, cell in zip(section.heads, row, strict=True)
        )
        out.append([
            figures.NOTHING if small and head.kind in ("money", "share") else written(cell, head.kind)
            for head, cell in zip(section.heads, row, strict=True)
        ])  # fmt: skip
    return out


def render_appraisal(appraisal: Appraisal, name: str, as_of: str) -> str:
    """The page as HTML text. The same figures give the same text."""
    sheet = style()
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    page = environment().get_template("appraisal.html")
    own = Markup(sheet)  # noqa: S704 # nosec B704 # the style sheet of the package itself
    html: str = page.render(
        appraisal=appraisal, name=name, as_of=as_of, style=own, style_hash=digest, rows_of=rows_of, decimal=Decimal
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in html.splitlines() if line.strip()) + "\n"
