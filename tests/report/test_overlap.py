from __future__ import annotations

from collections import Counter
from itertools import permutations

from skiptrace.report.overlap import SHOWN, Overlap
from tests.report.by_hand import REPORT, rows

OVERLAP = REPORT.overlap


def test_points_and_shared_ones_are_those_of_the_tables() -> None:
    points: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for row in rows("contact_points"):
        points.update(row["sources"])
        both.update(permutations(row["sources"], 2))
    assert dict(OVERLAP.points) == dict(points)
    assert dict(OVERLAP.both) == dict(both)
    assert list(OVERLAP.points.values()) == sorted(points.values(), reverse=True)


def test_shares_are_of_the_rows_source_and_few_points_are_not_told() -> None:
    overlap = Overlap({"a": 200, "b": 50, "c": 9}, {("a", "b"): 40, ("b", "a"): 40, ("a", "c"): 5, ("c", "a"): 5})
    assert (overlap.written("a", "b"), overlap.written("b", "a")) == ("20.0%", "80.0%")
    assert (overlap.written("a", "a"), overlap.written("c", "a")) == ("–", "–")
    assert (overlap.written("a", "c"), overlap.written("b", "c")) == ("<11", "0.0%")


def test_the_sources_with_most_points_are_shown() -> None:
    many = Overlap({f"s{number}": 100 - number for number in range(30)})
    assert many.shown == tuple(f"s{number}" for number in range(SHOWN))
    assert Overlap().shown == ()
