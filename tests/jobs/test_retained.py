from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pytest

from jobs import outcomes, register, retained
from jobs.decided import run_of, trace_account
from jobs.leftovers import EXPORTED_LONG_AGO, SUPERSEDED, collect
from jobs.night.base import FILE
from jobs.night.base import FOLDER as NIGHT
from jobs.pipeline import run
from jobs.prepare import Options, prepare
from jobs.retained import EVIDENCE, FOLDER, SHARED
from jobs.verified import verify
from skiptrace.errors import ConfigError
from skiptrace.results import latest, open_run, runs
from skiptrace.store.commit import read_json
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import entries, remove_tree, walk
from tests.jobs.projects import change, copy_of, files_below, run_project
from tests.jobs.test_sharded import content
from tests.jobs.tiny import make_tiny, on_store

NIGHTS = [dt.date(2026, 6, 30) + dt.timedelta(days=number) for number in range(4)]


def aged(project: Path, days: float = 1) -> None:
    """Every file of the project is older now."""
    seen = set[int]()
    for file in [*(project / "runs").rglob("*"), *(project / ".skiptrace").rglob("*")]:
        state = file.lstat()
        if state.st_ino in seen:  # a second name of a file
            continue
        seen.add(state.st_ino)
        moment = state.st_mtime_ns - int(days * 86_400 * 10**9)
        os.utime(file, ns=(moment, moment), follow_symlinks=False)


@pytest.fixture(scope="session")
def four(tiny_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny project after four nights, each with another file of its source and one more attempt, nothing removed yet. Copy it."""
    project = copy_of(tiny_night, tmp_path_factory.mktemp("four") / "project")
    change(project, "as_of = 2026-06-30\n", "")
    change(project, 'path = "header.csv"', 'path = "header*.csv"')
    rows = (project / "header.csv").read_text().splitlines()
    for number, day in enumerate(NIGHTS[1:], 1):
        (project / f"header-{number}.csv").unlink(missing_ok=True)
        (project / "header.csv").write_text("\n".join([rows[0], *(row.replace("R0", f"R{number}") for row in rows[1:])]) + "\n")
        with (project / "calls.csv").open("a") as out:
            out.write(f"N{number},A00{2 + number},voice,253555{1000 + 37 * (2 + number)},wrong_number,2026-06-2{number}\n")
        aged(project)
        run_project(project, as_of=day, nightly=True)
    return project


@pytest.fixture
def project(four: Path, tmp_path: Path) -> Path:
    return copy_of(four, tmp_path / "project")


def shared(project: Path) -> dict[str, set[str]]:
    return {name: {place.name for place in entries(project / ".skiptrace" / name)} for name in SHARED}


def used_by(project: Path, *keys: str) -> dict[str, set[str]]:
    notes = [read_json(project / ".skiptrace" / FOLDER / f"{key}.json")["used"] for key in keys]
    return {name: {one for note in notes for one in note[name]} for name in SHARED}


def keys_of(project: Path) -> list[str]:
    return [str(json.loads((project / "runs" / one.run_id / "run.json").read_text())["run_key"]) for one in runs(project)]


def later(days: float = 1) -> dt.datetime:
    return dt.datetime.now().astimezone() + dt.timedelta(days=days)


def test_every_run_notes_what_it_has_used(tiny_night: Path) -> None:
    (key,) = keys_of(tiny_night)
    found, there = used_by(tiny_night, key), shared(tiny_night)
    assert found == there
    assert all(found[name] for name in ("deliveries", "readings", "index", "entities"))


def test_a_night_removes_what_runs_before_the_last_two_have_used_alone(four: Path) -> None:
    first, second, third, last = runs(four)
    assert [one.thinned for one in (first, second, third, last)] == [True, True, False, False]
    needed = used_by(four, *keys_of(four)[2:])
    assert {name: found for name, found in shared(four).items() if found - needed[name]} == {}
    assert {place.name for place in entries(four / ".skiptrace" / NIGHT)} == {FILE, keys_of(four)[-1]}


def test_of_a_run_that_is_not_kept_whole_the_evidence_of_its_decisions_is_there(four: Path) -> None:
    run = open_run(four, runs(four)[0].run_id)
    kept = {*run.ledger["tables"], *run.ledger["evidence"]}
    assert kept <= set(EVIDENCE)
    assert {"decisions", "contact_points", "situations"} <= kept
    assert run.table("decisions").num_rows == run.rows("decisions") > 0
    assert verify(run).problems == ()
    assert not (run.folder / "report.html").exists()
    assert not (run.folder / "links").exists()
    assert (run.folder / "exports" / "plain" / "plain.manifest.json").is_file()
    with pytest.raises(ConfigError, match="only the evidence of its decisions is kept"):
        run.table("links")
    traced = trace_account(run_of(four, NIGHTS[0]), "A001")
    assert traced
    assert all(one.agrees for one in traced)


def test_files_of_exports_of_runs_that_are_not_kept_whole_have_their_days_and_their_manifests_stay(project: Path) -> None:
    old, kept = runs(project)[0].run_id, runs(project)[-1].run_id
    collect(project, later(), keep=2, exports_days=90)
    files = {place.name for place in entries(project / "runs" / old / "exports" / "plain")}
    assert "plain.csv" in files
    over = collect(project, later(91), young=dt.timedelta(0), keep=2, exports_days=90, dry=True)
    gone = {one.name for one in over if one.kind == EXPORTED_LONG_AGO}
    assert f"runs/{old}/exports/plain/plain.csv" in gone
    assert not any(name.startswith(f"runs/{kept}/") for name in gone)
    assert {one.kind for one in collect(project, later(91), keep=2)}.isdisjoint({EXPORTED_LONG_AGO})
    collect(project, later(91), keep=2, exports_days=90)
    assert {place.name for place in entries(project / "runs" / old / "exports" / "plain")} == {"plain.manifest.json"}
    assert (project / "runs" / kept / "exports" / "plain" / "plain.csv").is_file()
    assert verify(open_run(project, old)).problems == ()
    assert verify(open_run(project, kept)).problems == ()


def test_a_second_collection_finds_nothing_and_the_next_night_is_made_from_the_last(project: Path) -> None:
    collect(project, later(), keep=2)
    assert collect(project, later(), keep=2) == []
    aged(project)
    night = run_project(project, as_of=NIGHTS[-1] + dt.timedelta(days=1), nightly=True)
    assert "why_all" not in night.ledger["night"]
    assert [one.thinned for one in runs(project)] == [True, True, True, False, False]


def test_what_is_shown_is_what_is_removed(project: Path) -> None:
    before = files_below(project)
    shown = {one.name for one in collect(project, later(), dry=True, keep=1)}
    assert files_below(project) == before
    gone = {one.name: one.kind for one in collect(project, later(), keep=1)}
    assert shown == set(gone)
    assert set(gone.values()) <= {SUPERSEDED, "in no receipt", "unfinished file"}
    after = files_below(project)
    states = {name for name in before if Path(name).name.startswith("state-")}  # of ledgers, which are written anew
    assert set(before) - set(after) - states == set(gone)


def test_how_many_runs_are_kept_is_a_setting(project: Path) -> None:
    names = {one.run_id for one in runs(project) if not one.thinned}
    assert not [one.name for one in collect(project, later(), keep=10) if one.name.startswith("runs/")]
    assert {one.run_id for one in runs(project) if not one.thinned} == names
    assert retained.kept_whole(project) == 2
    change(project, "[runtime]\n", "[retention]\nruns = 30\n[runtime]\n")
    assert retained.kept_whole(project) == 30
    (project / "skiptrace.toml").write_text("version = 1\n")
    assert retained.kept_whole(project) is None


def test_a_run_that_was_the_newest_until_lately_stays_whole(project: Path) -> None:
    third, last = runs(project)[2:]
    os.utime(project / "runs" / last.run_id / "run.json")
    assert not any(third.run_id in one.name for one in collect(project, dt.datetime.now().astimezone(), keep=1))
    assert any(third.run_id in one.name for one in collect(project, later(), keep=1))


def test_the_run_that_latest_names_stays_whole_although_others_are_of_later_days(project: Path) -> None:
    third = runs(project)[2].run_id
    (project / "runs" / "latest").unlink()
    (project / "runs" / "latest").symlink_to(third)
    collect(project, later(), keep=1)
    assert latest(project).run_id == third
    assert not latest(project).thinned


def begin(project: Path, plan: dict[str, Any]) -> Path:
    file = project / ".skiptrace" / "work" / str(plan["run_key"]) / "plan.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(plan))
    return file


def test_what_a_run_under_way_has_used_stays(project: Path) -> None:
    third = keys_of(project)[2]
    used = used_by(project, third)
    layers = [{"source": "header", "key": key, "parts": [0]} for key in used["index"]]
    plan = {"as_of": "2026-07-04", "run_key": "f" * 32, "delivery_keys": {"header": list(used["deliveries"])}, "layers": layers}
    file = begin(project, plan)
    before = shared(project)
    collect(project, later(), keep=1)
    after = shared(project)
    for name in ("deliveries", "index", "entities"):
        assert after[name] == before[name]
    file.unlink()
    collect(project, later(), keep=1)
    assert not used["index"] & shared(project)["index"] - used_by(project, keys_of(project)[3])["index"]


def test_a_plan_that_cannot_be_read_keeps_everything(project: Path) -> None:
    begin(project, {"as_of": "2026-07-04", "run_key": "f" * 32}).write_text("{")
    before = shared(project)
    collect(project, later(), keep=1)
    assert shared(project) == before


def test_what_no_run_has_used_is_given_time(project: Path) -> None:
    built = project / ".skiptrace" / "index" / ("e" * 32) / "manifest.json"
    staged = project / ".skiptrace" / NIGHT / ("d" * 32) / "base.json"
    for file in (built, staged):
        file.parent.mkdir()
        file.write_text("{}")
    collect(project, later(), keep=2)
    assert built.exists()
    assert staged.exists()
    collect(project, later(15), keep=2)
    assert not built.parent.exists()
    assert not staged.parent.exists()


def test_runs_without_a_note_keep_everything(project: Path) -> None:
    (project / ".skiptrace" / FOLDER / f"{keys_of(project)[-1]}.json").unlink()
    before = shared(project)
    collect(project, later(30), keep=1)
    assert shared(project) == before


def test_what_runs_began_with_is_forgotten_with_them_and_what_outcomes_proved_is_not(four: Path, project: Path) -> None:
    private = project / ".skiptrace"
    for _ in range(2):  # notes go once nothing is there that they name
        collect(project, later(), keep=1)
    assert {place.name for place in entries(private / FOLDER)} == {f"{keys_of(project)[-1]}.json"}
    known, now = outcomes.state(private)[1], outcomes.state(four / ".skiptrace")[1]
    assert known["now"] == now["now"]
    assert len(known["began"]) == 1
    assert register.log(private, "accounts").equals(register.log(four / ".skiptrace", "accounts"))
    tables = {entry.name for entry in walk(private / "outcomes") if entry.name.startswith("events")}
    assert tables <= outcomes.named_by(known) | outcomes.named_by(now)


def test_a_run_of_which_only_the_evidence_is_kept_is_not_made_up_again(four: Path, project: Path) -> None:
    first = runs(project)[1]
    assert first.thinned
    prepared_day = dt.date.fromisoformat(first.as_of)
    file = project / "runs" / first.run_id / "run.json"
    now = prepare(project, Options(as_of=prepared_day))
    ledger = json.loads(file.read_text()) | {"run_key": now.setup.run_key}
    target = file.parent.with_name(now.run_id)
    file.parent.rename(target)
    (target / "run.json").write_text(json.dumps(ledger))
    with pytest.raises(ConfigError, match="this run was published long ago"):
        run_project(project, as_of=prepared_day, exports=False)


@pytest.mark.long
@pytest.mark.parametrize("step", ["index", "link", "digests"])
def test_a_night_whose_files_are_collected_under_it_makes_them_again(project: Path, step: str, tmp_path: Path) -> None:
    """What a lock that did not hold would let happen."""
    day, twin = NIGHTS[-1] + dt.timedelta(days=1), copy_of(project, tmp_path / "twin")
    gone = list[str]()

    def observe(name: str, done: int, total: int) -> None:
        if name == step and not gone:
            gone.append(name)
            for kind in ("deliveries", "index", "entities", "readings"):
                for place in entries(project / ".skiptrace" / kind):
                    remove_tree(place)

    night = run(project, Options(as_of=day, scheduler="sync", nightly=True), observe)
    assert gone
    whole = run_project(twin, as_of=day)
    assert (night.run_id, content(night.ledger)) == (whole.run_id, content(whole.ledger))


@pytest.mark.long
def test_on_an_object_store_it_is_the_same(store: ObjectPath, tmp_path: Path) -> None:
    project = on_store(make_tiny(tmp_path / "project"), store)
    change(project, "as_of = 2026-06-30\n", "")
    header, home = store / "in" / "header.csv", store / "project"
    rows = header.read_bytes().decode().splitlines()
    for number, day in enumerate(NIGHTS[:3]):
        header.replace("\n".join([rows[0], *(row.replace("R0", f"R{number}") for row in rows[1:])]).encode())
        run_project(project, as_of=day, nightly=True)
    assert [one.thinned for one in runs(home)] == [False, False, False]  # all of it is of this hour
    shown = {one.name for one in collect(home, later(), dry=True, keep=1)}
    assert {one.name for one in collect(home, later(), keep=1)} == shown
    assert [one.thinned for one in runs(home)] == [True, True, False]
    assert verify(open_run(home, runs(home)[0].run_id)).problems == ()
    last = str(latest(home).ledger["run_key"])
    used = read_json(home / ".skiptrace" / FOLDER / f"{last}.json")["used"]
    there = {name: {entry.name.split("/")[0] for entry in walk(home / ".skiptrace" / name)} for name in SHARED}
    assert {name: there[name] - set(used[name]) for name in SHARED} == {name: set() for name in SHARED}
    night = run_project(project, as_of=NIGHTS[3], nightly=True)
    assert "why_all" not in night.ledger["night"]
