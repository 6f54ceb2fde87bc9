"""`skiptrace model`: what is stored is shown as it is, and learning anew keeps what was there."""

from __future__ import annotations

import datetime as dt
import sys
import types
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from jobs.models import adopt, model_file
from jobs.review.answers import Question, keep
from skiptrace.linkage import rules
from skiptrace.linkage.model import CLASSES
from skiptrace.store.commit import encode_json
from tests.jobs.cli.conftest import Call


def stored(pairs: int = 77, **more: Any) -> dict[str, Any]:
    """A model in which every level is as likely as any other."""
    levels = {c.name: {kind: [1 / len(c.levels)] * len(c.levels) for kind in CLASSES} for c in rules.load().comparisons}
    provenance = {"method": "em", "pairs": pairs, "rounds": 12, "converged": True, **more}
    part = {"priors": dict.fromkeys(CLASSES, 0.25), "comparisons": levels, "provenance": provenance}
    among = {"priors": dict(zip(CLASSES, (0.5, 0.25, 0.125, 0.125), strict=True)), "provenance": {**provenance, "pairs": 88}}
    return {"format": 2, "records": part, "reference": among, "persons": {**part, "provenance": {**provenance, "pairs": 99}}}


def put(project: Path, key: str, content: dict[str, Any]) -> Path:
    file = model_file(project / ".skiptrace", key)
    file.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    file.write_bytes(encode_json(content))
    return file


@pytest.fixture
def trained(project: Path) -> Path:
    put(project, "k1", stored())
    adopt(project / ".skiptrace", "k1")
    return project


def test_the_model_is_shown_with_where_it_comes_from(call: Call, trained: Path) -> None:
    said = call("--project", str(trained), "model", "show")
    assert said.code == 0
    assert all(text in said.out for text in ("match model k1", "pairs: 77", "pairs: 88", "pairs: 99"))
    rows = [line.split() for line in said.out.splitlines()]
    assert rows.count(["comparison", "level", *CLASSES]) == 2
    assert rows.count(["suffix", "different", *["50.000", "%"] * 4]) == 2
    assert ["reference", "50.000", "%", "25.000", "%", "12.500", "%", "12.500", "%"] in rows


def test_labels_are_told_in_words(call: Call, trained: Path) -> None:
    put(trained, "k1", stored(labels={"same": 3, "different": 2, "pairs_each": 20}))
    assert "labels: different 2, pairs_each 20, same 3" in call("--project", str(trained), "model", "show").out


def test_for_programs_it_is_the_stored_object(call: Call, trained: Path) -> None:
    told = call("--json", "--project", str(trained), "model", "show").json
    assert told["key"] == "k1"
    assert told["persons"]["provenance"] == {"method": "em", "pairs": 99, "rounds": 12, "converged": True}
    assert told["reference"]["priors"]["same"] == 0.5


def test_without_a_run_there_is_no_model(call: Call, project: Path) -> None:
    said = call("--project", str(project), "model", "show")
    assert said.code == 2
    assert "skiptrace run" in said.err


@pytest.mark.parametrize("text", ["{", "{}", '{"format": 1, "priors": {}, "comparisons": {}, "provenance": {}}'])
def test_a_damaged_or_older_model_is_refused(call: Call, trained: Path, text: str) -> None:
    model_file(trained / ".skiptrace", "k1").write_text(text)
    said = call("--project", str(trained), "model", "show")
    assert said.code == 3
    assert "skiptrace model train-match" in said.err


class Learning:
    """Stands in for jobs.train_match: remembers the labels, stores a model and makes it the current one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, key: str, content: dict[str, Any]) -> None:
        self.known: list[pa.Table | None] = []
        self.answers: list[pa.Table | None] = []

        def train_match(folder: Path, options: Any, observe: Any, known: pa.Table | None, answers: pa.Table | None) -> Path:
            self.known.append(known)
            self.answers.append(answers)
            observe("learn", 1, 1)
            file = put(folder, key, content)
            adopt(folder / ".skiptrace", key)
            return file

        pipeline: Any = types.ModuleType("jobs.pipeline")
        pipeline.Options = lambda **given: types.SimpleNamespace(**given)
        module: Any = types.ModuleType("jobs.train_match")
        module.train_match = train_match
        monkeypatch.setitem(sys.modules, "jobs.pipeline", pipeline)
        monkeypatch.setitem(sys.modules, "jobs.train_match", module)


def test_a_new_model_is_used_and_the_old_one_kept(call: Call, trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    learning = Learning(monkeypatch, "k2", stored(pairs=1234))
    said = call("--project", str(trained), "model", "train-match")
    assert said.code == 0
    assert "match model k2 is used from the next run on; k1 is kept" in said.out
    assert "learned from 1,234 pairs in 12 rounds" in said.out
    assert model_file(trained / ".skiptrace", "k1").is_file()
    assert learning.known == [None]
    again = call("--json", "--project", str(trained), "model", "train-match").json
    assert (again["key"], again["before"], again["provenance"]["persons"]["pairs"]) == ("k2", "k2", 99)
    assert "nothing was done" in call("--project", str(trained), "model", "train-match").out


def test_labels_are_read_and_their_number_is_told(call: Call, trained: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    learning = Learning(monkeypatch, "k2", stored(labels={"same": 1, "different": 1, "pairs_each": 20}))
    (tmp_path / "known.csv").write_text("account_id,source,record_id,same\n0001,header,1,true\n0002,header,2,no\n")
    said = call("--project", str(trained), "model", "train-match", "--labels", str(tmp_path / "known.csv"))
    assert said.code == 0
    assert "labels: 1 the same person, 1 not" in said.out
    (known,) = learning.known
    assert known is not None
    assert known["account_id"].to_pylist() == ["0001", "0002"]


def test_answers_set_it_right_and_it_says_by_how_much(call: Call, trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    learning = Learning(monkeypatch, "k2", stored(reviewed={"same": 30, "different": 12, "gone": 0, "shift_bits": -2.5}))
    said = call("--project", str(trained), "model", "train-match", "--reviewed")
    assert (said.code, learning.answers) == (2, [])
    assert "`skiptrace review` asks" in said.err
    keep(trained / ".skiptrace", [(Question("0001", "header", "1", "run", 0.5, 0.1), "same")], "M. Quill", dt.datetime.now(dt.UTC))
    said = call("--project", str(trained), "model", "train-match", "--reviewed")
    assert said.code == 0
    assert said.out.count("; by 42 answers -2.5 bits") == 3
    (answers,) = learning.answers
    assert answers is not None
    assert answers["same"].to_pylist() == [True]


def test_where_too_little_was_to_learn_from_it_says_so(call: Call, trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Learning(monkeypatch, "k2", stored(used_because="7 candidate pairs are too few to learn from", labels_not_used=5))
    said = call("--project", str(trained), "model", "train-match")
    assert "shipped model, because 7 candidate pairs are too few to learn from, and 5 labels are not used" in said.out


def test_a_file_of_labels_that_is_not_there_ends_with_2(call: Call, trained: Path) -> None:
    assert call("--project", str(trained), "model", "train-match", "--labels", str(trained / "none.csv")).code == 2
