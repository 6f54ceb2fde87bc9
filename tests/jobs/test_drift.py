from __future__ import annotations

from pathlib import Path

from jobs import drift
from skiptrace.results import latest
from tests.jobs.projects import Finished


def test_a_first_run_is_beside_nothing(finished: Finished, tmp_path: Path) -> None:
    assert latest(finished.folder).ledger["since"] == {}
    assert drift.since(tmp_path, {"match_rate": {"part": 1, "of": 2}}, {}, {}) == {}


def test_figures_of_both_runs_stand_beside_each_other(finished: Finished) -> None:
    ledger = latest(finished.folder).ledger
    known, rows, linked = ledger["quality"], ledger["arrivals"], ledger["linked_by"]
    channel = next(name for name in known if name.startswith("reach."))
    tenths = known[channel]["tenths"]
    whole = known["match_rate"]
    now = {"match_rate": {"part": 1, "of": whole["of"]}, channel: {"tenths": [sum(tenths), *[0] * 9]}, "fill.new.dob": {"part": 1, "of": 1}}
    found = drift.since(finished.folder, now, {"portfolio": {"rows": 5}, "new": {"rows": 7}}, {"new": 3})
    assert (found["run_id"], found["as_of"]) == (ledger["run_id"], ledger["as_of"])
    assert set(found["quality"]) == {"match_rate", channel}
    assert found["quality"]["match_rate"] == {"then": {"part": whole["part"], "of": whole["of"]}, "now": now["match_rate"]}
    assert found["quality"][channel]["index"] > 0
    assert found["rows"] == {"portfolio": [rows["portfolio"]["rows"], 5], "new": [None, 7]}
    assert found["linked"] == {**{name: [count, 0] for name, count in linked.items()}, "new": [0, 3]}


def test_a_distribution_that_stayed_has_not_moved(finished: Finished) -> None:
    known = latest(finished.folder).ledger["quality"]
    found = drift.since(finished.folder, known, {}, {})
    assert {plain["index"] for name, plain in found["quality"].items() if name.startswith("reach.")} == {0.0}
    assert drift.since(finished.folder, {}, {}, {}) == {}
