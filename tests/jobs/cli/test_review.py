"""`skiptrace review`: a sheet goes out and comes back, a terminal is asked pair by pair, and nobody sees values without saying why."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from jobs.review.answers import FOLDER, load
from tests.jobs.cli.conftest import Call
from tests.jobs.cli.nights import Said
from tests.jobs.published import PERSONAL
from tests.jobs.review.test_gauge import NEAR


class Review:
    """The command on one project."""

    def __init__(self, call: Call, folder: Path) -> None:
        self.call, self.folder = call, folder

    def __call__(self, *arguments: str) -> Said:
        return self.call("--project", str(self.folder), *arguments)

    @property
    def answers(self) -> list[tuple[str, str]]:
        return [(one.pair[0], one.says) for one in load(self.folder / ".skiptrace")]


@pytest.fixture
def review(call: Call, project: Path) -> Review:
    return Review(call, project)


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text().splitlines()))


def fill(file: Path, words: list[str]) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows(file)[0])
    writer.writeheader()
    writer.writerows({**row, "same": word} for row, word in zip(rows(file), words, strict=True))
    file.with_suffix(".filled.csv").write_text(text.getvalue())
    return file.with_suffix(".filled.csv")


def test_a_sheet_goes_out_and_comes_back(review: Review, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    said = review("review", "--csv", str(sheet), "--count", "5")
    assert (said.code, said.out.splitlines()[0]) == (0, f"5 pairs: {sheet}")
    filled = fill(sheet, ["yes", "no", "unsure", "", "yes"])
    said = review("review", "--answers", str(filled), "--by", "M. Quill")
    assert said.code == 0
    assert "taken: 4 answers" in said.out
    assert "precision of the links, by 3 answers" in said.out
    assert "answers more halve it" in said.out
    assert len(review.answers) == 4
    again = review("--json", "review", "--answers", str(filled), "--by", "M. Quill").json
    assert (again["taken"], again["known"], again["gauge"]["answers"], again["gauge"]["unsure"]) == (0, 4, 3, 1)
    left = review("--json", "review", "--csv", str(tmp_path / "rest.csv")).json
    assert left["questions"] == 2  # of six written pairs four were answered
    assert {row["record_id"] for row in rows(tmp_path / "rest.csv")} >= {rows(sheet)[3]["record_id"]}


def test_one_wrong_row_takes_nothing(review: Review, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    review("review", "--csv", str(sheet), "--count", "3")
    said = review("review", "--answers", str(fill(sheet, ["yes", "maybe", "no"])), "--by", "M. Quill")
    assert (said.code, said.out) == (3, "")
    assert "row 2: same: says neither yes, no nor unsure — write one of these, or nothing" in said.err
    assert review.answers == []


def test_values_are_on_a_sheet_only_for_who_says_why(review: Review, tmp_path: Path) -> None:
    review("review", "--csv", str(tmp_path / "masked.csv"))
    masked = (tmp_path / "masked.csv").read_text()
    assert not any(value in masked for value in PERSONAL)
    audit = review.folder / ".skiptrace" / "audit.jsonl"
    assert not audit.exists()
    said = review("review", "--csv", str(tmp_path / "clear.csv"), "--show-pii", "--reason", "quarterly review")
    assert said.code == 0
    clear = tmp_path / "clear.csv"
    assert "JOCASTA QUENBY" in clear.read_text()
    assert clear.stat().st_mode & 0o777 == 0o600
    looks = [json.loads(line) for line in audit.read_text().splitlines()]
    assert {(look["action"], look["reason"]) for look in looks} == {("review --show-pii", "quarterly review")}
    assert {look["account_id"] for look in looks} == {row["account_id"] for row in rows(clear)}
    kept = [file.read_text() for file in (review.folder / ".skiptrace" / FOLDER).iterdir()]
    assert not any(value in text for text in kept for value in PERSONAL)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--csv", "a.csv", "--answers", "b.csv"], "give one of them"),
        (["--csv", "a.csv", "--show-pii"], "go together"),
        (["--csv", "a.csv", "--reason", "why"], "go together"),
        (["--answers", "a.csv"], "--by WHO"),
        (["--answers", "a.csv", "--by", "x", "--show-pii", "--reason", "y"], "leave --show-pii out"),
        (["--by", "M. Quill"], "write a sheet with --csv FILE"),
    ],
)
def test_what_does_not_go_together_is_refused(review: Review, options: list[str], says: str) -> None:
    said = review("review", *options)
    assert (said.code, said.out) == (2, "")
    assert says in said.err


class Watched(io.StringIO):
    """What a person at a terminal types."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_each_pair_is_asked_in_words_and_each_answer_kept_at_once(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Watched("y\nwhat\nn\nq\n"))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    said = review("review", "--by", "M. Quill")
    assert said.code == 0
    assert "1 of 6: account " in said.out
    assert "The first names differ." in said.out or "birth" in said.out
    assert "probability" not in said.out.replace("%", "").split("precision of")[0]
    assert sorted(says for _, says in review.answers) == ["other", "same"]
    assert "precision of the links, by 2 answers" in said.out
    assert not any(value in said.out for value in PERSONAL)


def test_evaluate_shows_what_was_stated_beside_what_was_answered(review: Review, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    review("review", "--csv", str(sheet))
    review("review", "--answers", str(fill(sheet, ["yes"] * 6)), "--by", "M. Quill")
    said = review("evaluate", "--reviewed")
    assert said.code == 0
    assert "stated" in said.out.splitlines()[1]
    assert "0.95 to 0.99" in said.out
    told = review("--json", "evaluate", "--reviewed").json
    assert (told["answers"], told["enough"]) == (6, True)
    assert told["precision"]["high"] - told["precision"]["low"] <= 2 * NEAR
    assert "every written pair of run" in review("review", "--csv", str(tmp_path / "none.csv")).out
    assert not (tmp_path / "none.csv").exists()


def test_evaluate_takes_a_truth_or_the_answers(review: Review, tmp_path: Path) -> None:
    for options in ([], ["--truth", "x.csv", "--reviewed"], ["--reviewed", "--sample"]):
        assert review("evaluate", *options).code == 2
