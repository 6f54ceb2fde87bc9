"""The account's part of the fact sheet: three-valued flags, residence, licence, counts per person."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.compliance.accounts import build_accounts
from skiptrace.rulebook.loading import load
from skiptrace.schema import TAPE
from skiptrace.schema.facts import ACCOUNT_SITUATIONS
from skiptrace.schema.working import CONSUMERS, DEATHS, INVENTORY
from tests.compliance import tables as t

BOOK = load()


def account(row: dict[str, object] | None = None, **given: Any) -> dict[str, Any]:
    settings = given.pop("settings", {})
    known = t.history(given.pop("events", None), given.pop("suppressions", None), given.get("consumers"))
    table = build_accounts(t.tape(row or {}), as_of=t.AS_OF, rulebook=BOOK, settings=settings, history=known, **given)
    assert table.schema == ACCOUNT_SITUATIONS.arrow
    return table.to_pylist()[0]  # type: ignore[no-any-return]


@pytest.mark.parametrize("said", [True, False, None])
def test_a_flag_is_what_the_tape_says(said: bool | None) -> None:
    row = account({"bankruptcy": said, "attorney": said, "cease": said, "dispute": said})
    assert {row[name] for name in ("bankruptcy_reported", "attorney_known", "cease_written", "dispute_open")} == {said}


def test_an_account_is_open_where_nobody_says_otherwise() -> None:
    told = pa.Table.from_pylist([{"account_id": "A1", "account_state": "recalled", "account_state_since": t.AS_OF}], INVENTORY.arrow)
    known = t.history()
    rows = build_accounts(t.tape({}, {"account_id": "A2"}), as_of=t.AS_OF, rulebook=BOOK, settings={}, history=known, inventory=told)
    assert rows["account_state"].to_pylist() == ["recalled", "open"]


def test_any_report_makes_a_flag_true_whatever_the_tape_says() -> None:
    listed = t.entries({"scope": "account", "account_id": "A1", "reason": "bankruptcy"})
    row = account(
        {"bankruptcy": False, "deceased": False},
        suppressions=listed,
        deaths=pa.table({"account_id": ["A1"], "deceased": [True], "deceased_date": pa.array([None], pa.date32())}),
    )
    assert (row["bankruptcy_reported"], row["deceased_reported"], row["deceased_confirmed"]) == (True, True, False)


def test_a_scrub_settles_what_nobody_said_and_never_a_report() -> None:
    nobody = account(deaths=DEATHS.empty())
    assert (nobody["deceased_reported"], nobody["bankruptcy_reported"], nobody["bankruptcy_scrub_days"]) == (
        None,
        None,
        None,
    )
    settled = account(settings=t.SETTINGS)
    assert (settled["deceased_reported"], settled["bankruptcy_reported"], settled["bankruptcy_scrub_days"]) == (
        False,
        False,
        5,
    )
    assert account({"bankruptcy": True}, settings=t.SETTINGS)["bankruptcy_reported"] is True


def test_without_deliveries_counts_and_opt_outs_are_not_known() -> None:
    row = account()
    assert [row[name] for name in ("calls_7_days", "person_calls_7_days", "opt_out_account", "litigator")] == [None] * 4
    row = account(events=t.events(), suppressions=t.entries())
    assert [row[name] for name in ("calls_7_days", "person_calls_7_days", "opt_out_account", "litigator")] == [
        0,
        0,
        False,
        None,
    ]


def test_states_are_those_of_every_plausible_address() -> None:
    settings = {"licensed_states": ["NY"]}
    faint = {**t.WEST, "rank": 2, "p_current": 0.04}
    assert account(points=t.points(t.HOME, faint), settings=settings)["home_states"] == ["NY"]
    row = account(points=t.points(t.HOME, {**faint, "p_current": 0.05}), settings=settings)
    assert (row["home_states"], row["state_licensed"]) == (["CA", "NY"], False)
    assert row["jurisdictions"] == ["US", "US-CA", "US-NY"]
    assert account(points=t.points({**t.WEST, "p_current": 0.01}), settings=settings)["home_states"] == ["CA"]


def test_an_address_without_a_state_leaves_residence_open() -> None:
    row = account(points=t.points(t.HOME, {**t.WEST, "state": None, "rank": 2}), settings={"licensed_states": ["NY"]})
    assert (row["home_states"], row["state_licensed"], row["jurisdictions"], row["foreign_address"]) == (
        None,
        None,
        None,
        False,
    )


def test_licence_is_open_where_the_project_names_no_states() -> None:
    assert account(points=t.points(t.HOME))["state_licensed"] is None
    assert account(points=t.points(t.HOME), settings={"licensed_states": ["NY"]})["state_licensed"] is True


def test_an_address_abroad_and_a_military_one_are_seen() -> None:
    abroad = account(points=t.points(t.HOME, {**t.WEST, "country": "AU", "state": "NSW"}))
    assert abroad["foreign_address"] is True
    military = account(
        points=t.points({**t.HOME, "state": "AE", "postal_code": "09012"}), settings={"licensed_states": ["NY"]}
    )
    assert (military["military_indicated"], military["foreign_address"], military["state_licensed"]) == (
        True,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("paid", "charged", "since"),
    [
        (None, dt.date(2024, 6, 29), dt.date(2024, 1, 1)),
        (dt.date(2023, 5, 5), dt.date(2024, 6, 29), dt.date(2023, 5, 5)),
        (dt.date(2025, 5, 5), dt.date(2024, 6, 29), dt.date(2024, 1, 1)),
        (dt.date(2025, 5, 5), None, dt.date(2025, 5, 5)),
        (None, None, None),
    ],
)
def test_a_late_payment_does_not_make_a_debt_young(
    paid: dt.date | None, charged: dt.date | None, since: dt.date | None
) -> None:
    assert account({"last_payment_date": paid, "charge_off_date": charged})["delinquent_since"] == since


def test_calls_are_summed_over_the_accounts_of_a_person() -> None:
    people = CONSUMERS.arrow.empty_table().from_pylist(
        [{"account_id": a, "consumer_id": "c"} for a in ("A1", "A2")], CONSUMERS.arrow
    )
    calls = [{"account_id": a, "occurred_at": t.moment(t.AS_OF)} for a in ("A1", "A2", "A2")]
    row = account(consumers=people, events=t.events(*calls))
    assert (row["calls_7_days"], row["person_calls_7_days"]) == (1, 3)


def test_no_accounts_is_no_error() -> None:
    empty = build_accounts(TAPE.empty(), as_of=t.AS_OF, rulebook=BOOK, settings={}, history=t.history())
    assert empty.num_rows == 0
