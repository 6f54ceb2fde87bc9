"""The page of an appraisal: sums, small groups withheld, nothing fetched."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from skiptrace.report.appraisal import render_appraisal, rows_of, written


@dataclass(frozen=True)
class Head:
    title: str
    kind: str


@dataclass(frozen=True)
class Section:
    name: str
    title: str
    sentence: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True)
class Appraisal:
    accounts: int = 2_000
    balance: float | None = 1_000.5
    reachable: float = 1_500.4
    reachable_balance: float = 800.25
    permitted: float = 20.0
    permitted_balance: float = 9.0
    sections: tuple[Section, ...] = ()


AGES = Section(
    "age",
    "Age",
    "By age.",
    (Head("age", "text"), Head("accounts", "accounts"), Head("balance", "money")),
    (("old", 50, 12.5), ("new", 4, 3.5)),
)


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (1234, "accounts", "1,234"),
        (3, "accounts", "<11"),
        (3, "count", "3"),
        (0.5, "share", "50.0%"),
        (None, "share", "–"),
        (2.5, "money", "2.50"),
        ("a", "text", "a"),
    ],
)
def test_cells(cell: object, kind: str, text: str) -> None:
    assert written(cell, kind) == text


def test_the_balance_of_a_small_group_is_withheld() -> None:
    assert rows_of(AGES) == [["old", "50", "12.50"], ["new", "<11", "–"]]


def test_the_page_is_whole_and_the_same_each_time() -> None:
    page = render_appraisal(Appraisal(sections=(AGES,)), "spring & co", "30 June 2026")
    assert page == render_appraisal(Appraisal(sections=(AGES,)), "spring & co", "30 June 2026")
    for text in ("spring &amp; co", "800.25 of 1,000.50", "80.0%", "2,000 accounts", "By age.", "&lt;11"):
        assert text in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_without_balances_accounts_are_told() -> None:
    page = render_appraisal(Appraisal(balance=None), "spring", "30 June 2026")
    assert "balance unknown" in page
    assert "75.0%" in page
