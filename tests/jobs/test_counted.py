"""Counting for the report: in tasks, from published tables, in pieces of any size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from jobs import counted, publish
from jobs.runner import done
from skiptrace import schema
from skiptrace.errors import DamagedFile, DataRefused
from skiptrace.linkage import rules
from skiptrace.report.counting import BY_ACCOUNT
from skiptrace.results import Run, latest
from skiptrace.results.run import read_run
from skiptrace.schema import counts, links
from skiptrace.store.tables import read_table, write_table
from tests.jobs.projects import PARTS, Finished, copy_of


def tables_of(finished: Finished, number: int) -> dict[str, dict[str, Any]]:
    """Files of the published tables of a partition, where they lie."""
    run = latest(finished.folder)
    return {name: run.files(name)[number].plain() for name in BY_ACCOUNT}


def receipts(finished: Finished) -> list[dict[str, Any]]:
    found = [done(finished.setup.receipt("counts", number)) for number in range(PARTS)]
    return [receipt for receipt in found if receipt is not None]


def test_tasks_counted_what_the_published_tables_say(finished: Finished) -> None:
    found = counted.added(receipts(finished))
    assert len(found) == PARTS
    assert found.equals(counted.of_run(latest(finished.folder)))
    assert found.schema.equals(counts(rules.load().names).arrow)


@pytest.mark.parametrize("size", [1, 7])
def test_pieces_of_any_size_give_the_same_report(finished: Finished, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(counted, "ACCOUNTS", size)
    monkeypatch.setattr(counted, "_ROWS", 11)
    page = (finished.outcome.folder / "report.html").read_bytes()
    assert publish.render_report(finished.outcome.folder).read_bytes() == page
    again = [counted.count_partition(str(finished.setup.work), number, tables_of(finished, number)) for number in range(PARTS)]
    assert publish.render_report(finished.outcome.folder, counted.added(again)).read_bytes() == page


def test_links_may_stand_in_the_order_of_the_tape(finished: Finished, tmp_path: Path) -> None:
    tables = tables_of(finished, 0)
    rows = read_table(tables["links"])
    ids = rows["account_id"].unique()
    order = pc.sort_indices(pc.index_in(rows["account_id"], ids[::-1]))
    turned = write_table(rows.take(order), links(rules.load().names), tmp_path / "links", "part-00000")
    found = [counted.count_partition(str(finished.setup.work), 0, {**tables, "links": ref}) for ref in (tables["links"], turned.plain())]
    assert read_table(found[0]["counts"]).equals(read_table(found[1]["counts"]))


def test_a_partition_without_accounts_is_counted(finished: Finished, tmp_path: Path) -> None:
    empty = {}
    for name in BY_ACCOUNT:
        spec = schema.spec_of(name, rules.load().names)
        empty[name] = write_table(spec.empty(), spec, tmp_path / name, "part-00000").plain()
    found = read_table(counted.count_partition(str(finished.setup.work), 0, empty)["counts"])
    assert found.select(["accounts_by", "typical"]).to_pylist() == [{"accounts_by": [], "typical": []}]


def test_a_table_in_more_files_than_accounts_is_refused(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    files = Run.files
    monkeypatch.setattr(Run, "files", lambda self, name: files(self, name)[: 1 if name == "links" else None])
    with pytest.raises(DataRefused, match="cannot be used"):
        counted.of_run(latest(finished.folder))


def test_published_files_are_hashed_again(finished: Finished, tmp_path: Path) -> None:
    folder = copy_of(finished.outcome.folder, tmp_path / finished.outcome.run_id)
    run = read_run(folder)
    file = folder / run.ledger["tables"]["decisions"]["files"][0]["path"]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(DamagedFile):
        counted.of_run(run)
