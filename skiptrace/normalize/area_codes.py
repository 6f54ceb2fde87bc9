"""State and time zones of North American area codes, from `rules/words/area_codes.csv`: no library's heavy geodata.

An area code that is not listed means less is known, never that a number is invalid.
"""

from __future__ import annotations

import csv
from functools import cache

from skiptrace.plugins import rules_root


@cache
def _rows() -> dict[int, tuple[str, tuple[str, ...]]]:
    with (rules_root() / "words" / "area_codes.csv").open(newline="") as file:
        return {int(row["area_code"]): (row["state"], tuple(row["zones"].split("|"))) for row in csv.DictReader(file)}


def states() -> dict[int, str]:
    """Two-letter state or territory of each area code."""
    return {code: state for code, (state, _) in _rows().items()}


def zones(area_code: int) -> tuple[str, ...]:
    """Every IANA zone that a number of the area code may be in; empty where the code is not listed."""
    return _rows().get(area_code, ("", ()))[1]


@cache
def splits() -> frozenset[tuple[int, int]]:
    """Pairs of an area code and of the one that part of its numbers got in a split, from `rules/words/area_code_splits.csv`.

    A number keeps its last seven digits in a split; overlays, which change no number, are not listed."""
    with (rules_root() / "words" / "area_code_splits.csv").open(newline="") as file:
        return frozenset((int(row["old"]), int(row["new"])) for row in csv.DictReader(file))
