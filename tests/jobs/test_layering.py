from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import index, intake, layering
from jobs.layering import groups
from skiptrace.linkage import layer
from skiptrace.results.shelf import latest
from tests.jobs.projects import run_project
from tests.jobs.tiny import make_tiny


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


def cut_source(project: Path, pieces: int) -> None:
    """Cut the source of a tiny project into files of one row in turn."""
    head, *rows = (project / "header.csv").read_text().splitlines()
    for number in range(pieces):
        (project / f"header-{number}.csv").write_text("\n".join([head, *rows[number::pieces]]) + "\n")
    (project / "header.csv").unlink()
    file = project / "skiptrace.toml"
    file.write_text(file.read_text().replace('path = "header.csv"', 'path = "header-*.csv"'))


def tables_of(project: Path) -> dict[str, pa.Table]:
    return latest(project).tables()


def noting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, noted: list[int]) -> None:
    """Have a body of a task also note its number."""
    body = getattr(module, name)

    def also_noted(number: int, **given: Any) -> Any:
        noted.append(number)
        return body(number=number, **given)

    monkeypatch.setattr(module, name, also_noted)


def test_where_no_key_is_hot_links_do_not_depend_on_which_files_share_a_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for name, plan in (("joined", lambda rows: [list(range(len(rows)))]), ("apart", lambda rows: [[at] for at in range(len(rows))])):
        project = make_tiny(tmp_path / name)
        cut_source(project, 3)
        monkeypatch.setattr(layering, "groups", plan)
        outcome = run_project(project)
        assert len(outcome.ledger["linkage"]["index"]["sources"]) == (1 if name == "joined" else 3)
        found.append(tables_of(project))
    assert found[0].keys() == found[1].keys()
    assert len(found[0]["links"]) >= 8
    for name, table in found[0].items():
        assert table.equals(found[1][name]), name


def test_a_file_that_comes_is_all_that_is_read_and_indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_tiny(tmp_path / "project")
    cut_source(project, 2)
    late = (project / "header-1.csv").rename(tmp_path / "late.csv")
    run_project(project)
    monkeypatch.setattr(layering, "groups", lambda rows: [[at] for at in range(len(rows))])
    read, built = list[int](), list[int]()
    noting(monkeypatch, intake, "delivery_partition", read)
    noting(monkeypatch, index, "build", built)
    late.rename(project / "header-1.csv")
    indexed = list[str]()
    build = layer.build_layer
    monkeypatch.setattr(layer, "build_layer", lambda *given: indexed.append(given[1]) or build(*given))
    run_project(project)
    assert (read, built, indexed) == ([1], [0, 1], ["header"]), "the layer that was there is only opened"
    assert {row["record_id"] for row in tables_of(project)["links"].to_pylist()} > {"R001", "R010"}


def test_a_record_of_two_files_is_one_link_and_a_file_that_comes_twice_counts_once(tmp_path: Path) -> None:
    project = make_tiny(tmp_path / "project")
    plain = run_project(project)
    once = tables_of(project)
    (project / "header-old.csv").write_bytes((project / "header.csv").read_bytes())
    file = project / "skiptrace.toml"
    file.write_text(file.read_text().replace('path = "header.csv"', 'path = "header*.csv"'))
    outcome = run_project(project)
    assert any("header.csv holds what another file" in text for text in outcome.ledger["warnings"])
    assert outcome.ledger["counts"]["header"] == plain.ledger["counts"]["header"]
    head, *rows = (project / "header-old.csv").read_text().splitlines()
    (project / "header-old.csv").write_text("\n".join([head, *(row.replace("2026-03-01", "2026-02-01") for row in rows)]) + "\n")
    run_project(project)
    pairs = [(row["account_id"], row["source"], row["record_id"]) for row in tables_of(project)["links"].to_pylist()]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) >= {(row["account_id"], row["source"], row["record_id"]) for row in once["links"].to_pylist()}
