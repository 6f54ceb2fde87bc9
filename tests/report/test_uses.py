from __future__ import annotations

from skiptrace.report.facts import summarise
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
