"""What goes back to the seller: what was so at the cut-off date, by the tape's word or by a date."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.onboard.putback import REASONS, REPORTS, Terms, put_back

CUT_OFF, AS_OF = dt.date(2026, 3, 31), dt.date(2026, 5, 1)
TERMS = Terms(None, "Northgate", CUT_OFF, 60)
Report = tuple[str, str, dt.date | None, str]


def tape(*ids: str, portfolio: str | None = None) -> pa.Table:
    rows = len(ids)
    return pa.table(
        {
            "account_id": pa.array(ids, pa.string()),
            "portfolio_id": pa.array([portfolio] * rows, pa.string()),
            "balance": pa.array([Decimal("10.00")] * rows, pa.decimal128(14, 2)),
        }
    )


def told(*reports: Report) -> pa.Table:
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(zip(*reports, strict=True) if reports else [[]] * 4, REPORTS, strict=True)],
        schema=REPORTS,
    )


@pytest.mark.parametrize(
    ("since", "source", "certain"),
    [
        (CUT_OFF, "deaths", True),
        (CUT_OFF - dt.timedelta(days=1), "deaths", True),
        (CUT_OFF + dt.timedelta(days=1), "deaths", None),
        (None, "deaths", False),
        (None, "tape", True),
        (CUT_OFF + dt.timedelta(days=1), "tape", True),
    ],
)
def test_only_what_was_so_at_the_cut_off_goes_back(since: dt.date | None, source: str, certain: bool | None) -> None:
    rows = put_back(tape("A1"), told(("A1", "deceased", since, source)), [TERMS], AS_OF).to_pylist()
    assert [row["certain"] for row in rows] == ([] if certain is None else [certain])


def test_a_row_says_who_and_until_when() -> None:
    reports = told(
        ("A1", "deceased", dt.date(2026, 2, 1), "deaths"),
        ("A1", "deceased", dt.date(2026, 1, 2), "header"),
        ("A2", "disputed", None, "tape"),
    )
    first, second = put_back(tape("A1", "A2", "A3"), reports, [TERMS], AS_OF).to_pylist()
    assert (first["since"], first["evidence"], first["return_by"], first["days_left"]) == (
        dt.date(2026, 1, 2),
        ["deaths", "header"],
        dt.date(2026, 5, 30),
        29,
    )
    assert (second["account_id"], second["reason"], second["seller"]) == ("A2", "disputed", "Northgate")


def test_each_purchase_has_its_own_terms() -> None:
    other = Terms("autumn", "Southgate", dt.date(2025, 9, 30), 30)
    found = put_back(tape("A1", portfolio="autumn"), told(("A1", "settled", dt.date(2025, 9, 30), "x")), [other], AS_OF).to_pylist()
    assert [(row["seller"], row["days_left"] < 0) for row in found] == [("Southgate", True)]
    assert not put_back(tape("A1", portfolio="spring"), told(("A1", "settled", None, "tape")), [other], AS_OF).num_rows
    assert not put_back(tape("A1"), told(("A1", "settled", None, "tape")), [], AS_OF).num_rows


DAYS = st.none() | st.dates(CUT_OFF - dt.timedelta(days=5), CUT_OFF + dt.timedelta(days=5))


@given(st.lists(st.tuples(st.sampled_from(["A1", "A2", "B9"]), st.sampled_from(REASONS), DAYS, st.sampled_from(["tape", "x", "y"]))))
def test_certain_ones_have_a_date_or_the_tapes_word(reports: list[Report]) -> None:
    found = put_back(tape("A1", "A2"), told(*reports), [TERMS], AS_OF).to_pylist()
    assert {row["account_id"] for row in found} <= {"A1", "A2"}
    for row in found:
        mine = [one for one in reports if one[0] == row["account_id"] and one[1] == row["reason"]]
        assert row["certain"] == any(source == "tape" or (since is not None and since <= CUT_OFF) for _, _, since, source in mine)
    wanted = {(one[0], one[1]) for one in reports if one[0] != "B9" and (one[3] == "tape" or one[2] is None or one[2] <= CUT_OFF)}
    assert {(row["account_id"], row["reason"]) for row in found} == wanted
