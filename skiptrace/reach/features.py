"""Features of a use that are no column of a contact point: what a scorecard may score beyond these."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

DERIVED = ("seen_years",)
"""Features that are made here, each from columns of CONTACT_POINTS and the day of the run."""
DAYS_A_YEAR = 365.25


def feature(points: pa.Table, name: str, as_of: dt.date) -> pa.ChunkedArray:
    """One feature of CONTACT_POINTS: a column of theirs, or `seen_years` (double, years from the last sighting to `as_of`, never
    below 0, NULL where no sighting has a date)."""
    if name not in DERIVED:
        return points[name]
    seen = points["last_seen"].cast(pa.int32())
    days = (as_of - dt.date(1970, 1, 1)).days - seen.to_numpy(zero_copy_only=False).astype(np.float64)
    years = np.maximum(days, 0) / DAYS_A_YEAR
    return pa.chunked_array([pa.array(years, mask=np.isnan(days))])

