from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from skiptrace.report.facts import summarise
from skiptrace.report.states import FURTHER, PLACES, State, tiles
from tests.report.by_hand import ACCOUNTS, ALLOWED, REPORT, TABLES, owed
from tests.report.sample import ledger


def test_every_state_has_its_tile_and_no_two_lie_on_each_other() -> None:
    assert len(PLACES) == 53
    assert len(set(PLACES.values())) == len(PLACES)
    assert not set(PLACES) & set(FURTHER)


def test_states_add_up_to_the_portfolio() -> None:
    assert [one.state for one in REPORT.states] == ["ID", "OR", "WA"]
    for one in REPORT.states:
        mine = {name for name, row in ACCOUNTS.items() if row["state"] == one.state}
        assert (one.accounts, one.permitted) == (len(mine), len(mine & ALLOWED))
        assert (one.balance, one.permitted_balance) == (owed(mine), owed(mine & ALLOWED))
    assert sum(one.reached for one in REPORT.states) == REPORT.summary.permitted
    assert sum(one.reached_balance or 0 for one in REPORT.states) == REPORT.summary.permitted_balance


@pytest.mark.parametrize("word", [None, "Ontario", "キエフ", "WA OR", "CANARY"])
def test_whatever_is_no_state_is_counted_elsewhere_and_never_told(word: str | None) -> None:
    place = TABLES["accounts"].column_names.index("state")
    words = pa.array([word] * len(TABLES["accounts"]), pa.string())
    other = TABLES | {"accounts": TABLES["accounts"].set_column(place, TABLES["accounts"].schema.field(place), words)}
    (found,) = summarise(other, ledger(other)).states
    assert (found.state, found.accounts) == (None, len(ACCOUNTS))


def test_a_tile_says_percent_and_nothing_of_a_small_group() -> None:
    few = State("WA", 10, Decimal(5), 10, Decimal(5), Decimal(9), Decimal(4))
    many = State("OR", 200, Decimal(5), 10, Decimal(5), Decimal(100), Decimal(4))
    low = State("ID", 200, Decimal(5), 10, Decimal(5), Decimal(20), Decimal(4))
    found = {tile.name: tile for tile in tiles((few, many, low))}
    assert (few.text, many.text, low.text) == ("–", "50", "10")
    assert [found[name].shade for name in ("WA", "OR", "ID", "CA")] == [0, 4, 1, 0]
    assert found["CA"].state is None
    assert len(tiles(())) == len(PLACES)
