from __future__ import annotations

import csv
from pathlib import Path

import pytest

from jobs.review.answers import Pair, Question
from jobs.review.asking import questions
from jobs.review.bands import frame
from jobs.review.sheet import MOST_ROWS, read, rows_of, write
from jobs.review.sides import FIELDS, Side
from skiptrace.errors import ConfigError, DataRefused, SkiptraceError
from skiptrace.linkage.rules import load
from skiptrace.results import latest

HEAD = "account_id,source,record_id,same\n"
ASKED = {one.pair: one for one in (Question(f"{n:04d}", "header", f"CANARY{n}", "run", 0.5, 0.1) for n in range(40))}


def filled(tmp_path: Path, text: str) -> Path:
    (tmp_path / "answers.csv").write_text(text)
    return tmp_path / "answers.csv"


def test_a_sheet_has_ids_both_sides_and_what_was_found_but_no_probability(tiny_night: Path, tmp_path: Path) -> None:
    run = latest(tiny_night)
    asked = questions(frame(run), {}, 4)
    side: Side = {name: f"1 {name}" for name in FIELDS}
    shown: dict[Pair, tuple[Side, Side]] = {one.pair: (side, side) for one in asked}
    write(tmp_path / "sheet.csv", asked, rows_of(run, asked), shown, load())
    text = (tmp_path / "sheet.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["account_id"], row["source"], row["record_id"]) for row in rows] == [one.pair for one in asked]
    assert {row["same"] for row in rows} == {""}
    assert (rows[0]["account_name"], rows[0]["reference_phones"]) == ("1 name", "1 phones")
    assert all(row["found_dob"] == load().comparison("dob").sentence(int(row["level_dob"])) for row in rows)
    assert not {"match_probability", "probability", "status", "match_weight"} & set(rows[0])
    assert (tmp_path / "sheet.csv").stat().st_mode & 0o777 == 0o600
    with pytest.raises(ConfigError, match="cannot be written"):
        write(tmp_path / "sheet.csv", asked, rows_of(run, asked), shown, load())
    assert (tmp_path / "sheet.csv").read_text() == text


def test_answers_are_read_in_any_spelling_and_empty_rows_wait(tmp_path: Path) -> None:
    text = HEAD + "0000,header,CANARY0,Yes\n0001,header,CANARY1, N \n0002,header,CANARY2,?\n0003,header,CANARY3,\n"
    text += "0000,header,CANARY0,true\n"
    found = [(one.account_id, says) for one, says in read(filled(tmp_path, text), ASKED)]
    assert found == [("0000", "same"), ("0001", "other"), ("0002", "unsure")]


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("account_id,source,record_id\n0000,header,CANARY0\n", ConfigError, "lacks the column same"),
        (HEAD + "0000,header,CANARY0,yes\n0001,header,CANARY1,CANARY\n", DataRefused, "row 2: same: says neither yes, no nor unsure"),
        (HEAD + "0,header,CANARY0,yes\n", DataRefused, "row 1: names a pair that was never asked about"),
        (HEAD + "0001,header,CANARY1,yes\n0000,header,CANARY0,yes\n0001,header,CANARY1,no\n", DataRefused,
         "row 3: same: says something else of the pair of row 1"),
        (HEAD + "0000,header,CANARY0,\n", DataRefused, "is empty in every row"),
        (HEAD + "".join(f"{n:04d},header,CANARY{n},what\n" for n in range(40)), DataRefused, f"and {40 - MOST_ROWS} rows more"),
    ],
)  # fmt: skip
def test_one_wrong_row_refuses_all_and_says_which(tmp_path: Path, text: str, error: type[SkiptraceError], says: str) -> None:
    with pytest.raises(error) as raised:
        read(filled(tmp_path, text), ASKED)
    told = " ".join([raised.value.message, *map(str, raised.value.problems)])
    assert says in told
    assert "CANARY" not in told
    assert all(problem.mend for problem in raised.value.problems)
