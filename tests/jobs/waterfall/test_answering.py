from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from jobs.waterfall import acting
from skiptrace.errors import ConfigError, DataRefused
from skiptrace.store import points
from tests.jobs.projects import change, files_below
from tests.jobs.waterfall.vendors import NOW, answer, request_files, rows_of, state_of


def asked_rows(project: Path) -> list[dict[str, str]]:
    return [row for file in request_files(project) for row in rows_of(file)]


def refusal(project: Path) -> str:
    with pytest.raises(DataRefused) as caught:
        acting.receive(project, None, NOW)
    return str(caught.value)


def test_an_answer_that_agrees_becomes_a_file_of_the_source_and_the_request_is_closed(asked: Path) -> None:
    file, request = answer(asked, asked_rows(asked)), request_files(asked)[0]
    (taken,) = acting.receive(asked, None, NOW).answers
    assert (taken["rows"], taken["references"], taken["hits"]) == (11, 11, 6)
    (kept,) = (asked / "answers" / "premium").iterdir()
    assert kept.read_bytes() == file.read_bytes()
    assert kept.name == f"{taken['request']}-{taken['sha256'][:8]}.csv"
    assert file.is_file()
    assert not request.exists()  # nobody needs it any more, nor the names in it
    assert state_of(asked)["requests"][taken["request"]]["people"] is None


def test_the_same_answer_under_another_name_is_taken_once(asked: Path) -> None:
    rows = asked_rows(asked)
    answer(asked, rows)
    acting.receive(asked, None, NOW)
    before = state_of(asked)
    answer(asked, rows, "again.csv")
    found = acting.receive(asked, None, NOW)
    assert (found.answers, found.before) == ((), ("again.csv", "answer.csv"))
    assert state_of(asked) == before


def test_rows_about_nobody_who_was_asked_about_are_refused_by_their_numbers_alone(asked: Path) -> None:
    rows = asked_rows(asked)
    rows[2] = {**rows[2], "reference": "0" * 24}
    file = answer(asked, rows)
    said = refusal(asked)
    assert "1 rows name no row of a request that was sent: row 3" in said
    assert rows[2]["last_name"] not in said
    assert "0" * 24 not in said
    assert file.is_file()
    assert not (asked / "answers").exists()
    assert state_of(asked)["answers"] == []


def test_a_second_answer_to_a_request_is_refused_and_the_first_stays(asked: Path) -> None:
    rows = asked_rows(asked)
    answer(asked, rows)
    acting.receive(asked, None, NOW)
    before = state_of(asked)
    answer(asked, rows, "other.csv", every=3)
    said = refusal(asked)
    assert "which answer.csv answered on 2026-06-30" in said
    assert state_of(asked) == before


def test_an_answer_that_mixes_two_requests_is_refused_and_another_one_is_taken_all_the_same(asking: Path) -> None:
    change(asking, "price_per_record = 0.05", "price_per_record = 0.05\nmost_rows = 6")
    acting.order(asking, None, NOW)
    first, second = (rows_of(file) for file in request_files(asking))
    answer(asking, [*first[:2], *second[:2]], "a-mixed.csv")
    answer(asking, second, "b-right.csv")
    said = refusal(asking)
    assert "a-mixed.csv: mixes 2 requests" in said
    assert [one["file"] for one in state_of(asking)["answers"]] == ["b-right.csv"]


def test_an_answer_that_says_another_request_than_its_rows_is_refused(asked: Path) -> None:
    change(asked, "hit = \"found = 'Y'\"", "hit = \"found = 'Y'\"\nrequest = \"'premium-000000000000'\"")
    answer(asked, asked_rows(asked))
    assert "11 rows say that they are of another request: rows 1, 2, 3, 4, 5 and 6 more" in refusal(asked)


def test_an_answer_in_parts_is_taken_part_by_part_and_no_row_twice(asking: Path) -> None:
    change(asking, "price_per_record = 0.05", "price_per_record = 0.05\npartial = true")
    acting.order(asking, None, NOW)
    rows = asked_rows(asking)
    answer(asking, rows[:4], "part-1.csv")
    acting.receive(asking, None, NOW)
    answer(asking, rows[3:], "part-2.csv")
    assert "answers 1 rows that an earlier file answered" in refusal(asking)
    answer(asking, rows[4:], "part-2.csv")
    acting.receive(asking, None, NOW)
    assert [one["references"] for one in state_of(asking)["answers"]] == [4, 7]
    assert acting.status(asking, None, NOW)["requests"][0]["state"] == "answered"


def test_an_answer_may_be_packed_and_one_without_rows_is_refused(asked: Path) -> None:
    file = answer(asked, asked_rows(asked))
    (file.parent / "answer.csv.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))
    file.write_text("ref,found,first,last,dob,street,city,state,zip,phone,seen\n")
    assert "answer.csv: has no rows" in refusal(asked)
    assert [one["content"].endswith(".csv.gz") for one in state_of(asked)["answers"]] == [True]


def test_an_expression_that_does_not_fit_the_answer_is_told_with_its_key(asked: Path) -> None:
    change(asked, 'reference = "ref"', 'reference = "row_id"')
    answer(asked, asked_rows(asked))
    with pytest.raises(ConfigError, match=r"source\[3\].order: does not fit answer.csv"):
        acting.receive(asked, None, NOW)


@pytest.mark.parametrize("point", ["answer-put", "answer-committed"])
def test_a_call_that_is_cut_off_takes_the_answer_once(asked: Path, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def die(passed: str) -> None:
        if passed == point:
            raise Killed

    answer(asked, asked_rows(asked))
    monkeypatch.setattr(points, "passed", die)
    with pytest.raises(Killed):
        acting.receive(asked, None, NOW)
    monkeypatch.undo()
    acting.receive(asked, None, NOW)
    assert len(state_of(asked)["answers"]) == 1
    assert len(files_below(asked / "answers")) == 1
