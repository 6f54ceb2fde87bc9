from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.routes import Meter, Routes, routed

PARTS = st.lists(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 2)), max_size=6), min_size=3, max_size=3)


@settings(max_examples=20)
@given(st.lists(PARTS, min_size=1, max_size=3))
def test_each_number_comes_to_its_target_and_keeps_its_partition(
    tmp_path_factory: pytest.TempPathFactory, sent: list[list[list[tuple[int, int]]]]
) -> None:
    folder, meter = tmp_path_factory.mktemp("routes"), Meter()
    written = []
    for number, parts in enumerate(sent):
        routes = Routes(3)
        for part in parts:
            routes.add(np.array([value for value, _ in part], np.int64), np.array([target for _, target in part], np.int64))
        written.append(routes.write(folder, f"from-{number}"))
    for target in range(3):
        found = routed([one[target] for one in written], meter)
        wanted = [[value for parts in sent for value, where in parts[number] if where == target] for number in range(3)]
        assert [np.concatenate([np.zeros(0, np.int64), *one]).tolist() for one in found] == wanted
    assert meter.moved == sum(one["file"]["bytes"] for routes in written for one in routes if one["file"] is not None)


def test_where_nothing_goes_there_is_no_file(tmp_path: Path) -> None:
    routes = Routes(2)
    routes.add(np.array([5, 7]), np.array([1, 1]))
    files = routes.write(tmp_path, "part")
    assert files[0] == {"file": None, "ends": [0]}
    assert len(list(tmp_path.iterdir())) == 1
    assert routed([], Meter()) == []
