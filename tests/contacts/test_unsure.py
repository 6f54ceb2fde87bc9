from __future__ import annotations

import numpy as np
import pyarrow as pa

from skiptrace.contacts.unsure import corroborated, unsure
from tests.contacts.tables import links

Shown = tuple[int, str, str, str]


def kept(*rows: Shown, bought: tuple[tuple[int, str], ...] = ()) -> list[tuple[int, str, str]]:
    """What stays of sightings, each of a link of its own: (account, kind, value, relation); `bought`: (account, value) of own rows."""
    account, kind, value, relation = (list(column) for column in zip(*rows, strict=True))
    seen = pa.table({"kind": pa.chunked_array([kind]), "value": pa.chunked_array([value])})
    own = pa.table({"value": pa.chunked_array([[value for _, value in bought]], pa.string())})
    known = np.array([whose for whose, _ in bought], np.int64), np.arange(len(bought))
    every = np.arange(len(rows))
    told = pa.chunked_array([relation])
    link, row = corroborated(np.array(account, np.int64), told, every, every, seen, own, known)
    assert (link == row).all()
    return [(account[at], value[at], relation[at]) for at in row.tolist()]


def test_likely_records_that_were_not_accepted_may_be_the_consumers() -> None:
    some = links({}, {"status": "review", "match_probability": 0.5}, {"status": "refused", "match_probability": 0.1},
                 {"status": "refused", "match_probability": 0.09},
                 {"status": "refused", "match_probability": 0.4, "relation": "household"})  # fmt: skip
    assert unsure(some, 0.1).to_pylist() == [False, True, True, False, False]


def test_only_what_the_consumer_is_known_by_is_confirmed() -> None:
    assert kept(
        (0, "phone", "1", "same"), (0, "phone", "1", "unsure"), (0, "phone", "2", "unsure"), (1, "phone", "1", "unsure"),
    ) == [(0, "1", "same"), (0, "1", "unsure")]  # fmt: skip


def test_the_buyers_own_row_is_what_the_consumer_is_known_by() -> None:
    shown = ((0, "phone", "1", "unsure"), (1, "phone", "1", "unsure"))
    assert kept(*shown, bought=((0, "1"), (1, "2"))) == [(0, "1", "unsure")]


def test_relatives_confirm_nothing_and_homes_are_not_confirmed() -> None:
    assert kept((0, "phone", "1", "household"), (0, "phone", "1", "unsure")) == [(0, "1", "household")]
    assert kept((0, "address", "a", "same"), (0, "address", "a", "unsure")) == [(0, "a", "same")]


def test_without_such_records_nothing_changes() -> None:
    assert kept((0, "phone", "1", "same"), (0, "phone", "2", "household")) == [(0, "1", "same"), (0, "2", "household")]
