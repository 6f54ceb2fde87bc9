import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from jobs.demo import mistakes
from jobs.demo.words import stream, texts


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyzABC' -", min_size=3, max_size=12), min_size=1), st.integers(0, 99))
def test_one_slip_of_letters_changes_a_letter_or_two(values: list[str], seed: int) -> None:
    out = mistakes.letters_at(texts(values), np.arange(len(values)), stream(seed, "letters"))
    for before, after in zip(values, out, strict=True):
        assert OSA.distance(before.lower(), after.lower()) <= 2  # a misread m is two letters, r and n


def test_no_share_no_mistake() -> None:
    values = texts(["Alder", None, "X", "Birch"])
    assert (mistakes.letters(values, 0.0, stream(1, "x")) == values).all()
    assert (mistakes.digits(values, 0.0, stream(1, "x")) == values).all()


def test_full_share_hits_everything_but_the_short_and_the_missing() -> None:
    values = texts(["Alder", None, "X"] * 200)
    out = mistakes.letters(values, 1.0, stream(1, "x"))
    changed = sum(a != b for a, b in zip(values, out, strict=True))
    assert 180 <= changed <= 200
    assert all(b == a for a, b in zip(values, out, strict=True) if a != "Alder")


@given(st.lists(st.from_regex(r"[0-9]{10}", fullmatch=True), min_size=1), st.integers(0, 99))
def test_digit_slips_stay_among_the_last_digits(values: list[str], seed: int) -> None:
    out = mistakes.digits(texts(values), 1.0, stream(seed, "digits"), last=2)
    for before, after in zip(values, out, strict=True):
        assert before[:8] == after[:8]
        assert len(after) == 10
        assert after != before


@pytest.mark.parametrize(
    ("day", "turned"),
    [("1980-03-05", "1980-05-03"), ("1980-03-13", "1980-03-13"), ("1999-12-01", "1999-01-12")],
)
def test_day_and_month_are_swapped_where_that_is_a_date(day: str, turned: str) -> None:
    assert mistakes.swapped(np.array([day], "datetime64[D]")).astype(str).tolist() == [turned]


def test_dates_keep_their_gaps_and_mostly_their_values() -> None:
    days = np.array(["1980-03-05", "NaT", "1971-11-28"] * 500, "datetime64[D]")
    out = mistakes.dates(days, 5.0, stream(1, "dates"))
    assert (np.isnat(out) == np.isnat(days)).all()
    changed = (out != days) & ~np.isnat(days)
    assert 0.03 < changed.mean() < 0.15
