from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from jobs.layering import groups


@given(st.lists(st.integers(0, 1000), max_size=60))
def test_every_file_is_in_one_layer_in_order_and_layers_shrink(rows: list[int]) -> None:
    found = groups(rows)
    assert [at for group in found for at in group] == list(range(len(rows)))
    sizes = [sum(rows[at] for at in group) for group in found]
    assert all(before > after for before, after in pairwise(sizes))


def test_a_year_of_nights_leaves_few_layers_and_moves_each_row_seldom() -> None:
    rows = [10_000_000, *[100_000] * 365]
    kept: set[tuple[int, ...]] = set()
    built = 0
    for count in range(1, len(rows) + 1):
        now = {tuple(group) for group in groups(rows[:count])}
        built += sum(rows[at] for group in now - kept for at in group)
        kept = now
    assert len(kept) <= 10
    assert built <= 12 * sum(rows)


def test_files_without_rows_and_no_file_at_all() -> None:
    assert groups([]) == []
    assert groups([0, 0]) == [[0, 1]]
