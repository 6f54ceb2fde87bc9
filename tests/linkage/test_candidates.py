"""Candidate pairs equal a plain join over key values, and the cap drops hot values and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skiptrace.linkage.candidates import Candidates, candidates
from skiptrace.linkage.index import Index
from skiptrace.linkage.keys import Features, key_values
from skiptrace.linkage.people import encode
from skiptrace.linkage.rules import Key, LinkageRules, load
from tests.linkage.people_tables import Person, address, make_index, tables


def crowd(size: int, seed: int) -> list[Person]:
    """People of few names and places, so that many pairs meet; some fields are not known, some names are swapped."""
    draw = np.random.default_rng(seed)

    def one_of(*values: object) -> object:
        return values[draw.integers(len(values))]

    people: list[Person] = []
    for _ in range(size):
        person: Person = {
            "first": one_of("ROBERT", "BOB", "ANN", "ANNE", "GRANT", None), "last": one_of("LEE", "GRANT", "SMITH-LEE", None),
            "dob": one_of("1980-02-03", "1980-03-02", "1981-07-09", None), "ssn4": one_of("0001", "0002", "0003", None),
            "phones": [one_of("+15185550100", "+15185550101", "+12125550100")],
            "addresses": [address(str(draw.integers(1, 5)), str(one_of("MAIN ST", "OAK AVE"))), address("7", "ELM ST")],
        }  # fmt: skip
        people.append(person)
    return people


def plain_join(accounts: list[Person], index: Index, rules: LinkageRules) -> tuple[set[tuple[int, int]], dict[str, Counter]]:
    """The same by dictionaries: pairs, and per key what it brought and dropped."""
    held: dict[int, list[int]] = {}
    for value, row in zip(index.keys.tolist(), index.key_rows.tolist(), strict=True):
        held.setdefault(value, []).append(row)
    people, terms = encode(*tables(accounts), index.terms)
    pairs, counts = set(), {}
    for key in rules.keys:
        tally = counts[key.name] = Counter(pairs=0, hot_values_dropped=0, hot_pairs_dropped=0)
        for swapped in (False, True) if key.swap else (False,):
            rows, values = key_values(Features(people, terms, swapped), key)
            for row, value in zip(rows.tolist(), values.tolist(), strict=True):
                there = held.get(value, [])
                if len(there) > rules.cap:
                    tally.update(hot_values_dropped=1, hot_pairs_dropped=len(there))
                else:
                    tally.update(pairs=len(there))
                    pairs |= {(row, other) for other in there}
    return pairs, counts


def found(accounts: list[Person], index: Index, rules: LinkageRules) -> Candidates:
    return candidates(*encode(*tables(accounts), index.terms), index, rules)


@pytest.mark.parametrize("cap", [500, 12, 3])
def test_candidates_equal_a_plain_join(cap: int, tmp_path: Path) -> None:
    rules = replace(load(), cap=cap)
    index = make_index(crowd(60, 1), tmp_path / "index", rules)
    accounts = crowd(40, 2)
    some = found(accounts, index, rules)
    pairs, counts = plain_join(accounts, index, rules)
    assert list(zip(some.left.tolist(), some.right.tolist(), strict=True)) == sorted(pairs)
    assert some.counts == {name: dict(tally) for name, tally in counts.items()}
    dropped = sum(tally["hot_values_dropped"] for tally in some.counts.values())
    assert (dropped > 0) == (cap < 500)


def test_the_cap_drops_a_hot_value_for_its_key_alone(tmp_path: Path) -> None:
    keys = (Key("phone", ("phone",)), Key("dob", ("dob",)))
    rules = replace(load(), keys=keys, cap=2)
    shared: Person = {"phones": ["+15185550100"]}
    index = make_index([shared, shared, shared | {"dob": "1980-02-03"}, {"phones": ["+15185550101"]}], tmp_path / "i", rules)
    accounts = [shared | {"dob": "1980-02-03"}, shared, {"phones": ["+15185550101"]}]
    some = found(accounts, index, rules)
    assert list(zip(some.left.tolist(), some.right.tolist(), strict=True)) == [(0, 2), (2, 3)]
    assert some.counts["phone"] == {"pairs": 1, "hot_values_dropped": 2, "hot_pairs_dropped": 6}
    assert some.counts["dob"] == {"pairs": 1, "hot_values_dropped": 0, "hot_pairs_dropped": 0}
    wide = found(accounts, index, replace(rules, cap=3))
    assert len(wide.left) == 7


def test_two_addresses_in_one_place_do_not_make_a_value_hot(tmp_path: Path) -> None:
    rules = replace(load(), keys=(Key("zip", ("last", "zip")),), cap=2)
    twice: Person = {"last": "LEE", "addresses": [address("1", "MAIN ST"), address("2", "OAK AVE")]}
    index = make_index([twice, twice], tmp_path / "index", rules)
    some = found([{"last": "LEE", "addresses": [address("9", "ELM ST")]}], index, rules)
    assert some.right.tolist() == [0, 1]


def test_swapped_names_meet_where_the_key_says_so(tmp_path: Path) -> None:
    names = next(key for key in load().keys if key.name == "names")
    rules = replace(load(), keys=(names,))
    index = make_index([{"first": "ADAM", "last": "GRANT"}, {"first": "EVE", "last": "ADAM"}], tmp_path / "index", rules)
    assert found([{"first": "GRANT", "last": "ADAM"}], index, rules).right.tolist() == [0]
    straight = replace(rules, keys=(replace(names, swap=False),))
    assert found([{"first": "GRANT", "last": "ADAM"}], index, straight).right.tolist() == []


def test_nothing_known_brings_nobody(tmp_path: Path) -> None:
    index = make_index(crowd(5, 1), tmp_path / "index")
    some = found([{}, {}], index, load())
    assert len(some.left) == len(some.right) == 0
    assert set(some.counts) == {key.name for key in load().keys}
    nobody = make_index([], tmp_path / "empty")
    assert len(found(crowd(5, 1), nobody, load()).left) == 0
