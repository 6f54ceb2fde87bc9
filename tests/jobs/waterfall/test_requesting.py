from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pytest

from jobs.waterfall import acting, log, requesting
from skiptrace.errors import ConfigError, DataRefused
from skiptrace.project import PRIVATE
from tests.jobs.projects import change, files_below
from tests.jobs.waterfall.vendors import DAY, NOW, answer, request_files, rows_of, state_of

BOX = """
[[outbox]]
name = "vendor"
place = "vendor"
requests = ["premium"]
[waterfall]
"""


def test_a_file_that_is_lost_before_the_answer_is_written_again_with_the_same_bytes(asked: Path) -> None:
    (file,) = request_files(asked)
    before = file.read_bytes()
    file.unlink()
    assert requesting.write(asked, state_of(asked), DAY) == list(state_of(asked)["requests"])
    assert file.read_bytes() == before
    assert requesting.write(asked, state_of(asked), DAY) == []


def test_a_request_is_delivered_once_and_no_export_goes_where_requests_go(asking: Path) -> None:
    change(asking, "\n[waterfall]\n", BOX)
    (asking / "vendor").mkdir()
    found = acting.order(asking, None, NOW)
    (name,) = state_of(asking)["requests"]
    assert [one["file"] for one in found.sent] == [f"{name}-2026-06-30.csv"]
    there = files_below(asking / "vendor")
    assert set(there) == {f"{name}-2026-06-30.csv", f"{name}-2026-06-30.csv.control.json"}
    assert json.loads(there[f"{name}-2026-06-30.csv.control.json"])["rows"] == 11
    for file in (asking / "vendor").iterdir():  # the vendor took them away
        file.unlink()
    acting.order(asking, None, NOW)
    assert files_below(asking / "vendor") == {}


def test_the_file_goes_when_nobody_waits_for_an_answer_any_more(asked: Path) -> None:
    requesting.tidy(asked, DAY)
    assert len(request_files(asked)) == 1
    requesting.tidy(asked, DAY + dt.timedelta(days=31))
    assert request_files(asked) == []
    assert [one["people"] for one in state_of(asked)["requests"].values()] == [None]


def test_a_request_that_nobody_had_is_taken_back_and_its_accounts_may_be_asked_about_again(asked: Path) -> None:
    (name,) = state_of(asked)["requests"]
    sent = rows_of(request_files(asked)[0])
    for _ in range(2):
        acting.withdraw(asked, name, "M. Quill", "the vendor is closed", None, NOW)
    assert request_files(asked) == []
    assert acting.status(asked, None, NOW)["left"] == Decimal(100)
    answer(asked, sent)
    with pytest.raises(DataRefused, match="name no row of a request that was sent"):
        acting.receive(asked, None, NOW)
    (again,) = acting.order(asked, None, NOW).requests
    assert again["request"] != name
    assert again["asked"] == 11


def test_a_request_that_a_vendor_had_cannot_be_taken_back(asking: Path, read_run: Path) -> None:
    change(asking, "\n[waterfall]\n", BOX)
    (asking / "vendor").mkdir()
    acting.order(asking, None, NOW)
    for project, said in ((asking, 'was delivered by the outbox "vendor"'), (read_run, "has answers already")):
        (name,) = state_of(project)["requests"]
        with pytest.raises(ConfigError, match=said):
            acting.withdraw(project, name, "M. Quill", "changed our mind", None, NOW)
    with pytest.raises(ConfigError, match="is no request of this project"):
        acting.withdraw(asking, "premium-none", "M. Quill", "changed our mind", None, NOW)


def test_a_forgotten_person_is_in_no_file_of_a_request_and_it_is_written_without_them(asked: Path) -> None:
    sent = rows_of(request_files(asked)[0])
    rows = [row["last_name"] for row in sent]
    assert "TILLERY" in rows
    assert requesting.keep_only(asked / PRIVATE, lambda table: table.filter(pc.not_equal(table["account_id"], "A003")))
    assert request_files(asked) == []
    assert acting.status(asked, None, NOW)["requests"][0]["promised"] == Decimal("2.75")  # whoever was sent is paid for
    requesting.write(asked, state_of(asked), DAY)
    left = [row["last_name"] for row in rows_of(request_files(asked)[0])]
    assert sorted([*left, "TILLERY"]) == sorted(rows)
    answer(asked, sent)  # it was sent before, and the vendor answers all of it
    assert [one["references"] for one in acting.receive(asked, None, NOW).answers] == [11]
    assert len(log.asked(asked / PRIVATE, state_of(asked))) == 10
