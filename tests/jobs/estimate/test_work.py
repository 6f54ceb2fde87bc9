from __future__ import annotations

from dataclasses import replace

import pytest

from jobs.estimate.costs import load
from jobs.estimate.work import Sizes, jobs_of, sizes_of
from tests.jobs.estimate.conftest import Planned

FIRST = Sizes((60, 40), (500, 300), (500,), 500, 2000.0, 700.0, learns=True, resolves=True)


def units(sizes: Sizes) -> dict[str, tuple[float, ...]]:
    return {job.cost.kind: job.tasks for job in jobs_of(load(), sizes)}


def test_a_first_run_has_every_kind_of_work() -> None:
    found = units(FIRST)
    assert set(found) == {cost.kind for cost in load().kinds}
    assert found["intake"] == (60, 40)
    assert found["delivery"] == (500, 300)
    assert found["index"] == found["resolve"] == (500,)
    assert found["link"] == (1200.0, 800.0)
    assert found["share"] == (100,)


def test_what_is_there_already_is_no_work() -> None:
    found = units(replace(FIRST, new_rows=(), new_layers=(), learns=False, resolves=False))
    assert not {"delivery", "index", "resolve", "fit", "learn", "learn-reference", "learn-persons"} & set(found)


def test_a_model_is_learned_from_so_many_accounts_at_most() -> None:
    assert sum(units(replace(FIRST, accounts=(50_000,)))["learn"]) == pytest.approx(1000.0)


def test_the_size_of_a_published_run_is_in_its_ledger(planned: Planned) -> None:
    found = sizes_of(planned.run.ledger)
    assert (found.accounts, found.records, found.learns) == ((6, 6), 8, True)
    assert (sum(found.new_rows), found.new_layers) == (10, (8,))
    assert found.pairs == planned.run.ledger["linkage"]["pairs"]
    assert found.uses == planned.run.rows("channels")
