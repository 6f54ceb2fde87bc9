"""How long the reading of a delivery lasts: the first day on which one of its dates would be read otherwise.

What a date says depends on the day of the reading: a day to come is refused until it is there, a year of two digits is the latest that
is not to come, a range ends today, somebody turns 18. Nearly no date is near such a boundary, so a delivery that was read once
need not be read again for many nights; this module says until when.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.normalize.dates import ADULT, OLDEST, normalize_birth_dates, normalize_dates

HORIZON = 400
"""Days that are looked ahead."""
_OFFSETS = (0, ADULT, 100, 100 + ADULT, OLDEST, 100 + OLDEST)
"""Years after a date when it may be read otherwise: it comes, its person is of age, its century changes, nobody is so old."""
_SLACK = 5
"""Days by which a span of years may differ from its mean."""
_NOT_YET = ("future", "implausible_birth_date", "ambiguous_year")
"""Reasons that may be none on another day."""
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
        """Find the first day before `until` on which one of some distinct values is read otherwise. A value changes at most once in
        that time, or every day, so the day is found by halving."""
        near = np.flatnonzero(_near(found, (self.as_of - _DAY).days, (self.until - _DAY).days))

        def differing(rows: np.ndarray, days: int) -> np.ndarray:
            at = pa.array(rows)
            again, before = read(distinct.take(at), self.as_of + dt.timedelta(days=days)), found.take(at)
            same = [pc.fill_null(pc.equal(again[name], before[name]), False) for name in found.column_names]
            both = [pc.and_(pc.is_null(again[name]), pc.is_null(before[name])) for name in found.column_names]
            equal = np.all([pc.or_(one, other).to_numpy() for one, other in zip(same, both, strict=True)], axis=0)
            left: np.ndarray = rows[~equal]
            return left

        low, high = 0, (self.until - self.as_of).days - 1  # days after `as_of`: nothing differs yet, and the last that is asked
        rows = differing(near, high)
        if not len(rows):
            return
        while high - low > 1:
            middle = (low + high) // 2
            some = differing(rows, middle)
            low, high, rows = (low, middle, some) if len(some) else (middle, high, rows)
        self.note(self.as_of + dt.timedelta(days=high))


def _near(found: pa.Table, today: int, last: int) -> np.ndarray:
    """Which dates may be read otherwise between two days: bool [n]. Few are, and only these are read again."""
    near: np.ndarray = pc.is_in(found["reason"], pa.array(_NOT_YET)).to_numpy()
    for name in ("low", "high"):
        days = pc.fill_null(found[name].cast(pa.int32()), -(10**6)).to_numpy().astype(np.int64)
        for years in _OFFSETS:
            turn = days + int(years * 365.2425)
            near |= (turn + _SLACK > today) & (turn - _SLACK <= last)
    return near
