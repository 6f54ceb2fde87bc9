from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.intake.partitions import plan
from skiptrace.store.inputs import InputFile


def file(number: int) -> InputFile:
    return InputFile(f"{number}.csv", f"/{number}.csv", 1, "csv")


@given(st.lists(st.integers(0, 50), max_size=6), st.integers(1, 20))
def test_every_row_is_in_one_partition_and_has_one_number(sizes: list[int], partition_rows: int) -> None:
    parts = plan("s", [(file(number), rows) for number, rows in enumerate(sizes)], partition_rows)
    assert [part.number for part in parts] == list(range(len(parts)))
    numbers, places = [], []
    for part in parts:
        assert 0 < part.rows <= partition_rows
        rows = pa.array(range(part.within_file.start + 1, part.within_file.stop + 1), pa.int64())
        numbers += part.numbers(rows).tolist()
        places += [(part.file.name, row) for row in rows.to_pylist()]
    assert numbers == list(range(sum(sizes)))
    assert places == [(f"{number}.csv", row + 1) for number, rows in enumerate(sizes) for row in range(rows)]


def test_pieces_of_a_file_are_nearly_equal() -> None:
    assert [part.rows for part in plan("s", [(file(0), 250_001)], 250_000)] == [125_000, 125_001]
