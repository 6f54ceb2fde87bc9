from __future__ import annotations

from pathlib import Path

import pytest

from jobs.estimate.costs import load
from jobs.estimate.past import past
from tests.jobs.estimate.conftest import Planned
from tests.jobs.tiny import make_tiny


def test_a_new_project_has_only_the_shipped_costs(tmp_path: Path) -> None:
    found = past(make_tiny(tmp_path / "project"), load())
    assert (found.costs, found.uses, found.more, found.linked) == (load(), None, None, {})


def test_the_last_run_tells_uses_pairs_links_and_costs(planned: Planned) -> None:
    found, ledger = past(planned.folder, load()), planned.run.ledger
    assert found.uses == planned.run.rows("channels") / 12
    assert found.more == ledger["linkage"]["pairs"] / ledger["linkage"]["pairs_by_keys"]
    assert found.linked == {"header": pytest.approx(ledger["linked_by"]["header"] / 12)}
    assert found.costs.origin == planned.outcome.run_id
    assert found.costs.factors
    assert found.costs.memory > 0
