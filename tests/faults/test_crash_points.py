"""A fixed slice of `make chaos-points`: a few moments to die at, of every kind, on a disk and on an object store."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from skiptrace.store import points
from skiptrace.store.objects import ObjectPath
from tests.faults.conftest import Stage
from tests.faults.crash_points import Faultless, Killed, at_point, faultless, killed_at, run_tiny, schedule, schedules


# On a store it takes six runs that ask a server for everything; the points, and what is done again, are those on the disk.
@pytest.mark.parametrize("kind", ["disk", pytest.param("store", marks=pytest.mark.long)])
def test_a_run_that_is_killed_at_any_point_ends_as_if_nothing_had_been(kind: str, stage: Stage, request: pytest.FixtureRequest) -> None:
    store: ObjectPath | None = request.getfixturevalue("store") if kind == "store" else None
    expected = stage.expected if store is None else faultless(stage.make(store))
    assert expected.content == stage.expected.content
    near = expected.passed * 4 // 5  # between the first table that is linked and the manifest
    for stops in ([30], [expected.passed // 2, 9, 60], [near], [near + 40]) if store is None else ([near], [near // 2, 60]):
        found = schedule(stage.make(store), expected, stops)
        assert (found["wrong"], found["crashes"]) == ([], len(stops)), stops


def test_the_harness_sees_what_is_wrong(stage: Stage) -> None:
    more = Faultless(stage.expected.passed, {**stage.expected.content, "x/links/a": "0"}, stage.expected.names | {"runs/x"})
    assert schedule(stage.make(), more, [])["wrong"] == ["missing", "other content"]


def test_a_kill_leaves_the_folder_as_it_lay(stage: Stage) -> None:
    project = stage.make()
    assert killed_at(project, 12)
    assert [path.name[:9] for path in project.rglob(".partial-*")] == [".partial-"]  # nobody tidied up


def test_a_point_is_counted_and_the_dead_pass_no_other() -> None:
    def die(point: str) -> None:
        raise Killed

    with at_point(2, die) as seen:
        points.passed("one")
        for name in ("two", "three"):
            with contextlib.suppress(Killed):
                points.passed(name)
                pytest.fail("it lives")
    assert seen == ["one", "two", "three"]


def test_every_point_comes_with_none_to_three_further_crashes() -> None:
    every = schedules(50, 1)
    assert sorted((stops[0], len(stops)) for stops in every) == [(first, 1 + more) for first in range(1, 51) for more in range(4)]
    assert every == schedules(50, 1) != schedules(50, 2)


def test_two_runs_at_once_are_safe_whatever_the_timing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the lock taken away, a second run goes from start to end at a point of the first one, which then goes on."""
    monkeypatch.setattr("jobs.pipeline.locked", contextlib.nullcontext)
    passed = stage.expected.passed
    for number in (passed // 2, passed - 60, passed - 30, passed - 8):
        project, entered = stage.make(), list[str]()

        def other_first(point: str, project: Path = project, entered: list[str] = entered) -> None:
            if not entered:
                entered.append(point)
                run_tiny(project)

        with at_point(number, other_first):
            run_tiny(project)
        assert entered
        assert schedule(project, stage.expected, [])["wrong"] == [], number
