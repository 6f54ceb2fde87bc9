from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs.night import base as night
from jobs.prepare import Options, prepare
from skiptrace.store.commit import encode_json, read_json
from tests.jobs.night.conftest import LATER
from tests.jobs.projects import Finished, change, run_project

AS_OF = dt.date(2026, 6, 30)


def loaded(project: Path, as_of: dt.date = LATER) -> tuple[night.Base | None, str]:
    return night.load(prepare(project, Options(as_of=as_of)))


def test_a_night_begins_from_the_run_that_was_published_last(evening: Path, finished: Finished) -> None:
    found, why = loaded(evening)
    assert found is not None
    assert (found.run.run_id, found.as_of, why) == (finished.outcome.run_id, AS_OF, "")
    told = found.plain()
    assert night.table(told, "digests").num_rows == finished.outcome.ledger["tables"]["accounts"]["rows"]
    assert len(told["contact_points"]) == len(told["channels"]) == len(told["deaths"]) == 2


def edited(project: Path, **other: Any) -> None:
    file = project / ".skiptrace" / night.FOLDER / night.FILE
    file.write_bytes(encode_json({**read_json(file), **other}))


def test_it_says_why_it_cannot(evening: Path, base: dict[str, Any]) -> None:
    assert loaded(evening, AS_OF - dt.timedelta(days=1))[1] == "the last run was for 2026-06-30, a later day"
    edited(evening, run_id="another")
    assert loaded(evening)[1] == "the run that was published last is another one"
    edited(evening, run_id=base["run_id"], basis={**base["basis"], "model": "x", "hashes": {**base["basis"]["hashes"], "code": "x"}})
    assert loaded(evening)[1] == "changed since the last run: the program, the match model"
    (evening / ".skiptrace" / night.FOLDER / night.FILE).write_text("{")
    assert loaded(evening) == (None, "no published run left anything to begin from")


def test_damage_is_found_before_anything_is_built_on_it(evening: Path, base: dict[str, Any]) -> None:
    ref = base["refs"]["sharing"][0]
    edited(evening, refs={**base["refs"], "sharing": [{**ref, "bytes": ref["bytes"] + 1}]})
    assert loaded(evening) == (None, "what the last run left is damaged")


def test_what_every_account_is_screened_by_may_change(evening: Path) -> None:
    assert loaded(evening)[0] is not None
    change(evening, 'dialer_class      = "manual"', 'dialer_class      = "unknown"')
    assert loaded(evening)[0] is not None
    change(evening, 'name     = "demo"', 'name     = "other"')
    assert loaded(evening)[1] == "changed since the last run: the project file"


def test_only_the_newest_is_kept(finished: Finished) -> None:
    kept = {entry.name for entry in (finished.setup.private / night.FOLDER).iterdir()}
    assert kept == {night.FILE, finished.setup.run_key}


def test_a_run_that_ended_before_it_was_named_is_named_by_the_next_call(evening: Path, finished: Finished) -> None:
    file = evening / ".skiptrace" / night.FOLDER / night.FILE
    known = file.read_bytes()
    file.unlink()
    assert run_project(evening, exports=False).fresh is False
    assert file.read_bytes() == known


def test_a_run_that_another_followed_is_not_named_again(evening: Path, finished: Finished) -> None:
    setup = replace(finished.setup, private=evening / ".skiptrace", run_key="another")
    before = (evening / ".skiptrace" / night.FOLDER / night.FILE).read_bytes()
    night.adopt(setup)
    assert (evening / ".skiptrace" / night.FOLDER / night.FILE).read_bytes() == before


@pytest.mark.parametrize("name", ["digests", "consumers", "sharing", "deaths", "dead"])
def test_tables_conform(base: dict[str, Any], name: str) -> None:
    assert night.table(base["refs"], name).schema.equals(night.KEPT[name].arrow)
