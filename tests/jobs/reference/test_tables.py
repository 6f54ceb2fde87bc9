from __future__ import annotations

from jobs.reference import tables
from skiptrace.results import latest
from tests.jobs.projects import Finished


def test_every_column_of_a_published_run_is_on_the_page(finished: Finished) -> None:
    run, page = latest(finished.folder), tables.page()
    for table in tables.tables():
        assert f"## `{table.name}`" in page
        part = page.split(f"## `{table.name}`")[1].split("\n## ")[0]
        if table.name in run.names:
            assert all(f"| `{column}` | " in part for column in run.columns(table.name))
    assert {table.name for table in tables.tables()} >= set(run.names)


def test_types_are_told_in_words() -> None:
    page = tables.page()
    assert "| `account_id` | text |  | key |" in page
    assert "list of (" in page
    assert "pyarrow" not in page
