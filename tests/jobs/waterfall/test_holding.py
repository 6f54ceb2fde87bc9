from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pyarrow as pa

from jobs.waterfall import acting, people
from jobs.waterfall.holding import held, may_be_sent
from skiptrace.project import PRIVATE, Source, load, token_key
from skiptrace.results import latest
from tests.jobs.projects import change
from tests.jobs.waterfall.vendors import DAY, NOW, request_files

EVENTS = """
[[source]]
name = "inventory"
path = "events.csv"
kind = "account_events"
purposes = ["fcra.collection"]
[source.columns]
account_id = "account"
event = "what"
date = "day"

[[source]]
name = "stops"
path = "stops.csv"
kind = "suppression"
purposes = ["fcra.collection"]
[source.columns]
list = "'attorney'"
scope = "'account'"
account_id = "account"
reason = "'attorney'"

[[export]]
"""


def held_in(project: Path) -> dict[str, str]:
    loaded = load(project, os.environ)
    found = held(latest(project), loaded, project / PRIVATE, token_key(loaded, os.environ), DAY)
    return dict(zip(found["account_id"].to_pylist(), found["held"].to_pylist(), strict=True))


def test_who_was_recalled_or_has_an_attorney_since_the_run_is_held_before_anything_is_spent(asking: Path) -> None:
    assert held_in(asking) == {}
    change(asking, "\n[[export]]\n", EVENTS)
    (asking / "events.csv").write_text("account,what,day\nA003,recalled,2026-06-29\n")
    (asking / "stops.csv").write_text("account\nA004\n")
    found = held_in(asking)
    assert found["A003"] == "recalled"
    assert set(found) == {"A003", "A004"}
    assert found["A004"].isupper()  # the rule that holds it
    acting.order(asking, None, NOW)
    text = "".join(file.read_text() for file in request_files(asking))
    assert "TILLERY" not in text
    assert "UNDERHILL" not in text
    assert "RASMUS" in text


def test_a_licence_says_whose_accounts_may_be_sent(asking: Path) -> None:
    (source,) = [one for one in load(asking, os.environ).source if one.order]
    states = pa.chunked_array([["WA", "OR", None]], pa.string())

    def may(**limits: object) -> list[bool]:
        limited: Source = source.model_copy(update=limits)
        return list(may_be_sent((limited,), states, DAY)["premium"])

    assert may() == [True, True, True]
    assert may(states=("WA",)) == [True, False, False]
    assert may(except_states=("WA",)) == [False, True, False]
    assert may(contract_expires=DAY - dt.timedelta(days=1)) == [False, False, False]


def test_the_tape_says_who_has_a_birth_date_and_a_number(asking: Path) -> None:
    tape = people.on_tape(load(asking, os.environ), DAY)
    assert len(tape) == 12
    assert tape["dob"].null_count == 0
    assert tape["ssn"].to_pylist() == [False] * 12
