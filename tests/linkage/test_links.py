"""LINKS: what is kept, in which words, and that every number stands beside its pair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.linkage.decide import Judged
from skiptrace.linkage.index import Index
from skiptrace.linkage.links import considered_table, links_table
from skiptrace.linkage.model import CLASSES, weigh
from skiptrace.linkage.patterns import pack
from skiptrace.linkage.rules import load
from skiptrace.schema import links
from skiptrace.schema.working import CONSIDERED
from tests.linkage.people_tables import make_layers, match_model, plain_model

RULES = load()
FLOOR = RULES.decision["floor"]
MODEL = match_model()


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """Rows 0 to 2 are of `utility`, 3 to 5 of `voter`."""
    return make_layers({"utility": [{"id": f"r{row}"} for row in range(3)], "voter": [{"id": f"r{row}"} for row in range(3, 6)]}, tmp_path)


def levels_of(size: int) -> np.ndarray:
    """Comparison vectors, all different."""
    return (np.arange(size * len(RULES.names), dtype=np.int8).reshape(size, len(RULES.names)) % 3 - 1).clip(-1, 1)


def judged(rows: list[tuple[int, int, float]], levels: np.ndarray | None = None) -> Judged:
    """Rows of (account, record, probability) in order; rank counts within the account."""
    size = len(rows)
    left = np.array([row[0] for row in rows], np.int64)
    ranks = np.array([1 + sum(other[0] == row[0] for other in rows[:at]) for at, row in enumerate(rows)], np.int32)
    patterns = pack(levels_of(size) if levels is None else levels)
    return Judged(
        left=left, right=np.array([row[1] for row in rows], np.int64), pattern=patterns, weight=np.zeros(size),
        probability=np.array([row[2] for row in rows]), margin=np.array([np.nan if at % 2 else 1.5 for at in range(size)]), rank=ranks,
        via=np.where(np.arange(size) % 2, 0, -1), person_weight=np.arange(size) + 0.25,
    )  # fmt: skip


def linked(result: Judged, accounts: pa.ChunkedArray, index: Index) -> pa.Table:
    return links_table(result, accounts, index, MODEL, RULES)


def considered(result: Judged, accounts: pa.ChunkedArray, index: Index) -> pa.Table:
    return considered_table(result, accounts, index, MODEL, RULES)


def test_the_floor_and_each_accounts_best_two_are_kept(index: Index) -> None:
    below = np.nextafter(FLOOR, 0)
    result = judged([
        (0, 1, 0.9), (0, 2, 0.2), (0, 3, FLOOR), (0, 4, below),
        (1, 0, below), (1, 5, 0.001), (1, 2, 0.0001),
        (2, 3, 0.00001),
    ])  # fmt: skip
    table = linked(result, pa.chunked_array([["A", "B", "C"]]), index)
    kept = list(zip(table["account_id"].to_pylist(), table["record_id"].to_pylist(), strict=True))
    assert kept == [("A", "r1"), ("A", "r2"), ("A", "r3"), ("B", "r0"), ("B", "r5"), ("C", "r3")]
    assert table["rank"].to_pylist() == [1, 2, 3, 1, 2, 1]


def test_every_value_stands_beside_its_pair(index: Index) -> None:
    levels = levels_of(3)
    rows = linked(judged([(0, 1, 0.9), (0, 4, 0.5), (1, 3, 0.7)]), pa.chunked_array([["A"], ["B"]]), index).to_pylist()
    weighed = weigh(MODEL.records, levels)
    assert [row["account_id"] for row in rows] == ["A", "A", "B"]
    assert [row["source"] for row in rows] == ["utility", "voter", "voter"]
    assert [row["record_id"] for row in rows] == ["r1", "r4", "r3"]
    assert [row["identity"] for row in rows] == [1, 1, 0]
    assert [row["margin"] for row in rows] == [1.5, None, 1.5]
    assert [row["match_weight"] for row in rows] == pytest.approx(weighed.weight.tolist())
    assert [row["person_weight"] for row in rows] == [0.25, 1.25, 2.25]
    assert [row["match_probability"] for row in rows] == [0.9, 0.5, 0.7]
    assert [row["via"] for row in rows] == [None, "r0", None]
    for at, row in enumerate(rows):
        assert [row[f"level_{name}"] for name in RULES.names] == levels[at].tolist()
        assert [row[f"weight_{name}"] for name in RULES.names] == weighed.parts[at].tolist()


def test_statuses_and_relations_change_exactly_at_their_bars(index: Index) -> None:
    """A pair that is no match is a household where the model says so, whatever its probability is pressed down to."""
    bar, high = RULES.decision, np.full(len(RULES.names), -1, np.int8)
    for name in ("last_name", "address", "phone"):
        high[RULES.names.index(name)] = len(RULES.comparison(name).levels) - 1
    for name in ("first_name", "dob", "ssn"):
        high[RULES.names.index(name)] = 0
    assert weigh(plain_model(), high[None]).posterior[0, CLASSES.index("household")] > bar["household"]
    levels = np.stack([*[np.zeros(len(RULES.names), np.int8)] * 4, high, high])
    probability = [bar["linked"], np.nextafter(bar["linked"], 0), bar["review"], np.nextafter(bar["review"], 0), 0.1, bar["review"]]
    result = judged([(at, at, one) for at, one in enumerate(probability)], levels)
    for table in (linked(result, pa.chunked_array([list("ABCDEF")]), index), considered(result, pa.chunked_array([list("ABCDEF")]), index)):
        assert table["status"].to_pylist() == ["linked", "review", "review", "refused", "refused", "review"]
        assert table["relation"].to_pylist() == ["same", "same", "same", "unrelated", "household", "same"]


def test_the_best_row_of_a_record_stands_for_all_its_rows(tmp_path: Path) -> None:
    """One record id on several rows: one link per account, ranked among the account's records."""
    index = make_layers({"utility": [{"id": "a"}], "voter": [{"id": "a"}, {"id": "a"}, {"id": "b"}]}, tmp_path / "rows")
    result = judged([(0, 2, 0.9), (0, 1, 0.8), (0, 0, 0.7), (0, 3, 0.001), (1, 3, 0.001), (1, 1, 0.0005), (1, 2, 0.0001)])
    accounts = pa.chunked_array([["A", "B"]])
    rows = linked(result, accounts, index).to_pylist()
    found = [(row["account_id"], row["source"], row["record_id"], row["identity"], row["rank"]) for row in rows]
    assert found == [("A", "voter", "a", 1, 1), ("A", "utility", "a", 0, 2), ("B", "voter", "b", 2, 1), ("B", "voter", "a", 0, 2)]
    rows = considered(result, accounts, index).to_pylist()
    assert [(row["source"], row["identity"], row["match_probability"]) for row in rows] == [
        ("voter", 1, 0.9), ("voter", 0, 0.8), ("utility", 0, 0.7)]  # fmt: skip


def test_one_record_id_in_two_sources_is_two_records(tmp_path: Path) -> None:
    index = make_layers({"utility": [{"id": "a"}], "voter": [{"id": "a"}]}, tmp_path / "rows")
    table = linked(judged([(0, 1, 0.9), (0, 0, 0.8)]), pa.chunked_array([["A"]]), index)
    assert table["source"].to_pylist() == ["voter", "utility"]


def test_no_pairs_make_an_empty_table_of_the_contracts_shape(index: Index) -> None:
    for table, spec in ((linked(judged([]), pa.chunked_array([["A"]]), index), links(RULES.names)),
                        (considered(judged([]), pa.chunked_array([["A"]]), index), CONSIDERED)):  # fmt: skip
        assert table.num_rows == 0
        assert table.schema == spec.arrow
