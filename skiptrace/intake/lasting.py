"""How long the reading of a delivery lasts: the first day on which one of its dates would be read otherwise.

What a date says depends on the day of the reading: a day to come is refused until it is there, a year of two digits is the latest that
is not to come, a range ends today, somebody turns 18. Nearly no date is near such a boundary, so a delivery that was read once
need not be read again for many nights; this module says until when.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.normalize.dates import ADULT, OLDEST, normalize_birth_dates, normalize_dates

HORIZON = 400
"""Days that are looked ahead."""
LOOKS = 2_000
"""Values that are looked at again before the day of the nearest is believed, which is then too early and nothing worse."""
_OFFSETS = (0, ADULT, 100, 100 + ADULT, OLDEST, 100 + OLDEST)
"""Years after a date when it may be read otherwise: it comes, its person is of age, its century changes, nobody is so old."""
_SLACK = 5
"""Days by which a span of years may differ from its mean."""
_DAY = dt.date(1970, 1, 1)


class Lasting:
    """The first day on which any reading that was noted would differ, at most HORIZON days after `as_of`."""

    def __init__(self, as_of: dt.date) -> None:
        self.as_of = as_of
        self.until = as_of + dt.timedelta(days=HORIZON)

    def note(self, day: dt.date) -> None:
        """Something would be read otherwise from this day on; a day that is past is tomorrow."""
        self.until = min(self.until, max(day, self.as_of + dt.timedelta(days=1)))

    def dates(self, values: pa.Array, form: str | None) -> pa.Table:
        """`normalize_dates` of a column, noted."""
        return self._read(values, lambda texts, day: normalize_dates(texts, day, form))

    def birth_dates(self, values: pa.Array, form: str | None) -> pa.Table:
        """`normalize_birth_dates` of a column, noted."""
        return self._read(values, lambda texts, day: normalize_birth_dates(texts, day, form))

    def _read(self, values: pa.Array, read: Callable[[pa.Array, dt.date], pa.Table]) -> pa.Table:
        coded = pc.dictionary_encode(values)
        distinct = coded.dictionary
        found = read(distinct, self.as_of)
        self._look_ahead(distinct, found, read)
        return found.take(coded.indices)

    def _look_ahead(self, distinct: pa.Array, found: pa.Table, read: Callable[[pa.Array, dt.date], pa.Table]) -> None:
        today, last = (self.as_of - _DAY).days, (self.until - _DAY).days
        nearest = np.full(len(found), last + 1, np.int64)
        for name in ("low", "high"):
            days = found[name].combine_chunks().cast(pa.int32())
            known = np.asarray(days.is_valid())
            number = days.fill_null(0).to_numpy().astype(np.int64)
            for years in _OFFSETS:
                turn = number + int(years * 365.2425)
                ahead = known & (turn + _SLACK > today)
                nearest[ahead] = np.minimum(nearest[ahead], np.maximum(turn[ahead] - _SLACK, today + 1))
        refused = np.asarray(pc.is_in(found["reason"], pa.array(["future", "implausible_birth_date", "ambiguous_year"])))
        nearest[refused] = today + 1
        queue = [(int(nearest[at]), int(at)) for at in np.flatnonzero(nearest <= last)]
        if not queue:
            return
        heapq.heapify(queue)
        for _ in range(LOOKS):
            if not queue or queue[0][0] >= (self.until - _DAY).days:
                return
            day, at = heapq.heappop(queue)
            then = min(day + 2 * _SLACK, last)
            again = read(distinct.slice(at, 1), _DAY + dt.timedelta(days=then))
            if again.to_pylist() != found.slice(at, 1).to_pylist():
                self.note(_DAY + dt.timedelta(days=day))
                return
            if then < last:
                heapq.heappush(queue, (then + 1, at))
        if queue:
            self.note(_DAY + dt.timedelta(days=queue[0][0]))
