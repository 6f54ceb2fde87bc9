from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from skiptrace.report.calibration import figures
from skiptrace.report.render import render
from tests.report.by_hand import REPORT

EMPTY = {"attempts": 0, "stated": None, "reached": 0}
TOLD: dict[str, Any] = {
    "voice": {
        "bands": [{"attempts": 100, "stated": 0.05, "reached": 6}, *[EMPTY] * 8, {"attempts": 4, "stated": 0.95, "reached": 3}],
        "ece": {"value": 0.01234, "low": 0.005, "high": None},
    },
    "email": {"bands": [EMPTY] * 10, "ece": {"value": None, "low": None, "high": None}},
}  # fmt: skip


def test_bands_with_attempts_are_told_and_add_up() -> None:
    (voice,) = figures(TOLD)
    assert [(band.name, band.attempts, band.reached) for band in voice.bands] == [("0 to 10%", 100, 6), ("90 to 100%", 4, 3)]
    assert (voice.channel, voice.attempts, voice.reached, voice.stated) == ("voice", 104, 9, Decimal("8.80"))
    assert (voice.error, voice.low, voice.high) == (Decimal("0.0123"), Decimal("0.005"), None)
    assert figures({}) == ()


def test_the_page_shows_them_and_hides_small_bands() -> None:
    page = render(dataclasses.replace(REPORT, calibration=figures(TOLD)))
    table = page[page.index('id="t-calibration"') :]
    table = table[: table.index("</table>")]
    assert "Voice, 0 to 10%" in table
    assert "6.0%" in table
    assert "&lt;11" in table
    assert "75.0%" not in table
    assert "t-calibration" not in render(REPORT)
