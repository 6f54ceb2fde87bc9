from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jobs.demo.nights import Truth
from jobs.demo.nights_shown import plain_phone, shared_lines
from jobs.demo.points import DISCONNECTED, LANDLINE
from jobs.demo.records import World


@pytest.mark.parametrize("written", ["2535550101", "(253) 555-0101", "253-555-0101", "+1 253 555 0101"])
def test_numbers_are_compared_as_e164(written: str) -> None:
    assert plain_phone(written) == "+12535550101"


def test_a_household_line_is_dead_for_everybody_who_lives_there(world: World) -> None:
    state, people = shared_lines(world), world.people
    home = ~people.left_home & (world.points.phone[:, LANDLINE] > 0)
    dead = np.zeros(len(people), np.bool_)
    dead[people.head[home & (state[:, LANDLINE] == DISCONNECTED)]] = True
    assert dead.any()
    assert set(state[home & dead[people.head], LANDLINE].tolist()) == {DISCONNECTED}


def test_what_is_shown_is_true(lived: tuple[Path, list[Truth]]) -> None:
    _, truths = lived
    kinds = set()
    for truth in truths:
        home = {row["account_id"]: row for row in truth.accounts.to_pylist()}
        state = {(row["account_id"], row["value"]): row["state"] for row in truth.points.to_pylist()}
        for row in truth.shown.to_pylist():
            kinds.add(row["what"])
            if row["what"] == "address" and row["account_id"] in home and not home[row["account_id"]]["deceased"]:
                assert row["value"] == home[row["account_id"]]["current_address"]
            if row["what"] == "deceased" and row["account_id"] in home:
                assert home[row["account_id"]]["deceased"]
            if row["what"] == "disconnected" and row["source"] == "dispositions":
                assert state.get((row["account_id"], row["value"])) != "right"
    assert {"address", "disconnected"} <= kinds


def test_some_records_could_be_about_anybody(lived: tuple[Path, list[Truth]]) -> None:
    told = [row["telling"] for truth in lived[1] for row in truth.shown.to_pylist() if row["what"] == "address"]
    assert {True, False} == set(told)
