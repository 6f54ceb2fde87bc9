"""Known pairs: read strictly, found in the project, compared as the product compares, and no value of them repeated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import labels, models
from jobs.runner import done
from skiptrace.errors import ConfigError, DataRefused, SkiptraceError
from skiptrace.linkage import patterns, rules
from skiptrace.results.run import read_run
from skiptrace.store.tables import write_table
from tests.jobs.projects import Finished

NAMES = rules.load().names
HEAD = "account_id,source,record_id,same\n"


def written(tmp_path: Path, text: str, name: str = "labels.csv") -> Path:
    (tmp_path / name).write_text(text)
    return tmp_path / name


def rows(table: pa.Table) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in table.to_pylist()]


def test_a_file_is_read_sorted_and_each_pair_once(tmp_path: Path) -> None:
    text = HEAD + "0002,header,7,no\n 0001 ,voter,007,TRUE\n0001,voter,007,1\n0001,header,9,0\n"
    assert rows(labels.read_labels(written(tmp_path, text))) == [
        ("0001", "header", "9", False), ("0001", "voter", "007", True), ("0002", "header", "7", False)]  # fmt: skip


@pytest.mark.parametrize("same", [pa.array([True, False]), pa.array([1, 0]), pa.array(["yes", "No"])])
def test_parquet_is_read_as_well(tmp_path: Path, same: pa.Array) -> None:
    table = pa.table({"account_id": ["1", "2"], "source": ["header"] * 2, "record_id": [5, 6], "same": same, "note": ["x", "y"]})
    pq.write_table(table, tmp_path / "labels.parquet")
    assert rows(labels.read_labels(tmp_path / "labels.parquet")) == [("1", "header", "5", True), ("2", "header", "6", False)]


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("account_id,source,same\n1,header,true\n", ConfigError, "lacks the column record_id"),
        (HEAD, DataRefused, "holds no rows"),
        (HEAD + "CANARY,header,,true\nCANARY,header,9,maybe\nCANARY,header,8,true\n", DataRefused, "true or false in `same`: 2"),
        (HEAD + "CANARY,header,9,true\nCANARY,header,9,false\n", DataRefused, "said to be one person and not to be: 1"),
    ],
)
def test_what_cannot_be_used_is_refused_without_a_value(tmp_path: Path, text: str, error: type[SkiptraceError], says: str) -> None:
    with pytest.raises(error) as raised:
        labels.read_labels(written(tmp_path, text))
    told = " ".join([raised.value.message, *map(str, raised.value.problems)])
    assert says in told
    assert "CANARY" not in told


def links_of(finished: Finished) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_run(finished.outcome.folder).table("links").to_pylist()
    return found


def kept(finished: Finished, tmp_path: Path, found: list[tuple[str, str, str, bool]]) -> dict[str, Any]:
    columns = zip(*found, strict=True)
    table = pa.table(dict(zip(labels.LABELS.names, map(list, columns), strict=True)))
    return write_table(table, labels.LABELS, tmp_path / "labels", "labels").plain()


def test_pairs_have_the_levels_that_the_run_gave_them(finished: Finished, tmp_path: Path) -> None:
    rows_ = links_of(finished)[::3]
    given = kept(finished, tmp_path, [(r["account_id"], r["source"], r["record_id"], r["status"] == "linked") for r in rows_])
    found = labels.known(labels.of_records(str(finished.setup.work), given))
    told = sorted((*(row[f"level_{name}"] for name in NAMES), row["status"] == "linked") for row in rows_)
    assert sorted((*levels, same) for levels, same in zip(found.patterns.tolist(), found.same.tolist(), strict=True)) == told


def test_accounts_are_compared_with_whole_persons_once_each(finished: Finished, tmp_path: Path) -> None:
    """Records of one person make one pair, by their closest levels; one that is known to be the account's decides."""
    account, linked = next(
        (row["account_id"], [r for r in links_of(finished) if r["account_id"] == row["account_id"] and r["status"] == "linked"])
        for row in links_of(finished) if row["via"] is not None and row["status"] == "linked"
    )  # fmt: skip
    via = next(row["via"] for row in linked if row["via"] is not None)
    mine = [row for row in linked if row["via"] == via or row["record_id"] == via]
    given = kept(finished, tmp_path, [(account, r["source"], r["record_id"], r["record_id"] == via) for r in mine])
    model = models.model_file(finished.setup.private, finished.outcome.ledger["hashes"]["model"])
    resolved = done(finished.setup.entities(models.content_key(model)) / "resolved.json")
    assert resolved is not None
    found = labels.known(labels.of_persons(str(finished.setup.work), given, resolved["entities"]))
    assert found.same.tolist() == [True]
    closest = np.array([[row[f"level_{name}"] for name in NAMES] for row in mine]).max(axis=0)
    assert (found.patterns[0] >= closest).all()


def test_what_the_project_does_not_know_is_counted_and_not_named(finished: Finished, tmp_path: Path) -> None:
    row = links_of(finished)[0]
    given = kept(finished, tmp_path, [
        (row["account_id"], row["source"], row["record_id"], True), ("CANARY1", row["source"], row["record_id"], True),
        (row["account_id"], "CANARY2", row["record_id"], True), (row["account_id"], row["source"], "CANARY3", False),
        (row["account_id"], row["source"], "CANARY4", False),
    ])  # fmt: skip
    with pytest.raises(DataRefused) as refused:
        labels.of_records(str(finished.setup.work), given)
    told = [str(problem) for problem in refused.value.problems]
    assert "CANARY" not in " ".join(told)
    assert ["no account of the portfolio: 1" in told[0], "no record source of the project: 1" in told[1]] == [True, True]
    assert "no record of their source: 2" in told[2]


def test_labels_are_kept_for_tasks(tmp_path: Path) -> None:
    table = labels.read_labels(written(tmp_path, HEAD + "1,header,5,true\n"))
    ref = labels.keep(table, tmp_path / "work")
    assert (ref["rows"], Path(ref["path"]).parent.name) == (1, "labels")


def test_patterns_and_answers_stay_together(tmp_path: Path) -> None:
    levels = np.array([[0] * len(NAMES), [1] * len(NAMES), [-1] * len(NAMES)], np.int8)
    table = pa.table({"pattern": patterns.pack(levels), "same": [True, False, True]})
    found = labels.known({"compared": write_table(table, labels.COMPARED, tmp_path, "compared").plain()})
    assert found.patterns.tolist() == levels.tolist()
    assert found.same.tolist() == [True, False, True]
