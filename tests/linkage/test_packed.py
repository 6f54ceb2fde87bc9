from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.packed import SCHEMA, WORDS_OF, pack, unpack
from skiptrace.linkage.records import People
from skiptrace.linkage.rules import load
from skiptrace.linkage.terms import Growing, terms_of
from tests.linkage.people_tables import encoded, make_index
from tests.linkage.test_candidates import crowd

CROWD = encoded(crowd(30, 2))


def texts(people: People, row: int) -> dict[tuple[str, int], str | None]:
    """What each code of a person stands for."""
    found = {}
    for field, words in WORDS_OF.items():
        for word in words:
            code = int(people.records[row, word])
            found[field, word] = people.terms.fields[field].texts[code - 1].as_py() if code else None
    return found


@given(st.lists(st.integers(0, 29), max_size=40), st.integers(0, 40))
def test_people_who_were_packed_have_their_texts_and_all_else(rows: list[int], at: int) -> None:
    growing, some = Growing(), np.array(rows, np.int64)
    records = unpack([pack(CROWD, some[:at]), pack(CROWD, some[at:])], growing)
    again = People(records, terms_of(growing, keyed=False))
    assert len(again) == len(rows)
    coded = [word for words in WORDS_OF.values() for word in words]
    assert np.array_equal(np.delete(again.records, coded, axis=1), np.delete(CROWD.records[some], coded, axis=1))
    assert [texts(again, row) for row in range(len(rows))] == [texts(CROWD, row) for row in rows]


def test_they_are_compared_as_before(tmp_path: Path) -> None:
    index = make_index(crowd(20, 1), tmp_path / "index")
    growing = Growing()
    again = People(unpack([pack(CROWD)], growing), terms_of(growing, keyed=False))
    left, right = (side.reshape(-1) for side in np.meshgrid(np.arange(30), np.arange(20)))
    assert np.array_equal(*(Prober(some, index, load()).patterns(left, right) for some in (CROWD, again)))


@pytest.mark.parametrize("field", ["first", "street"])
def test_only_texts_that_occur_are_packed(field: str) -> None:
    packed = pack(CROWD, np.array([3]))
    assert packed.schema == SCHEMA
    column = packed[f"{field}_{WORDS_OF[field][0]}"].combine_chunks()
    assert set(column.dictionary.to_pylist()) == {text for (name, _), text in texts(CROWD, 3).items() if name == field} - {None}
