from __future__ import annotations

import datetime as dt

import pyarrow as pa

from skiptrace.export.times import as_iso, with_local_times

SPRING = dt.datetime(2026, 3, 8, 9, 30, tzinfo=dt.UTC)
MOMENTS = [SPRING, None, SPRING + dt.timedelta(hours=1), dt.datetime(2026, 7, 1, 4, tzinfo=dt.UTC)]
ROWS = pa.table({
    "zone": ["America/Los_Angeles", "America/Los_Angeles", "America/Los_Angeles", None],
    "window_start": pa.chunked_array([MOMENTS[:2], MOMENTS[2:]], pa.timestamp("us", "UTC")),
})  # fmt: skip


def test_local_times_follow_the_zone_over_the_change_of_clocks() -> None:
    assert with_local_times(ROWS, ["window_start_local"])["window_start_local"].to_pylist() == ["01:30", None, "03:30", None]
    assert with_local_times(ROWS, []).equals(ROWS)


def test_instants_become_iso_texts() -> None:
    told = as_iso(ROWS, ["window_start", "window_end"])["window_start"].to_pylist()
    assert told == ["2026-03-08T09:30:00Z", None, "2026-03-08T10:30:00Z", "2026-07-01T04:00:00Z"]
