"""Linking: candidates, the records of likely persons, and a decision on each; counting patterns for the model."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from skiptrace.linkage import candidates
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.decide import Judged
from skiptrace.linkage.index import Index
from skiptrace.linkage.linking import Linked, count_persons, count_records, count_reference, link
from skiptrace.linkage.patterns import Tally, unpack, weights
from skiptrace.linkage.persons import Entities, alone, entities_of
from skiptrace.linkage.rules import load
from tests.linkage.people_tables import Person, address, encoded, make_index, make_layers, match_model, plain_model
from tests.linkage.test_candidates import crowd

HOME = {"phones": ["+15185550100"], "addresses": [address("12", "MAIN ST")]}
FATHER: Person = {"first": "JOHN", "last": "LEE", "dob": "1950-03-04", "ssn": "111223333", **HOME}
UNREACHED: Person = {"emails": ["old@example.com"]}
STRANGER: Person = {"first": "ZOE", "last": "GRANT", "dob": "1990-12-25"}


def linked(people: list[Person], index: Index, entities: Entities | None = None, skip: np.ndarray | None = None) -> Linked:
    return link(encoded(people), index, match_model(), entities or alone(len(index)), load(), skip)


def pairs_of(result: Linked) -> list[tuple[int, int]]:
    return list(zip(result.judged.left.tolist(), result.judged.right.tolist(), strict=True))


def test_the_debtor_is_found_and_a_stranger_is_not_compared(tmp_path: Path) -> None:
    result = linked([FATHER, {}], make_index([STRANGER, FATHER], tmp_path / "index"))
    assert pairs_of(result) == [(0, 1)]
    assert result.pairs == 1
    assert result.judged.probability[0] > load().decision["linked"]
    assert result.blocking["ssn"]["pairs"] == 1


def test_a_record_that_no_key_reaches_comes_through_its_person(tmp_path: Path) -> None:
    index = make_index([STRANGER, FATHER, UNREACHED], tmp_path / "index")
    result = linked([FATHER], index, entities_of(np.array([0, 1, 1]), np.ones(3)))
    assert sorted(pairs_of(result)) == [(0, 1), (0, 2)]
    assert result.pairs == 2
    assert result.judged.via[result.judged.right == 2].tolist() == [1]


def test_who_is_skipped_for_a_layer_gets_no_record_of_it_by_any_way(tmp_path: Path) -> None:
    index = make_layers({"free": [FATHER], "paid": [FATHER, UNREACHED]}, tmp_path)
    skip = np.array([[False, True], [False, False]])
    result = linked([FATHER, FATHER], index, entities_of(np.zeros(3, np.int64), np.ones(3)), skip)
    assert sorted(pairs_of(result)) == [(0, 0), (1, 0), (1, 1), (1, 2)]


def test_pairs_that_cannot_matter_are_counted_and_not_judged(tmp_path: Path) -> None:
    """Only likely candidates are judged, and the best two of each account."""
    mine, theirs = crowd(30, 2), crowd(60, 1)
    index = make_index(theirs, tmp_path / "index")
    result = linked(mine, index)
    prober, wanted, total = Prober(encoded(mine), index, load()), set[tuple[int, int]](), 0
    for block in prober.blocks():
        weight = weights(plain_model(), block.pattern)
        total += len(weight)
        for account in set(block.left.tolist()):
            rows = np.flatnonzero(block.left == account)
            best = rows[np.lexsort((block.right[rows], -weight[rows]))[:2]].tolist()
            wanted |= {(account, int(block.right[row])) for row in rows if row in best or weight[row] >= load().person["likely"]}
    assert set(pairs_of(result)) == wanted
    assert result.pairs == total > len(wanted)
    assert result.blocking == prober.blocking.plain()


def test_the_size_of_a_block_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = make_layers({"a": crowd(30, 1), "b": crowd(20, 3)}, tmp_path)
    entities = entities_of(np.arange(50) // 2 * 2, np.ones(50))
    whole = linked(crowd(25, 2), index, entities)
    monkeypatch.setattr(candidates, "BLOCK", 4)
    cut = linked(crowd(25, 2), index, entities)
    assert (cut.pairs, cut.blocking) == (whole.pairs, whole.blocking)
    for field in fields(Judged):
        assert np.array_equal(getattr(cut.judged, field.name), getattr(whole.judged, field.name), equal_nan=field.name == "margin")


def test_nobody_is_linked_with_nothing(tmp_path: Path) -> None:
    full, empty = make_index([FATHER], tmp_path / "full"), make_index([], tmp_path / "empty")
    for result in (linked([], full), linked([FATHER], empty), linked([STRANGER], full)):
        assert (pairs_of(result), result.pairs) == ([], 0)


def counts_of(tally: Tally) -> dict[int, int]:
    codes, counts = tally.found()
    return dict(zip(codes.tolist(), counts.tolist(), strict=True))


def test_patterns_of_all_candidates_are_counted(tmp_path: Path) -> None:
    mine, tally = crowd(25, 2), Tally()
    index, skip = make_layers({"a": crowd(30, 1), "b": crowd(20, 3)}, tmp_path), np.random.default_rng(1).random((25, 2)) < 0.3
    count_records(encoded(mine), index, load(), tally, skip)
    found = [block.pattern for block in Prober(encoded(mine), index, load(), skip).blocks()]
    assert counts_of(tally) == Counter(np.concatenate(found).tolist())


def test_patterns_of_persons_are_counted_once_per_account_and_person(tmp_path: Path) -> None:
    index = make_index([FATHER, {"first": "JOHN", "last": "LEE", "dob": "1950-03-04"}, UNREACHED, STRANGER], tmp_path / "index")
    tally, account = Tally(), {name: FATHER[name] for name in ("first", "last", "dob", "phones")}
    known = entities_of(np.array([0, 0, 0, 3]), np.ones(4))
    count_persons(encoded([account, STRANGER]), index, plain_model(), known, load(), tally)
    codes, counts = tally.found()
    assert counts.tolist() == [1, 1]
    levels = unpack(codes, len(load().names))
    phone, ssn = (load().names.index(name) for name in ("phone", "ssn"))
    assert sorted(levels[:, phone].tolist()) == [-1, load().comparison("phone").level("same")]
    assert (levels[:, ssn] == -1).all()


def test_patterns_of_the_reference_are_counted_from_both_ends_of_each_pair(tmp_path: Path) -> None:
    people = crowd(30, 1)
    index, tally = make_layers({"a": people[:18], "b": [], "c": people[18:]}, tmp_path), Tally()
    count_reference(index, load(), tally, 1000)
    prober, wanted = Prober(encoded(people), index, load()), Counter[int]()
    for block in prober.blocks():
        wanted.update(block.pattern[block.left != block.right].tolist())
    assert counts_of(tally) == wanted
    assert sum(wanted.values()) <= 2 * len(list(combinations(range(30), 2)))


def test_a_sample_of_the_reference_is_taken_evenly_across_its_layers(tmp_path: Path) -> None:
    people = crowd(30, 1)
    index, tally = make_layers({"a": people[:7], "b": people[7:18], "c": people[18:]}, tmp_path), Tally()
    count_reference(index, load(), tally, 10)
    chosen, wanted = set(range(0, 30, 3)), Counter[int]()
    for block in Prober(encoded(people), index, load()).blocks():
        rows = zip(block.left.tolist(), block.right.tolist(), block.pattern.tolist(), strict=True)
        wanted.update(pattern for left, right, pattern in rows if left in chosen and left != right)
    assert counts_of(tally) == wanted
