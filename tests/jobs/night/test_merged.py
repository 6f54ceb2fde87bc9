from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from jobs.night import merged
from jobs.night.base import load
from jobs.night.touched import TOUCHED
from jobs.prepare import Options, prepare
from jobs.runner import done
from jobs.setup import write_plan
from skiptrace.store.permissions import private_folder
from skiptrace.store.tables import read_table, write_table
from tests.jobs.night.conftest import LATER
from tests.jobs.projects import PARTS, Finished


@pytest.fixture
def receipts(finished: Finished) -> dict[str, list[dict[str, Any]]]:
    """Of the run's steps, by partition."""
    found = {step: [done(finished.setup.receipt(step, number)) for number in range(PARTS)] for step in ("digests", "enrich", "score")}
    return {step: [receipt for receipt in some if receipt is not None] for step, some in found.items()}


@pytest.mark.parametrize("every", [1000, 3, 2, 1])
def test_old_rows_and_fresh_rows_are_the_tables_of_the_steps(
    evening: Path, receipts: dict[str, list[dict[str, Any]]], every: int, tmp_path: Path
) -> None:
    """The run's own tables are taken for fresh ones, of each `every`-th account."""
    prepared = prepare(evening, Options(as_of=LATER))
    base, _ = load(prepared)
    assert base is not None
    setup = replace(prepared.setup, work=tmp_path / "work")
    write_plan(setup, prepared.text)
    ids = [account for one in receipts["digests"] for account in read_table(one["digests"])["account_id"].to_pylist()][::every]
    touched = write_table(pa.table({"account_id": sorted(ids)}), TOUCHED, private_folder(tmp_path / "touched"), "touched").plain()
    fresh = {
        "points": [one["points"] for one in receipts["score"]], "channels": [one["channels"] for one in receipts["score"]],
        "deaths": [one["deaths"] for one in receipts["enrich"]],
    }  # fmt: skip
    for number in range(PARTS):
        found = merged.partition(str(setup.work), number, base.plain(), receipts["digests"][number]["digests"], [touched], fresh)
        for name, step in (("points", "score"), ("channels", "score"), ("deaths", "enrich")):
            assert found[name]["sha256"] == receipts[step][number][name]["sha256"], name
