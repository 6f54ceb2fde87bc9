from __future__ import annotations

import pyarrow as pa

from skiptrace.contacts.unsure import corroborating, unsure
from tests.contacts.tables import links

COLUMNS = ["account", "kind", "value", "relation"]


def kept(*rows: tuple[int, str, str, str]) -> list[tuple[int, str, str]]:
    table = pa.table([pa.chunked_array([list(column)]) for column in zip(*rows, strict=True)], names=COLUMNS)
    return [(row["account"], row["value"], row["relation"]) for row in corroborating(table).to_pylist()]


def test_likely_records_that_were_not_accepted_may_be_the_consumers() -> None:
    some = links({}, {"status": "review", "match_probability": 0.5}, {"status": "refused", "match_probability": 0.1},
                 {"status": "refused", "match_probability": 0.09},
                 {"status": "refused", "match_probability": 0.4, "relation": "household"})  # fmt: skip
    assert unsure(some, 0.1).to_pylist() == [False, True, True, False, False]


def test_only_what_the_consumer_is_known_by_is_confirmed() -> None:
    assert kept(
        (0, "phone", "1", "same"), (0, "phone", "1", "unsure"), (0, "phone", "2", "unsure"), (1, "phone", "1", "unsure"),
    ) == [(0, "1", "same"), (0, "1", "unsure")]  # fmt: skip


def test_relatives_confirm_nothing_and_homes_are_not_confirmed() -> None:
    assert kept((0, "phone", "1", "household"), (0, "phone", "1", "unsure")) == [(0, "1", "household")]
    assert kept((0, "address", "a", "same"), (0, "address", "a", "unsure")) == [(0, "a", "same")]


def test_without_such_records_nothing_changes() -> None:
    table = pa.table({name: pa.chunked_array([["x"]]) for name in COLUMNS})
    assert corroborating(table) is table
