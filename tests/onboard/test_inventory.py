"""In which state an account is, by events that come in any order, twice, for accounts nobody knows, and for days to come."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.onboard import inventory
from skiptrace.onboard.inventory import by_portfolio, counts, states
from skiptrace.schema import ACCOUNT_EVENTS
from skiptrace.schema.working import INVENTORY
from skiptrace.vocabulary import ACCOUNT_STATES

AS_OF = dt.date(2026, 6, 30)
TAPE = pa.table({"account_id": ["A1", "A2", "B1"], "portfolio_id": ["P1", "P1", "P2"]})
Event = tuple[str | None, str | None, str, int]
State = dict[str, tuple[str, int]]


def day(number: int) -> dt.date:
    """A day of June 2026, or a later one."""
    return dt.date(2026, 6, 1) + dt.timedelta(days=number - 1)


def told(*events: Event) -> pa.Table:
    """ACCOUNT_EVENTS of account, portfolio, event and day."""
    rows = [{"account_id": a, "portfolio_id": p, "event": event, "date": day(number)} for a, p, event, number in events]
    return pa.Table.from_pylist(rows, ACCOUNT_EVENTS.arrow)


def found(*events: Event) -> State:
    table = states(TAPE, told(*events), AS_OF)
    assert table.schema.equals(INVENTORY.arrow)
    days = {day(number): number for number in range(1, 90)}
    return {row["account_id"]: (row["account_state"], days[row["account_state_since"]]) for row in table.to_pylist()}


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([("A1", None, "closed", 3)], {"A1": ("closed", 3)}),
        ([("A1", None, "closed", 9), ("A1", None, "recalled", 3)], {"A1": ("closed", 9)}),
        ([("A1", None, "closed", 3), ("A1", None, "reopened", 5)], {"A1": ("open", 5)}),
        ([("A1", None, "reopened", 3), ("A1", None, "closed", 3)], {"A1": ("closed", 3)}),
        ([("A1", None, "transferred", 3), ("A1", None, "recalled", 3)], {"A1": ("transferred", 3)}),
        # told again, the state goes on since its first day; after another state it begins anew
        ([("A1", None, "closed", 3), ("A1", None, "closed", 8)], {"A1": ("closed", 3)}),
        ([("A1", None, "closed", 3), ("A1", None, "reopened", 5), ("A1", None, "closed", 8)], {"A1": ("closed", 8)}),
        # the day comes, or has not come
        ([("A1", None, "recalled", 30)], {"A1": ("recalled", 30)}),
        ([("A1", None, "recalled", 31)], {}),
        # a portfolio is each of its accounts; an account that is named is meant alone
        ([(None, "P1", "transferred", 2)], {"A1": ("transferred", 2), "A2": ("transferred", 2)}),
        ([(None, "P1", "transferred", 2), ("A2", None, "reopened", 4)], {"A1": ("transferred", 2), "A2": ("open", 4)}),
        ([("B1", "P1", "closed", 2)], {"B1": ("closed", 2)}),
        ([("X", None, "closed", 2), (None, "P9", "closed", 2)], {}),
    ],
)  # fmt: skip
def test_the_state_is_the_last_that_holds(events: list[Event], state: State) -> None:
    assert found(*events) == state


def test_the_reason_is_that_of_the_event_that_holds() -> None:
    rows = [
        {"account_id": "A1", "event": "closed", "date": day(3), "reason": "paid"},
        {"account_id": "A1", "event": "recalled", "date": day(4)},
    ]
    for more, reason in (([], None), ([{**rows[1], "date": day(5), "reason": "dispute"}], "dispute")):
        (row,) = states(TAPE, pa.Table.from_pylist([*rows, *more], ACCOUNT_EVENTS.arrow), AS_OF).to_pylist()
        assert (row["account_state"], row["account_state_since"], row["account_state_reason"]) == ("recalled", day(4), reason)


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["A1", "B1", "X", None]), st.sampled_from(["P1", "P2"]),
        st.sampled_from(["closed", "recalled", "transferred", "reopened"]), st.integers(1, 40),
    ), max_size=8,
)  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(_EVENTS, st.randoms())
def test_neither_order_nor_repetition_matters_and_the_last_day_decides(events: list[Event], chance: object) -> None:
    again = [*events, *events[:3]]
    chance.shuffle(again)  # type: ignore[attr-defined]
    state = found(*events)
    assert found(*again) == state
    for account, portfolio in (("A1", "P1"), ("B1", "P2")):
        theirs = [e for e in events if (e[0] == account or (e[0] is None and e[1] == portfolio)) and e[3] <= 30]
        assert (account in state) == bool(theirs)
        if theirs:
            last = max(number for *_, number in theirs)
            of_last = {event for _, _, event, number in theirs if number == last}
            stops = [one for one in ACCOUNT_STATES[1:] if one in of_last]
            assert state[account][0] == (stops[-1] if stops else "open")


def test_what_is_odd_about_events_is_counted() -> None:
    events = told(
        ("A1", None, "closed", 3), ("A1", None, "closed", 3), ("X", None, "recalled", 3), (None, "P9", "recalled", 3),
        ("A2", "P2", "closed", 40), ("B1", None, "reopened", 4),
    )  # fmt: skip
    assert counts(TAPE, events, AS_OF) == {
        "events": 5, "of_unknown": 2, "still_to_come": 1, "reopened_never_stopped": 1, "of_another_portfolio": 1,
    }  # fmt: skip
    assert set(counts(TAPE, told(), AS_OF).values()) == {0}


def test_the_inventory_of_each_portfolio_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = ("portfolio_id", "balance", "account_state", "best_channel", "placed_with")
    rows = [
        ("P1", Decimal("10.10"), "open", "voice", "acme"), ("P1", None, "recalled", None, None),
        ("P1", Decimal("5.00"), "closed", None, None), ("P2", None, "transferred", None, None), ("P2", None, "open", None, None),
        (None, Decimal("1.00"), "open", "mail", None),
    ]  # fmt: skip
    table = pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows])
    found = by_portfolio(table)
    first = {"portfolio_id": "P1", "accounts": 3, "balance": "15.10", "open": 1, "closed": 1, "recalled": 1, "transferred": 0,
             "open_balance": "10.10", "permitted": 1, "placed": 1}  # fmt: skip
    assert found["portfolios"][0] == first
    assert [(row["portfolio_id"], row["balance"], row["open_balance"]) for row in found["portfolios"][1:]] == [
        ("P2", None, None), (None, "1.00", "1.00"),
    ]  # fmt: skip
    assert found["further"] == {"portfolios": 0, "accounts": 0}
    json.dumps(found)
    monkeypatch.setattr(inventory, "MOST_PORTFOLIOS", 1)
    assert by_portfolio(table) == {"portfolios": [first], "further": {"portfolios": 2, "accounts": 3}}
