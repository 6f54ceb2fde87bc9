from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.export.grouping import merged
from skiptrace.vocabulary import CHANNELS

HOUR = st.one_of(st.none(), st.integers(0, 23).map(lambda hour: f"2026-06-30T{hour:02d}:00:00Z"))
USE = st.fixed_dictionaries({
    "g": st.integers(0, 3), "decision": st.sampled_from(["permitted", "conditional"]),
    "conditions": st.sampled_from([None, "A", "A|B", "C"]),
    "window_start": HOUR, "window_end": HOUR, "valid_until": st.integers(0, 3).map(lambda day: dt.date(2026, 6, 27 + day)),
    "channel": st.sampled_from(CHANNELS),
})  # fmt: skip


@given(st.lists(USE, min_size=1, max_size=12))
def test_what_is_merged_is_what_a_plain_loop_says(uses: list[dict[str, Any]]) -> None:
    groups = sorted({use["g"] for use in uses})
    table = pa.Table.from_pylist(uses, pa.schema([
        ("g", pa.int64()), *((name, pa.string()) for name in ("decision", "conditions", "window_start", "window_end", "channel")),
        ("valid_until", pa.date32())]))  # fmt: skip
    found = merged(table, np.array([groups.index(use["g"]) for use in uses]), len(groups))
    for place, group in enumerate(groups):
        own = [use for use in uses if use["g"] == group]
        starts, ends = ([use[name] for use in own if use[name]] for name in ("window_start", "window_end"))
        duties = sorted({one for use in own for one in (use["conditions"] or "").split("|")} - {""})
        assert {name: column[place].as_py() for name, column in found.items()} == {
            "decision": "conditional" if any(use["decision"] == "conditional" for use in own) else "permitted",
            "conditions": "|".join(duties) or None, "window_start": max(starts, default=None), "window_end": min(ends, default=None),
            "valid_until": min(use["valid_until"] for use in own),
            "channels": "|".join(name for name in CHANNELS if any(use["channel"] == name for use in own)),
        }  # fmt: skip
