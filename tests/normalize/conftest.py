"""Texts that a file may hold and no parser expects, for every parser here."""

from __future__ import annotations

import pytest

STRANGE = (
    "",
    " ",
    "\x00",
    "\x1f",
    "\t\n\r",
    ",",
    ",,,",
    ".",
    "-",
    "'",
    '"',
    "()",
    "[",
    "&",
    "&amp;",
    "&#0;",
    "&#x110000;",
    "%",
    "#",
    "@",
    "/",
    "\\",
    "|",
    "½",
    "№ 5",
    "²²²²²²²²²²",
    "١٢٣٤٥٦٧٨٩٠",
    "\u200b",
    "\u202eabc",
    "é",
    "ﷺ" * 50,
    "ÀÉÎ",
    "Иван",
    "Αλφα",
    "李小龍",
    "มงแตร",
    "😀",
    "a" * 2_000,
    "1" * 2_000,
    ", " * 700,
    "A B " * 400,
    "(" * 900,
    "c/o " * 300,
    "PO BOX " * 120,
    "1-" * 500,
    "@" * 300,
    "a@" * 200,
    "NaN",
    "None",
    "{}",
    "${env:HOME}",
    "'; DROP TABLE x; --",
    "x" * 10_000_000,
    "1 " * 5_000_000,
    "é" * 3_000_000,
    " " * 10_000_000,
)


@pytest.fixture(params=STRANGE, ids=lambda text: f"{len(text)}:{text[:8]!a}")
def strange(request: pytest.FixtureRequest) -> str:
    return str(request.param)
