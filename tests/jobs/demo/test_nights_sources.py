from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.demo.nights import Truth


def test_the_credit_header_comes_whole_and_loses_what_was_withdrawn(lived: tuple[Path, list[Truth]]) -> None:
    folder, _ = lived
    files = sorted(path.name for path in (folder / "sources").glob("header-*.parquet"))
    assert files[0] == "header-20260801.parquet"
    whole = pq.read_table(folder / "sources" / files[0])
    assert pc.count_distinct(whole["REC_ID"]).as_py() == whole.num_rows
