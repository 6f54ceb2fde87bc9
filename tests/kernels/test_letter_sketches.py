"""Sketches of cities and mailboxes: equal texts are told from others, and likeness is seen by the letters alone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels import letter_sketches as sketches
from skiptrace.kernels import record_layout as at
from skiptrace.kernels.record_levels import CLAIMS
from skiptrace.normalize.text_buffers import arrow_text

BAR = 0.94


def cities(*names: str) -> list[int]:
    out = np.empty(len(names), np.int32)
    sketches.city_words(*arrow_text(pa.array(names, pa.string())), out)
    return [int(word) for word in out]


def mailboxes(*texts: str) -> np.ndarray:
    """One record with these mailboxes, in their order."""
    words = np.empty((len(texts), at.EMAIL_WORDS), np.int32)
    sketches.mailbox_words(*arrow_text(pa.array(texts, pa.string())), words)
    record = np.zeros((1, at.WORDS), np.int32)
    record[0, at.EMAIL : at.EMAIL + words.size] = words.ravel()
    return record


def claimed(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    a, b = mailboxes(*one), mailboxes(*other)
    found = int(sketches.email_claim(a, 0, b, 0, BAR))
    assert found == int(sketches.email_claim(b, 0, a, 0, BAR))
    return "missing" if found < 0 else CLAIMS["email"][found]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("ann.lee7@example.com", "ann.lee7@example.com", "same"), ("ann.lee7@example.com", "ann.lee7@other.org", "user"),
        ("ann.lee7@example.com", "ann.lee7@exmaple.com", "host_slip"), ("ann.lee7@example.com", "ann.lee7@example.cm", "host_slip"),
        ("ann.lee7@example.com", "anm.lee7@example.com", "close"), ("ann.lee7@example.com", "an.nlee7@eaxmple.com", "close"),
        ("ann.lee7@example.com", "anm.lee7@other.org", "different"), ("ann.lee7@example.com", "bob.roe1@example.com", "different"),
        ("jsmith@gmail.com", "msmith@gmail.com", "different"), ("ann.lee7@gmail.com", "ann.lee7@ymail.com", "user"),
        ("ann.lee7@gmail.com", "ann.lee7@aol.com", "user"),
    ],
)  # fmt: skip
def test_two_mailboxes(one: str, other: str, expected: str) -> None:
    assert claimed((one,), (other,)) == expected


def test_of_several_mailboxes_the_closest_two_count() -> None:
    mine = ("x9@example.com", "ann.lee7@example.com")
    assert claimed(mine, ("ann.lee7@example.com",)) == "same"
    assert claimed(mine, ("bob@example.org", "ann.lee7@example.org")) == "user"
    assert claimed(mine, ()) == "missing"


def test_longer_parts_than_a_sketch_counts_are_compared_all_the_same() -> None:
    long = "abcdefghijklmnopqrstuvwxyz0123456789"
    assert claimed((f"{long}@example.com",), (f"{long}@example.com",)) == "same"
    assert claimed((f"{long}@example.com",), (f"{long}@other.org",)) == "user"
    assert claimed((f"ann@{long}.com",), (f"ann@{long}.com",)) == "same"


@given(st.lists(st.text("ab.c@", min_size=1, max_size=6), min_size=2, max_size=8, unique=True))
def test_different_mailboxes_have_different_sketches_of_the_same_size(texts: list[str]) -> None:
    words = mailboxes(*texts[:2])[0, at.EMAIL : at.EMAIL + 2 * at.EMAIL_WORDS].reshape(2, -1)
    halves = [text.partition("@")[::2] for text in texts[:2]]
    assert (words >= 0).all(), "the sign is left alone: words are shifted"
    assert (words[0] == words[1]).all() == (halves[0] == halves[1])
    assert [word != 0 for word in words[:, at.USER]] == [bool(user) for user, _ in halves]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("LONDON", "LNNDOO", True), ("LONDON", "LONDO", True), ("BRISTOL", "BRISTAL", False), ("BRISTOL", "BRISTOLE", True),
        ("SPRINGFIELD", "SPRNIGFIELD", True), ("ALBANY", "TROY", False), ("AUSTIN", "BOSTON", False),
    ],
)  # fmt: skip
def test_cities_are_alike_where_their_letters_are(one: str, other: str, alike: bool) -> None:
    a, b = cities(one, other)
    assert a != b
    assert bool(sketches.cities_alike(a, b)) == bool(sketches.cities_alike(b, a)) == alike


def test_no_city_has_no_word() -> None:
    assert cities("", "A")[0] == 0
    assert cities("A")[0] != 0
    assert cities("ALBANY")[0] == cities("ALBANY")[0]
