"""Calling windows against a count of minutes: every pair of zones in which somebody in the United States may be.

    python -m tests.bench.windows [YEARS=2] [PAIRS=all]

For each zone the local clock is read at every UTC minute of the period; a minute is allowed for a pair when both clocks allow
it. The windows of all days, put together, must be exactly those minutes.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import time
from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from skiptrace.rulebook.hours import intersection
from skiptrace.rulebook.loading import load
from skiptrace.rulebook.model import Hours
from tests.bench.report import Figure, print_bench

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
_OTHERS = (
    "America/Adak", "America/Boise", "America/Detroit", "America/Juneau", "America/Metlakatla", "America/Nome", "America/Sitka",
    "America/Yakutat", "America/Menominee", "America/Indiana/Indianapolis", "America/Indiana/Knox", "America/Indiana/Marengo",
    "America/Indiana/Petersburg", "America/Indiana/Tell_City", "America/Indiana/Vevay", "America/Indiana/Vincennes",
    "America/Indiana/Winamac", "America/Kentucky/Louisville", "America/Kentucky/Monticello", "America/North_Dakota/Beulah",
    "America/North_Dakota/Center", "America/North_Dakota/New_Salem", "America/Puerto_Rico", "America/St_Thomas", "Pacific/Guam",
    "Pacific/Saipan", "Pacific/Pago_Pago",
)  # fmt: skip
_MAIN = ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
         "Pacific/Honolulu")  # fmt: skip


def us_zones() -> tuple[str, ...]:
    """IANA zones of the states and territories, sorted."""
    return tuple(sorted({*_MAIN, *_OTHERS}))


@lru_cache(maxsize=128)
def _allowed(name: str, first: dt.date, days: int, hours: Hours) -> npt.NDArray[np.bool_]:
    """For each UTC minute of the period whether the local clock allows contact."""
    place, start = ZoneInfo(name), dt.datetime.combine(first, dt.time(), dt.UTC)
    out = np.zeros(days * 1440, bool)
    for quarter in range(days * 96):  # offsets change at quarters of an hour
        local = (start + quarter * 15 * MINUTE).astimezone(place)
        for minute in range(15):
            clock = local.hour * 60 + local.minute + minute
            span = hours.week[local.weekday()]
            if span is not None:
                opens = span[0].hour * 60 + span[0].minute + hours.margin_minutes
                closes = span[1].hour * 60 + span[1].minute - hours.margin_minutes
                out[quarter * 15 + minute] = opens <= clock < closes
    return out


def differences(pairs: Sequence[Sequence[str]], first: dt.date, days: int, hours: Hours) -> int:
    """Minutes of the period on which windows and clocks disagree, over all sets of zones. The first and last two days are
    left out: their windows reach over the edge."""
    start, wrong = dt.datetime.combine(first, dt.time(), dt.UTC), 0
    for zones in pairs:
        meant = np.logical_and.reduce([_allowed(name, first, days, hours) for name in zones])
        found = np.zeros(days * 1440, np.int8)
        for day in range(days):
            for begin, end in intersection(zones, first + day * DAY, hours) or ():
                found[max(0, (begin - start) // MINUTE) : max(0, (end - start) // MINUTE)] += 1
        wrong += int(np.count_nonzero((found != meant)[2 * 1440 : -2 * 1440]))
    return wrong


def main(environment: dict[str, str]) -> list[Figure]:
    """Count and print."""
    days = int(environment.get("YEARS", "2")) * 366
    pairs = list(itertools.combinations_with_replacement(us_zones(), 2))
    if environment.get("PAIRS", "all") != "all":
        pairs = pairs[:: max(1, len(pairs) // int(environment["PAIRS"]))]
    rule = load().rule("REGF-TIME")
    assert rule is not None
    assert rule.hours is not None
    begin = time.process_time()
    wrong = differences(pairs, dt.date(2026, 1, 1), days, rule.hours)
    figures = [
        Figure("pairs", len(pairs), "pairs of zones"),
        Figure("days", days, "days"),
        Figure("minutes_that_differ", wrong, "minutes", 0, at_most=True),
        Figure("cpu_seconds", round(time.process_time() - begin, 1), "s"),
    ]
    print_bench("windows", figures)
    return figures


if __name__ == "__main__":
    main(dict(os.environ))
