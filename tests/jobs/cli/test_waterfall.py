from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.jobs.cli.nights import Call
from tests.jobs.projects import change
from tests.jobs.waterfall.vendors import answer, request_files, rows_of, state_of


def test_an_order_its_answer_its_bill_and_what_was_spent(asking: Path, call: Call) -> None:
    def told(*words: str) -> dict[str, object]:
        said = call("--project", str(asking), "--json", "waterfall", *words)
        assert said.code == 0, said.err
        found: dict[str, object] = json.loads(said.out)
        return found

    assert "0.05 + 0.2 a hit" in call("--project", str(asking), "sources", "list").out
    assert told("order")["fresh"] is True
    assert told("order")["fresh"] is False
    (name,) = state_of(asking)["requests"]
    answer(asking, rows_of(request_files(asking)[0]))
    (taken,) = told("receive")["taken"]  # type: ignore[misc]
    assert (taken["request"], taken["hits"]) == (name, 6)
    wrong = call("--project", str(asking), "waterfall", "bill", "--request", name, "--amount", "9.00")
    assert (wrong.code, "bills 9.00 and 1.75 is owed" in wrong.err) == (3, True)
    (booked,) = told("bill", "--request", name, "--amount", "1.75")["booked"]  # type: ignore[misc]
    assert booked["request"] == name
    status = call("--project", str(asking), "waterfall", "status")
    assert "budget 100.0: 1.75 spent, 0.00 may still come, 98.25 left" in " ".join(status.out.split())
    said = call("--project", str(asking), "explain", "A004")
    assert "Sources that were asked" in said.out


def test_words_that_do_not_go_together_are_usage(asking: Path, call: Call) -> None:
    for words in (["bill"], ["bill", "--request", "x"], ["bill", "x.csv", "--accept", "--by", "me"]):
        assert call("--project", str(asking), "waterfall", *words).code == 2
    assert call("--project", str(asking), "plan", "--budget", "5", "--limit", "3").code == 2


def test_an_answer_about_strangers_ends_with_exit_code_3(asking: Path, call: Call) -> None:
    call("--project", str(asking), "waterfall", "order")
    rows = rows_of(request_files(asking)[0])
    answer(asking, [{**rows[0], "reference": "F" * 24}])
    said = call("--project", str(asking), "waterfall", "receive")
    assert said.code == 3
    assert "were refused, and lie where they came" in said.err


def test_a_source_without_a_price_and_a_layout_that_is_none_end_with_exit_code_2(asking: Path, call: Call) -> None:
    change(asking, 'layout = "identity_csv"', 'layout = "identity"')
    said = call("--project", str(asking), "check")
    assert (said.code, "source[3].order.layout" in said.err) == (2, True)
    change(asking, "price_per_record = 0.05\nprice_per_hit = 0.20\n", "")
    said = call("--project", str(asking), "check")
    assert (said.code, "says no price" in said.err) == (2, True)


@pytest.mark.slow
def test_the_frontier_is_told_before_anything_is_spent(asking: Path, call: Call) -> None:
    said = call("--project", str(asking), "plan", "--budget", "0", "--budget", "2.75")
    assert said.code == 0
    assert "contacts made possible" in said.out
    assert state_of(asking)["requests"] == {}
