"""Which sources the best chances rest on: beside a plain count over every set of sources."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import combinations
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from skiptrace.errors import ContractError
from skiptrace.report.counting import count, opened
from skiptrace.report.resting import ANY, OWN
from tests.report.by_hand import ACCOUNTS, TABLES, rows
from tests.report.sample import SOURCES

NAMES = [name for name, _ in SOURCES]
SHOWS = {(row["account_id"], row["point_id"]): set(row["sources"]) for row in rows("contact_points")}
STEPS = opened(count(TABLES))["shown_by"].to_pylist()


def chance(channel: str, chosen: set[str]) -> dict[str, Decimal]:
    """Of each account the best chance on points that one of the sources, or the portfolio, shows: by hand."""
    best: dict[str, Decimal] = defaultdict(Decimal)
    for use in rows("channels"):
        shown = SHOWS[use["account_id"], use["point_id"]]
        if channel in (ANY, use["channel"]) and shown & (chosen | {OWN}):
            best[use["account_id"]] = max(best[use["account_id"]], Decimal(str(use["p_reach"])))
    return best


def told(channel: str, chosen: set[str], what: str) -> Decimal:
    """The same sum by the steps."""
    mine = [row for row in STEPS if row["channel"] == channel and set(row["sources"].split(",")) & (chosen | {OWN})]
    return sum((row[what] for row in mine), Decimal(0))


@pytest.mark.parametrize("channel", [ANY, "voice", "mail"])
def test_the_steps_say_what_every_set_of_sources_reaches(channel: str) -> None:
    for size in range(len(NAMES) + 1):
        for chosen in combinations(NAMES, size):
            best = chance(channel, set(chosen))
            assert told(channel, set(chosen), "p") == sum(best.values())
            owed = sum((p * (ACCOUNTS[account]["balance"] or 0) for account, p in best.items()), Decimal(0))
            assert abs(told(channel, set(chosen), "balance") - owed) <= Decimal("0.005") * len(best)


def test_accounts_are_those_that_have_such_a_step_and_each_ends_once() -> None:
    assert {row["channel"] for row in STEPS} == {ANY, "voice", "sms", "email", "mail"}
    for channel in (ANY, "voice"):
        own, every = chance(channel, set()), chance(channel, set(NAMES))
        helped = {account for account, p in every.items() if p > own.get(account, 0)}
        mine = [row for row in STEPS if row["channel"] == channel and row["sources"] != OWN]
        assert sum(row["ended"] for row in mine) == len(helped)
        for name in NAMES:
            without = chance(channel, set(NAMES) - {name})
            lost = {account for account, p in every.items() if p > without.get(account, 0)}
            assert sum(row["accounts"] for row in mine if row["sources"] == name) == len(lost)


def test_more_sources_than_a_machine_word_has_bits_are_told_apart() -> None:
    many = [f"source-{number:02d}" for number in range(70)]
    points = TABLES["contact_points"].slice(0, 210)
    lists: Any = pa.array([[many[row % 70]] for row in range(len(points))], pa.list_(pa.string()))
    place = points.column_names.index("sources")
    points = points.set_column(place, points.schema.field(place), lists)
    ids = pc.unique(points["account_id"])
    part = {name: table.filter(pc.is_in(table["account_id"], ids)) for name, table in TABLES.items() if name in ("accounts", "links")}
    uses = [row for row, use in enumerate(rows("channels")) if (use["account_id"], use["point_id"]) in set(
        zip(points["account_id"].to_pylist(), points["point_id"].to_pylist(), strict=True))]  # fmt: skip
    part |= {name: TABLES[name].take(pa.array(uses)) for name in ("channels", "decisions")}
    found = opened(count({**part, "contact_points": points}))["shown_by"].to_pylist()
    assert {name for row in found for name in row["sources"].split(",")} == set(many)
    best: dict[str, float] = {}
    for row in uses:
        use = rows("channels")[row]
        best[use["account_id"]] = max(best.get(use["account_id"], 0.0), use["p_reach"])
    assert sum(row["p"] for row in found if row["channel"] == ANY) == sum(Decimal(str(p)) for p in best.values())


def test_a_use_of_a_point_that_is_not_there_is_refused() -> None:
    with pytest.raises(ContractError, match="contact_points has not"):
        count({**TABLES, "contact_points": TABLES["contact_points"].slice(1)})


def test_nothing_scored_gives_no_step() -> None:
    nothing = {name: TABLES[name].slice(0, 0) for name in ("links", "contact_points", "channels", "decisions")}
    assert len(opened(count({"accounts": TABLES["accounts"], **nothing}))["shown_by"]) == 0
