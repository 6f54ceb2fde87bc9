from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from jobs import unremembered
from jobs.review.answers import FOLDER, Question, ask, asked, keep, last, load
from skiptrace.errors import ConfigError
from skiptrace.store.commit import read_json
from tests.jobs.test_rewritten import people

NOW = dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC)
ONE = Question("0001", "header", "R1", "20260630-a", 0.5, 0.25)
TWO = Question("0002", "voter", "R2", "20260630-a", 0.8, 0.125)


def test_a_later_answer_counts_and_the_earlier_one_stays(tmp_path: Path) -> None:
    assert keep(tmp_path, [(ONE, "same"), (TWO, "unsure")], "M. Quill", NOW) == 2
    assert keep(tmp_path, [(ONE, "other")], "A. Reed", NOW) == 1
    assert [(one.pair[0], one.says, one.by, one.turn) for one in load(tmp_path)] == [
        ("0001", "same", "M. Quill", 0), ("0001", "other", "A. Reed", 1), ("0002", "unsure", "M. Quill", 0)]  # fmt: skip
    assert last(tmp_path)[ONE.pair].says == "other"
    assert keep(tmp_path, [(ONE, "same")], "M. Quill", NOW) == 1
    assert last(tmp_path)[ONE.pair].turn == 2


def test_the_same_answer_twice_is_one(tmp_path: Path) -> None:
    keep(tmp_path, [(ONE, "same")], "M. Quill", NOW)
    before = sorted((tmp_path / FOLDER).iterdir())
    assert keep(tmp_path, [(ONE, "same")], "A. Reed", NOW + dt.timedelta(days=1)) == 0
    assert sorted((tmp_path / FOLDER).iterdir()) == before


def test_what_was_asked_is_kept_once_and_the_latest_run_speaks(tmp_path: Path) -> None:
    ask(tmp_path, [ONE, TWO])
    ask(tmp_path, [ONE, replace(ONE, run_id="20260701-b", band=0.2)])
    assert asked(tmp_path) == {ONE.pair: replace(ONE, run_id="20260701-b", band=0.2), TWO.pair: TWO}
    assert load(tmp_path) == []


def test_who_is_forgotten_takes_questions_and_answers_along(tmp_path: Path) -> None:
    ask(tmp_path, [ONE, TWO])
    keep(tmp_path, [(ONE, "same"), (TWO, "other")], "M. Quill", NOW)
    assert unremembered.sweep(tmp_path, people("0001"))["notes"] == 2
    assert [one.pair for one in load(tmp_path)] == [TWO.pair]
    assert list(asked(tmp_path)) == [TWO.pair]


def test_files_are_private_and_hold_ids_alone(tmp_path: Path) -> None:
    keep(tmp_path, [(ONE, "same")], "M. Quill", NOW)
    (file,) = (tmp_path / FOLDER).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert set(read_json(file)) == {"account_id", "source", "record_id", "run_id", "band", "chance", "says", "turn", "by", "kind", "at"}
    with pytest.raises(ConfigError):
        keep(tmp_path, [(TWO, "same")], "555-01-2345", NOW)
