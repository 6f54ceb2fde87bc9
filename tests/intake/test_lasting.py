from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.intake.lasting import HORIZON, Lasting
from skiptrace.normalize.dates import normalize_birth_dates, normalize_dates

TODAY = dt.date(2026, 11, 29)
FAR = TODAY + dt.timedelta(days=HORIZON)
TEXTS = st.one_of(
    st.dates(dt.date(1890, 1, 1), dt.date(2030, 1, 1)).flatmap(
        lambda day: st.sampled_from([day.isoformat(), f"{day:%m/%d/%Y}", f"{day:%m/%d/%y}", f"{day:%Y-%m}", str(day.year)])
    ),
    st.sampled_from(["", "unknown", "99991231", "0000-00-00", "13/13/2020"]),
    st.none(),
)


@given(st.lists(TEXTS, max_size=6), st.booleans(), st.integers(0, HORIZON))
def test_everything_is_read_alike_until_the_day_that_is_said_and_no_longer(texts: list[str | None], births: bool, days: int) -> None:
    values, lasting = pa.array(texts, pa.string()), Lasting(TODAY)
    plain = normalize_birth_dates if births else normalize_dates
    found = lasting.birth_dates(values, None) if births else lasting.dates(values, None)
    assert found.equals(plain(values, TODAY))
    then = TODAY + dt.timedelta(days=days)
    if then < lasting.until:
        assert plain(values, then).equals(found)
    if lasting.until < FAR:
        assert not plain(values, lasting.until).equals(found)


@pytest.mark.parametrize(
    ("text", "births", "until"),
    [
        ("1980-05-05", True, FAR), ("2024-02-29", False, FAR), ("gibberish", False, FAR), ("1926-12-24", True, FAR),
        ("2026-12-24", False, dt.date(2026, 12, 24)), ("2008-12-24", True, dt.date(2008 + 18, 12, 24)),
        ("2026", False, TODAY + dt.timedelta(days=1)),
    ],
)  # fmt: skip
def test_a_reading_lasts_until_near_the_day_that_changes_it(text: str, births: bool, until: dt.date) -> None:
    lasting = Lasting(TODAY)
    (lasting.birth_dates if births else lasting.dates)(pa.array([text, "1971-03-04"]), None)
    assert lasting.until == until


def test_days_as_such_are_read_too_and_a_past_day_counts_as_tomorrow() -> None:
    lasting = Lasting(TODAY)
    lasting.dates(pa.array([dt.date(2020, 1, 1), None], pa.date32()), None)
    assert lasting.until == FAR
    lasting.note(dt.date(2000, 1, 1))
    assert lasting.until == TODAY + dt.timedelta(days=1)
