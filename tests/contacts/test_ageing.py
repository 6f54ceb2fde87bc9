from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.contacts import ageing, rules

PHONE, EMAIL = rules.load().phone, rules.load().email
MAIN = "+12065550123"


def odds(*points: dict[str, Any], ages: rules.Ageing = PHONE) -> list[float]:
    """Log-odds of points of account 0, each given as what differs from an unremarkable number seen half a year ago."""
    ordinary = {"account": 0, "value": MAIN, "years": 0.25, "origins": 1, "mine": False, "elsewhere": True, "area": False, "left": False,
                "unsure": False}  # fmt: skip
    rows = sorted(({**ordinary, **point} for point in points), key=lambda row: row["account"])
    table = pa.table(
        {
            "value": pa.array([row["value"] for row in rows], pa.string()),
            "independent_sources": pa.array([row["origins"] for row in rows], pa.int32()),
            "mine": pa.array([row["mine"] for row in rows], pa.bool_()),
            "seen_elsewhere": pa.array([row["elsewhere"] for row in rows], pa.bool_()),
            "unsure": pa.array([row["unsure"] for row in rows], pa.bool_()),
        }
    )
    account = np.array([row["account"] for row in rows], np.int64)
    years = np.array([math.nan if row["years"] is None else row["years"] for row in rows], float)
    newest, older = (np.array([row[name] for row in rows], bool) for name in ("area", "left"))
    found: list[float] = ageing.currency(table, account, years, newest, older, ages).tolist()
    return found


def logit(p: float) -> float:
    return math.log(p / (1 - p))


@pytest.mark.parametrize("ages", [PHONE, EMAIL], ids=["phone", "email"])
def test_each_band_of_age_gives_its_share(ages: rules.Ageing) -> None:
    edges = [0.0, *ages.age_years]
    for share, start in zip(ages.share, edges, strict=True):
        assert odds({"years": start}, ages=ages) == pytest.approx([logit(share)])
    for share, end in zip(ages.share, [*ages.age_years, 99.0], strict=True):
        assert odds({"years": end - 0.01}, ages=ages) == pytest.approx([logit(share)])
    assert odds({"years": None}, ages=ages) == pytest.approx([logit(ages.undated)])


def test_a_newer_number_of_the_account_takes_from_the_older_one() -> None:
    other = "+13605559876"
    older, newer = odds({"years": 3}, {"years": 0.1, "value": other})
    assert older == pytest.approx(odds({"years": 3})[0] + PHONE.newer_known)
    assert newer == pytest.approx(odds({"years": 0.1})[0])
    assert odds({"years": None}, {"value": other})[0] == pytest.approx(odds({"years": None})[0] + PHONE.newer_known)
    assert odds({"years": 3}, {"years": 0.1, "value": other, "account": 1})[0] == pytest.approx(odds({"years": 3})[0])


def test_a_slip_of_a_better_supported_number_sinks() -> None:
    strong, slip = odds({"origins": 2}, {"value": "+12065550124"})
    assert slip == pytest.approx(odds({})[0] + PHONE.slip_of_another)
    assert strong == pytest.approx(odds({"origins": 2})[0])
    swapped = odds({"origins": 2}, {"value": "+12065550132"})[1]
    assert swapped == pytest.approx(slip)


def test_of_two_alike_numbers_with_equal_support_the_older_one_is_the_slip() -> None:
    older, newer = odds({"years": 3}, {"value": "+12065550124", "years": 0.1})
    assert older == pytest.approx(odds({"years": 3})[0] + PHONE.newer_known + PHONE.slip_of_another)
    assert newer == pytest.approx(odds({"years": 0.1})[0])
    assert odds({}, {"value": "+12065550124"}) == pytest.approx(odds({}) * 2)  # nothing tells them apart


@pytest.mark.parametrize("other", ["+12065550987", "+12065551200"])
def test_numbers_two_slips_apart_are_two_numbers(other: str) -> None:
    assert odds({"origins": 2}, {"value": other})[1] == pytest.approx(odds({})[0])


def test_a_slip_in_another_account_does_not_count() -> None:
    assert odds({"origins": 2}, {"value": "+12065550124", "account": 1})[1] == pytest.approx(odds({})[0])


def test_each_further_origin_adds_up_to_three() -> None:
    added = [odds({"origins": n})[0] - odds({})[0] for n in (1, 2, 4, 9)]
    assert added == pytest.approx([PHONE.another_origin * n for n in (0, 1, 3, 3)])


def test_confirmation_needs_the_portfolio_and_a_reference() -> None:
    plain = odds({})[0]
    assert odds({"mine": True})[0] == pytest.approx(plain + PHONE.confirmed)
    assert odds({"mine": True, "elsewhere": False})[0] == pytest.approx(plain)
    assert odds({"area": True})[0] == pytest.approx(plain + PHONE.area_of_newest)
    assert odds({"left": True})[0] == pytest.approx(plain + PHONE.area_of_older)


def test_a_record_that_may_be_the_consumers_is_a_further_word() -> None:
    assert odds({"unsure": True})[0] == pytest.approx(odds({})[0] + PHONE.unsure_too)
    assert odds({"unsure": True}, ages=EMAIL)[0] == pytest.approx(odds({}, ages=EMAIL)[0] + EMAIL.unsure_too)


def test_areas_are_those_of_north_american_numbers() -> None:
    numbers = pa.chunked_array([["+12065550123", "+442071234567", None], ["+18005550100"]])
    assert ageing.areas(numbers).tolist() == [206, 0, 0, 800]


@given(st.floats(0.001, 0.999))
def test_sigmoid_undoes_logit(p: float) -> None:
    assert float(ageing.sigmoid(ageing.logit(p))) == pytest.approx(p)
