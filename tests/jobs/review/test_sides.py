from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from jobs.feedback import load_project
from jobs.review.answers import Pair
from jobs.review.bands import KEY
from jobs.review.sides import FIELDS, Side, sides
from skiptrace.results import latest
from tests.jobs.projects import copy_of

DAY = dt.date(2026, 6, 30)


def of(folder: Path, show_pii: bool) -> dict[Pair, tuple[Side, Side]]:
    run = latest(folder)
    links = run.table("links", [*KEY, "status"]).to_pylist()
    pairs = [(row["account_id"], row["source"], row["record_id"]) for row in links if row["status"] == "linked"]
    return sides(load_project(folder, os.environ), folder, run, pairs, DAY, show_pii)


def test_both_sides_say_what_the_tape_and_the_record_say(tiny_night: Path) -> None:
    mine, theirs = of(tiny_night, True)[("A001", "header", "R001")]
    assert mine == {
        "name": "BRUNO RASMUS", "former_names": "", "birth_date": "1961-02-11", "addresses": "107 MAPLE ST, TACOMA, WA 98402",
        "phones": "+12535551037", "emails": "",
    }  # fmt: skip
    assert theirs == {**mine, "addresses": "107 BIRCH ST, TACOMA, WA 98402", "phones": "+12537772001"}


def test_values_are_masked_unless_they_are_asked_for(tiny_night: Path) -> None:
    for mine, theirs in of(tiny_night, False).values():
        told = " ".join([*mine.values(), *theirs.values()])
        assert not any(value in told for value in ("BRUNO", "RASMUS", "1961", "107 MAPLE", "98402", "5551037", "7772001"))
        assert mine["name"].count("***") == 2
        assert set(mine) == set(theirs) == set(FIELDS)


@pytest.mark.parametrize("gone", ["portfolio.csv", ".skiptrace/deliveries"])
def test_what_is_no_longer_there_leaves_its_side_open(tiny_night: Path, tmp_path: Path, gone: str) -> None:
    folder = copy_of(tiny_night, tmp_path / "project", Path(gone).name)
    mine, theirs = of(folder, True)[("A001", "header", "R001")]
    assert mine["name"] == "BRUNO RASMUS"  # a run shows the name and the points of its tape
    assert (theirs["name"] == "") == (gone != "portfolio.csv")
