"""LINKS: what is kept, in which words, and that every number stands beside its pair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.linkage.decide import Judged
from skiptrace.linkage.index import Index
from skiptrace.linkage.links import considered_table, links_table
from skiptrace.linkage.rules import load
from skiptrace.schema import links
from skiptrace.schema.working import CONSIDERED
from tests.linkage.people_tables import make_index

RULES = load()
FLOOR = RULES.decision["floor"]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    people = [{"id": f"r{number}", "source": "voter" if number % 2 else "utility"} for number in range(6)]
    return make_index(people, tmp_path / "index")


def judged(rows: list[tuple[int, int, float]]) -> Judged:
    """Rows of (account, record, probability) in order; rank counts within the account."""
    size, width = len(rows), len(RULES.names)
    left = np.array([row[0] for row in rows], np.int64)
    ranks = np.array([1 + sum(other[0] == row[0] for other in rows[:at]) for at, row in enumerate(rows)], np.int32)
    return Judged(
        left=left, right=np.array([row[1] for row in rows], np.int64),
        levels=np.arange(size * width, dtype=np.int8).reshape(size, width) % 3 - 1,
        parts=np.arange(size * width, dtype=float).reshape(size, width),
        weight=np.arange(size, dtype=float), probability=np.array([row[2] for row in rows]),
        margin=np.array([np.nan if at % 2 else 1.5 for at in range(size)]), rank=ranks,
        relation=np.arange(size, dtype=np.int8) % 3, status=np.arange(size, dtype=np.int8) % 3,
        via=np.where(np.arange(size) % 2, 0, -1),
    )  # fmt: skip


def test_the_floor_and_each_accounts_best_two_are_kept(index: Index) -> None:
    below = np.nextafter(FLOOR, 0)
    result = judged([
        (0, 1, 0.9), (0, 2, 0.2), (0, 3, FLOOR), (0, 4, below),
        (1, 0, below), (1, 5, 0.001), (1, 2, 0.0001),
        (2, 3, 0.00001),
    ])  # fmt: skip
    table = links_table(result, pa.chunked_array([["A", "B", "C"]]), index, RULES)
    kept = list(zip(table["account_id"].to_pylist(), table["record_id"].to_pylist(), strict=True))
    assert kept == [("A", "r1"), ("A", "r2"), ("A", "r3"), ("B", "r0"), ("B", "r5"), ("C", "r3")]
    assert table["rank"].to_pylist() == [1, 2, 3, 1, 2, 1]


def test_every_value_stands_beside_its_pair(index: Index) -> None:
    result = judged([(0, 4, 0.9), (0, 1, 0.5), (1, 3, 0.7)])
    rows = links_table(result, pa.chunked_array([["A"], ["B"]]), index, RULES).to_pylist()
    assert [row["source"] for row in rows] == ["utility", "voter", "voter"]
    assert [row["identity"] for row in rows] == [4, 1, 3]
    assert [row["relation"] for row in rows] == ["same", "household", "unrelated"]
    assert [row["status"] for row in rows] == ["linked", "review", "refused"]
    assert [row["margin"] for row in rows] == [1.5, None, 1.5]
    assert [row["match_weight"] for row in rows] == [0.0, 1.0, 2.0]
    assert [row["match_probability"] for row in rows] == [0.9, 0.5, 0.7]
    for at, row in enumerate(rows):
        assert [row[f"level_{name}"] for name in RULES.names] == result.levels[at].tolist()
        assert [row[f"weight_{name}"] for name in RULES.names] == result.parts[at].tolist()


def test_the_best_row_of_a_record_stands_for_all_its_rows(tmp_path: Path) -> None:
    """One record id on several rows: one link per account, ranked among the account's records."""
    ids = [("a", "voter"), ("a", "voter"), ("b", "voter"), ("a", "utility")]
    index = make_index([{"id": name, "source": source} for name, source in ids], tmp_path / "rows")
    result = judged([(0, 1, 0.9), (0, 0, 0.8), (0, 3, 0.7), (0, 2, 0.001), (1, 2, 0.001), (1, 0, 0.0005), (1, 1, 0.0001)])
    accounts = pa.chunked_array([["A", "B"]])
    rows = links_table(result, accounts, index, RULES).to_pylist()
    found = [(row["account_id"], row["source"], row["record_id"], row["identity"], row["rank"]) for row in rows]
    assert found == [("A", "voter", "a", 1, 1), ("A", "utility", "a", 3, 2), ("B", "voter", "b", 2, 1), ("B", "voter", "a", 0, 2)]
    rows = considered_table(result, accounts, index, RULES).to_pylist()
    assert [(row["identity"], row["match_probability"]) for row in rows] == [(1, 0.9), (0, 0.8), (3, 0.7)]


def test_no_pairs_make_an_empty_table_of_the_contracts_shape(index: Index) -> None:
    table = links_table(judged([]), pa.chunked_array([["A"]]), index, RULES)
    assert table.num_rows == 0
    assert table.schema == links(RULES.names).arrow
    table = considered_table(judged([]), pa.chunked_array([["A"]]), index, RULES)
    assert table.num_rows == 0
    assert table.schema == CONSIDERED.arrow
