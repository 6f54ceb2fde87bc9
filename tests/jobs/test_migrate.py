"""A project that the first version of the program made (tests/jobs/earlier/version-1.tar.gz: the tiny project, generated data)."""

from __future__ import annotations

import datetime as dt
import json
import tarfile
from pathlib import Path

import pytest

from jobs import outcomes, schema_state
from jobs.migrate import migrate
from skiptrace import schema
from skiptrace.errors import ConfigError, DamagedFile
from skiptrace.results import latest
from skiptrace.schema import SCHEMA_VERSION
from skiptrace.store import points
from tests.jobs.projects import files_below, run_project

EARLIER = Path(__file__).parent / "earlier" / "version-1.tar.gz"


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    with tarfile.open(EARLIER) as archive:
        archive.extractall(tmp_path / "project", filter="data")
    (tmp_path / "project" / ".skiptrace").chmod(0o700)
    return tmp_path / "project"


def test_every_table_stays_equal_and_gets_the_present_columns(earlier: Path) -> None:
    before = latest(earlier).tables()
    assert latest(earlier).ledger["schema_version"] == 1
    (done,) = migrate(earlier)
    assert (done.before, done.after) == (1, SCHEMA_VERSION)
    assert done.added["accounts"] == ("account_state", "account_state_since", "account_state_reason", "placed_with", "placed_on")
    run = latest(earlier)
    for name, table in run.tables().items():
        spec = schema.spec_of(name)
        assert set(spec.names) <= set(table.column_names)
        assert all(table.schema.field(column.name).type == column.type for column in spec.columns)
        for column in before[name].column_names:
            if (name, column) != ("contact_points", "evidence"):
                assert table[column].cast(before[name][column].type).equals(before[name][column]), (name, column)
    seen = [[{**one, "relation": None} for one in row] for row in before["contact_points"]["evidence"].to_pylist()]
    assert run.table("contact_points")["evidence"].to_pylist() == seen
    assert set(run.table("accounts")["account_state"].to_pylist()) == {"open"}
    weights = run.table("links", ["match_weight", "person_weight"])
    assert weights["match_weight"].equals(weights["person_weight"])
    assert run.ledger["rewritten"][0]["why"] == f"schema version 1 became {SCHEMA_VERSION}"


def test_doing_it_twice_changes_nothing_and_looking_changes_nothing(earlier: Path) -> None:
    before = files_below(earlier / "runs")
    assert next(one.added for one in migrate(earlier, dry=True))
    assert files_below(earlier / "runs") == before
    migrate(earlier)
    after = files_below(earlier)
    assert migrate(earlier) == []
    assert files_below(earlier) == after


@pytest.mark.parametrize("point", ["before-migrated", "migrated"])
def test_killed_in_between_the_same_command_goes_on(earlier: Path, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(passed: str) -> None:
        if passed == point:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(points, "passed", die)
        with pytest.raises(KeyboardInterrupt):
            migrate(earlier)
    latest(earlier).tables()  # readable at every moment
    migrate(earlier)
    latest(earlier).tables()
    assert latest(earlier).ledger["schema_version"] == SCHEMA_VERSION


def test_a_ledger_of_outcomes_in_two_files_becomes_a_state(earlier: Path) -> None:
    folder = earlier / ".skiptrace" / "outcomes"
    folder.mkdir(mode=0o700)
    (folder / "now.json").write_text(json.dumps({"began": {}, "now": {}}))
    (folder / "attempts.json").write_text(json.dumps({"path": "attempts-1.parquet", "rows": 1, "bytes": 1, "sha256": "x"}))
    before = outcomes.state(earlier / ".skiptrace")
    migrate(earlier)
    assert outcomes.state(earlier / ".skiptrace") == (1, before[1])


def test_the_next_run_goes_on_from_the_migrated_project(earlier: Path) -> None:
    with pytest.raises(ConfigError, match="skiptrace migrate"):
        run_project(earlier, as_of=dt.date(2026, 7, 1))
    migrate(earlier)
    outcome = run_project(earlier, as_of=dt.date(2026, 7, 1))
    assert outcome.ledger["schema_version"] == SCHEMA_VERSION
    assert schema_state.newest(earlier / ".skiptrace") == SCHEMA_VERSION


def test_what_a_later_version_wrote_is_refused_with_the_mend(earlier: Path) -> None:
    place = latest(earlier).folder / "run.json"
    ledger = json.loads(place.read_bytes())
    place.write_text(json.dumps({**ledger, "schema_version": SCHEMA_VERSION + 1}))
    for call in (lambda: latest(earlier), lambda: migrate(earlier)):
        with pytest.raises(ConfigError, match="install") as refused:
            call()
        assert str(SCHEMA_VERSION + 1) in str(refused.value)
    place.write_text(json.dumps(ledger))
    later = earlier / ".skiptrace" / "schema"
    later.mkdir(mode=0o700)
    (later / f"version-{SCHEMA_VERSION + 1}.json").write_text("{}")
    for again in (lambda: migrate(earlier), lambda: run_project(earlier)):
        with pytest.raises(ConfigError, match="install that version"):
            again()


def test_a_damaged_table_is_named_and_nothing_is_lost(earlier: Path) -> None:
    run = latest(earlier)
    file = run.folder / run.ledger["tables"]["links"]["files"][0]["path"]
    file.write_bytes(file.read_bytes()[:-9])
    before = files_below(earlier / "runs")
    with pytest.raises(DamagedFile, match=file.name):
        migrate(earlier)
    assert {name: content for name, content in files_below(earlier / "runs").items() if name in before} == before
