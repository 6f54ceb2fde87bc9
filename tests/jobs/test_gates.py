from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pytest

from jobs import exports, gates, verdicts
from skiptrace.errors import ConfigError, GateFailed
from skiptrace.project import load
from skiptrace.project.gates import Gates
from skiptrace.results import Run, latest
from tests.jobs.projects import AS_OF, Finished, copy_of

NOW = dt.datetime(2026, 7, 1, 3, tzinfo=dt.UTC)
RUN = "20260629-a"
EVEN = {"tenths": [100] * 10, "run_id": RUN}
GATES = Gates()


def share(part: int, of: int = 1000) -> dict[str, Any]:
    return {"part": part, "of": of, "run_id": RUN}


@pytest.mark.parametrize(
    ("name", "before", "now", "said"),
    [
        ("match_rate", share(800), share(681), None), ("match_rate", share(800), share(679), "67.9% of accounts are linked, and 80.0%"),
        ("match_rate", share(300, 400), share(1, 400), None), ("match_rate", share(0), share(0), None),
        ("match_rate", share(800), share(950), None), ("fill.w2.dob", share(900), share(676), None),
        ("fill.w2.dob", share(900), share(600), "60.0% of w2 have a value of dob, and 90.0% in run"),
        ("reach.voice", EVEN, EVEN, None), ("reach.voice", EVEN, {**EVEN, "tenths": [10] * 10}, None),
        ("reach.voice", EVEN, {**EVEN, "tenths": [400] + [66] * 9}, "chances to reach accounts by voice lie elsewhere"),
        ("alerts", share(0), share(250), None), ("alerts", share(0), share(251), "251 of 1,000 accounts have an alert in one night"),
        ("fresh.w2", {}, {"newest": "2026-05-01", "since": "2026-05-17", "moved": True}, None),
        ("fresh.w2", {}, {"newest": "2026-05-01", "since": "2026-05-16", "moved": True}, "nothing newer than 2026-05-01 for 46 days"),
        ("fresh.w2", {}, {"newest": "2020-05-01", "since": "2025-05-16", "moved": False}, None),
    ],
)  # fmt: skip
def test_what_differs_too_much_is_doubtful(name: str, before: dict[str, Any], now: dict[str, Any], said: str | None) -> None:
    found = gates._doubtful(name, GATES, before, now, dt.date(2026, 7, 1))
    assert (found is None) if said is None else (found is not None and said in found)


@pytest.fixture
def place(finished: Finished, tmp_path: Path) -> Path:
    return copy_of(finished.folder, tmp_path / "project", "work", "deliveries", "index")


def measured(place: Path, **figures: dict[str, Any]) -> Run:
    """The run with other figures in its ledger, by name with "__" for a point."""
    file = latest(place).folder / "run.json"
    ledger = json.loads(file.read_text())
    other = {name.replace("__", "."): plain for name, plain in figures.items()}
    file.write_text(json.dumps(ledger | {"quality": ledger["quality"] | other}))
    return latest(place)


def keep(place: Path, name: str, right: bool) -> None:
    before, now = gates.about(place / ".skiptrace", latest(place), "--accept", name, right)
    verdicts.keep(place / ".skiptrace", name, before, now, right, "Pat", "looked at it", NOW)


def test_a_first_run_is_compared_with_nothing(finished: Finished) -> None:
    run = latest(finished.folder)
    assert {name for name, plain in run.ledger["quality"].items() if plain["trusted"] is None} == set()
    assert gates.held(run, GATES, finished.folder / ".skiptrace") == ()


def test_a_doubt_stays_until_somebody_takes_it_for_right(place: Path) -> None:
    private, run = place / ".skiptrace", latest(place)
    mine = {**share(500), "run_id": run.run_id}
    run = measured(place, match_rate={**mine, "trusted": share(800)})
    (held,) = gates.held(run, GATES, private)
    assert held.file == "match_rate"
    told, doubts = gates.judge(place, private, "20260701-b", GATES, dt.date(2026, 7, 1), {"match_rate": share(500)})
    assert told["match_rate"]["trusted"] == share(800)  # and not what was doubtful the night before
    assert [doubt.source for doubt in doubts] == ["match_rate"]
    with pytest.raises(GateFailed, match=r"exports of run .* are held") as error:
        exports.write_exports(run, load(place, os.environ), AS_OF)
    assert "note --accept match_rate --by WHO --reason WHY" in str(error.value)

    keep(place, "match_rate", right=True)
    assert gates.held(run, GATES, private) == ()
    told, doubts = gates.judge(place, private, "20260701-b", GATES, dt.date(2026, 7, 1), {"match_rate": share(490)})
    assert (told["match_rate"]["trusted"]["part"], doubts) == (490, ())
    assert len(gates.judge(place, private, "20260701-b", GATES, dt.date(2026, 7, 1), {"match_rate": share(400)})[1]) == 1

    keep(place, "match_rate", right=False)
    assert "was refused by Pat on 2026-07-01: looked at it" in gates.held(run, GATES, private)[-1].what


def test_a_person_may_refuse_what_no_gate_stops(place: Path) -> None:
    run, private = latest(place), place / ".skiptrace"
    for name in ("fill.portfolio.dob", "suppression"):
        keep(place, name, right=False)
    assert {one.file for one in gates.held(run, GATES, private)} == {"fill.portfolio.dob", "suppression"}
    for name in ("fill.portfolio.dob", "suppression"):
        before, now = gates.about(private, run, "--accept", name, right=False)
        verdicts.keep(private, name, before, now, True, "Pat", "it was right", NOW)
    assert gates.held(run, GATES, private) == ()


def test_figures_that_are_judged_by_themselves(place: Path) -> None:
    private, day = place / ".skiptrace", dt.date(2026, 7, 1)
    late = {"newest": "2026-05-01", "since": "2026-05-01", "moved": True, "run_id": latest(place).run_id}
    flood = {**share(400), "run_id": latest(place).run_id}
    run = measured(place, fresh__w2={**late, "trusted": None}, alerts={**flood, "trusted": None})
    assert {one.file for one in gates.held(run, GATES, private)} == {"fresh.w2", "alerts"}
    for name in ("fresh.w2", "alerts"):
        keep(place, name, right=True)
    assert gates.held(run, GATES, private) == ()
    now = {"fresh.w2": {"newest": "2026-05-01"}, "alerts": share(400)}
    told, doubts = gates.judge(place, private, "20260702-c", GATES, day, now)
    assert [doubt.source for doubt in doubts] == ["alerts"]  # that it brings nothing newer is known; each flood is another
    assert told["fresh.w2"]["trusted"] is not None
    newer = gates.judge(place, private, "20260702-c", GATES, day, {"fresh.w2": {"newest": "2026-05-02"}})
    assert newer[1] == ()


def test_a_verdict_is_about_something_that_the_last_run_has(place: Path) -> None:
    run = latest(place)
    for name, right, said in (("matchrate", False, 'did you mean "match_rate"'), ("match_rate", True, "is not doubtful")):
        with pytest.raises(ConfigError, match=said):
            gates.about(place / ".skiptrace", run, "--accept", name, right)
