from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.report.facts import summarise
from skiptrace.report.owed import Owed
from skiptrace.report.uses import met
from tests.report.by_hand import REPORT, RUN, TABLES, owed, rows
from tests.report.sample import RULES


def test_a_channel_counts_an_account_once_by_its_best_decision() -> None:
    for channel in REPORT.channels:
        best: dict[str, str] = {}
        for row in rows("channels"):
            if row["channel"] == channel.channel:
                best[row["account_id"]] = min(
                    best.get(row["account_id"], "stopped"),
                    row["decision"],
                    key=["permitted", "conditional", "stopped"].index,
                )
        decisions = list(best.values())
        assert channel.accounts == len(best) == channel.permitted + channel.conditional + channel.stopped
        assert channel.permitted == decisions.count("permitted")
        assert channel.conditional == decisions.count("conditional")
        assert channel.expected >= channel.expected_open
        assert channel.open_balance == owed({name for name, decision in best.items() if decision != "stopped"})
    assert [channel.channel for channel in REPORT.channels] == ["voice", "sms", "email", "mail"]


def test_stops_and_steps_are_counted_by_use_and_by_account() -> None:
    stopped = [row for row in rows("decisions") if row["decision"] == "stopped"]
    assert (REPORT.uses, REPORT.stopped_uses) == (len(rows("decisions")), len(stopped))
    for stop in REPORT.stops:
        met = [row for row in stopped if stop.rule in row["stopped_by"]]
        assert (stop.uses, stop.accounts) == (len(met), len({row["account_id"] for row in met}))
        assert stop.alone == sum(row["stopped_by"] == [stop.rule] for row in met)
        assert stop.balance == owed({row["account_id"] for row in met})
        assert (stop.sentence, stop.citation) == RULES[stop.rule]
    assert [stop.accounts for stop in REPORT.stops] == sorted((stop.accounts for stop in REPORT.stops), reverse=True)
    (step,) = REPORT.steps
    waiting = [row for row in stopped if "bankruptcy_scrub" in row["steps_required"]]
    assert (step.uses, step.accounts) == (len(waiting), len({row["account_id"] for row in waiting}))


def test_a_rule_that_is_not_at_hand_is_shown_by_its_id() -> None:
    assert {(stop.sentence, stop.citation) for stop in summarise(TABLES, RUN).stops} == {("", "")}


WORD = st.lists(st.sampled_from(("R1", "R2", "R3")), max_size=3, unique=True)
USE = st.tuples(st.integers(0, 3), st.sampled_from(("permitted", "stopped")), WORD, WORD)


@given(st.lists(USE, max_size=12), st.lists(st.none() | st.decimals(-99, 10**9, places=2), min_size=4, max_size=4))
def test_what_stops_is_counted_as_by_hand(uses: list[tuple[int, str, list[str], list[str]]], balance: list[Decimal | None]) -> None:
    owed_ = Owed.of(pa.chunked_array([pa.array(balance, pa.decimal128(14, 2))]))
    lists = pa.list_(pa.string())
    decisions = pa.table({
        "decision": pa.array([use[1] for use in uses], pa.string()), "stopped_by": pa.array([use[2] for use in uses], lists),
        "steps_required": pa.array([use[3] for use in uses], lists),
    })  # fmt: skip
    found = met(decisions, np.array([use[0] for use in uses], np.int32), owed_)
    for name, word, place in (("stops_by", "rule", 2), ("steps_by", "step", 3)):
        stopped = [(use[0], use[place]) for use in uses if use[1] == "stopped"]
        by_hand = {}
        for one in {one for _, words in stopped for one in words}:
            theirs = {account for account, words in stopped if one in words}
            known = [balance[account] for account in theirs if balance[account] is not None]
            by_hand[one] = (
                sum(one in words for _, words in stopped), len(theirs), sum([one] == words for _, words in stopped),
                sum(known, Decimal(0)) if known else None,
            )  # fmt: skip
        assert {row[word]: (row["uses"], row["accounts"], row["alone"], row["balance"]) for row in found[name].to_pylist()} == by_hand
