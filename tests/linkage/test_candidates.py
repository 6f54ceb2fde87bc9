"""Candidate pairs equal all pairs that agree on all parts of a key, and what each key brought and dropped is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skiptrace.kernels.record_levels import CLAIMS
from skiptrace.linkage import candidates as module
from skiptrace.linkage.candidates import Prober, level_table
from skiptrace.linkage.index import Index
from skiptrace.linkage.patterns import unpack
from skiptrace.linkage.rules import Key, LinkageRules, load
from tests.linkage.people_tables import Person, address, encoded, levels_of, make_index, make_layers
from tests.linkage.plain_keys import plain_values

Pairs = list[tuple[int, int]]


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
            "phones": [one_of("+15185550100", "+15185550101", "+12125550100")], "middle": one_of("A", "B", None),
            "addresses": [address(str(draw.integers(1, 5)), str(one_of("MAIN ST", "OAK AVE"))), address("7", "ELM ST", "TROY - 12180")],
        }  # fmt: skip
        people.append(person)
    return people


def shared(key: Key, part: str | None, mine: list[Person], theirs: list[Person], cap: int) -> set[tuple[int, int]]:
    """Pairs that agree on a key and, where it is given, one part more; values of more than `cap` records are left out."""
    held: dict[tuple[str, ...], set[int]] = {}
    finer = key if part is None else Key(key.name, (*key.parts, part), key.swap)
    for row, person in enumerate(theirs):
        for value in plain_values(person, replace(finer, swap=False)):
            held.setdefault(value, set()).add(row)
    return {
        (row, other) for row, person in enumerate(mine) for value in plain_values(person, finer) if len(held.get(value, ())) <= cap
        for other in held.get(value, ())
    }  # fmt: skip


def cap_of(key: Key, rules: LinkageRules) -> int:
    """How many records may share a value of a key."""
    return rules.narrow_cap if key.narrow else rules.cap


def brute(mine: list[Person], theirs: list[Person], rules: LinkageRules) -> set[tuple[int, int]]:
    """All pairs that agree on all parts of a key, or, where a value is hot, on the key and a part of its refinements."""
    out: set[tuple[int, int]] = set()
    for key in rules.keys:
        cap = cap_of(key, rules)
        pairs = shared(key, None, mine, theirs, cap)
        out |= pairs
        stored = replace(key, swap=False)
        count = Counter(value for person in theirs for value in plain_values(person, stored))
        hot = {value for value, size in count.items() if size > cap}
        sides = ((mine, key), (theirs, stored))
        warm = [[row for row, person in enumerate(people) if plain_values(person, asked) & hot] for people, asked in sides]
        for part in key.refine:
            finer = shared(key, part, [mine[row] for row in warm[0]], [theirs[row] for row in warm[1]], cap)
            out |= {(warm[0][row], warm[1][other]) for row, other in finer}
    return out


def found(mine: list[Person], index: Index, rules: LinkageRules, **given: Any) -> Pairs:
    """The pairs of all blocks, none of them twice, grouped by the probing person."""
    skip = given.pop("skip", None)
    pairs: Pairs = []
    for block in Prober(encoded(mine), index, rules, skip).blocks(**given):
        pairs += zip(block.left.tolist(), block.right.tolist(), strict=True)
    assert len(pairs) == len(set(pairs))
    return pairs


FINER = ("state", "birth_year", "middle_initial")
REFINED = tuple(replace(key, refine=FINER) if key.name in ("names", "phone", "address_last") else key for key in load().keys)
CAPS = [500, 12, 6, 3]


@pytest.mark.parametrize("cap", CAPS)
def test_candidates_equal_all_pairs_that_agree_on_a_key(cap: int, tmp_path: Path) -> None:
    rules = replace(load(), keys=REFINED, cap=cap, narrow_cap=max(cap // 2, 1))
    mine, theirs = crowd(40, 2), crowd(60, 1)
    assert set(found(mine, make_index(theirs, tmp_path / "index", rules), rules)) == brute(mine, theirs, rules)


def test_a_lower_cap_brings_fewer_pairs_and_refinements_bring_some_back(tmp_path: Path) -> None:
    mine, theirs = crowd(40, 2), crowd(60, 1)
    sizes = []
    for cap in CAPS:
        for keys in (REFINED, tuple(replace(key, refine=()) for key in REFINED)):
            sizes.append(len(brute(mine, theirs, replace(load(), keys=keys, cap=cap, narrow_cap=cap))))
    assert sizes[0] == sizes[1] > sizes[2] > sizes[3]
    assert sizes[4] > sizes[5]
    assert len(found(mine, make_index(theirs, tmp_path / "index"), load())) > 0


@pytest.mark.parametrize("cap", [500, 6])
def test_several_layers_bring_the_pairs_of_each(cap: int, tmp_path: Path) -> None:
    rules, mine = replace(load(), keys=REFINED, cap=cap), crowd(30, 2)
    parts = {"a": crowd(25, 3), "b": [], "c": crowd(20, 4)}
    starts = zip(parts.values(), (0, 25, 25), strict=True)
    wanted = {(row, other + base) for people, base in starts for row, other in brute(mine, people, rules)}
    pairs = found(mine, make_layers(parts, tmp_path, rules), rules)
    assert set(pairs) == wanted
    assert [row for row, _ in pairs] == sorted(row for row, _ in pairs), "grouped by the probing person across layers"


def test_however_people_are_cut_into_blocks_the_pairs_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules, mine = replace(load(), keys=REFINED, cap=6), crowd(30, 2)
    index = make_layers({"a": crowd(25, 3), "b": crowd(20, 4)}, tmp_path, rules)
    whole, blocking = found(mine, index, rules), []
    for block in (1, 7, 4096):
        monkeypatch.setattr(module, "BLOCK", block)
        assert found(mine, index, rules) == whole
        prober = Prober(encoded(mine), index, rules)
        assert sum(len(one.left) for one in prober.blocks()) == len(whole)
        blocking.append(prober.blocking.plain())
    assert blocking[0] == blocking[1] == blocking[2]


@pytest.mark.parametrize("block", [3, 4096])
def test_only_the_layers_from_one_on_are_probed(block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    mine, index = crowd(30, 2), make_layers({"a": crowd(25, 3), "b": [], "c": crowd(20, 4)}, tmp_path, load())
    whole = found(mine, index, load())
    assert found(mine, index, load(), from_layer=1) == [pair for pair in whole if pair[1] >= 25]
    assert found(mine, index, load(), from_layer=3) == []


def test_who_is_skipped_for_a_layer_brings_nothing_from_it(tmp_path: Path) -> None:
    rules, mine = replace(load(), keys=REFINED, cap=6), crowd(30, 2)
    index = make_layers({"a": crowd(25, 3), "b": crowd(20, 4)}, tmp_path, rules)
    skip = np.random.default_rng(5).random((30, 2)) < 0.5
    wanted = [(row, other) for row, other in found(mine, index, rules) if not skip[row, 0 if other < 25 else 1]]
    assert found(mine, index, rules, skip=skip) == wanted
    prober = Prober(encoded(mine), index, rules, np.ones((30, 2), bool))
    assert sum(len(block.left) for block in prober.blocks()) == 0
    assert all(value == 0 for counts in prober.blocking.plain().values() for value in counts.values())


PHONE: Person = {"phones": ["+15185550100"]}


def test_a_hot_value_is_dropped_for_its_key_alone_and_counted(tmp_path: Path) -> None:
    rules = replace(load(), keys=(Key("phone", ("phone",), refine=("dob",)), Key("dob", ("dob",))), cap=2)
    born, other = PHONE | {"dob": "1980-02-03"}, {"phones": ["+15185550101"]}
    index = make_index([PHONE, PHONE, born, other], tmp_path / "index", rules)
    prober = Prober(encoded([born, PHONE, other]), index, rules)
    pairs = [pair for block in prober.blocks() for pair in zip(block.left.tolist(), block.right.tolist(), strict=True)]
    assert pairs == [(0, 2), (2, 3)]
    assert prober.blocking.plain() == {
        "phone": {"pairs": 1, "hot_values_dropped": 2, "hot_pairs_dropped": 6, "refined_pairs": 1},
        "dob": {"pairs": 1, "hot_values_dropped": 0, "hot_pairs_dropped": 0, "refined_pairs": 0},
    }
    wide = replace(rules, cap=3)
    assert len(found([born, PHONE, other], make_index([PHONE, PHONE, born, other], tmp_path / "wide", wide), wide)) == 7


@pytest.mark.parametrize("cap", [500, 6])
def test_what_a_key_brought_and_dropped_is_counted_over_the_layers(cap: int, tmp_path: Path) -> None:
    keys = tuple(replace(key, swap=False, refine=()) for key in load().keys)
    rules, mine, parts = replace(load(), keys=keys, cap=cap), crowd(30, 2), {"a": crowd(25, 3), "b": crowd(20, 4)}
    prober = Prober(encoded(mine), make_layers(parts, tmp_path, rules), rules)
    for _ in prober.blocks():
        pass
    wanted = {key.name: Counter(pairs=0, hot_values_dropped=0, hot_pairs_dropped=0, refined_pairs=0) for key in keys}
    for key in keys:
        for theirs in parts.values():
            held = Counter(value for person in theirs for value in plain_values(person, key))
            for size in (held[value] for person in mine for value in plain_values(person, key)):
                is_hot = size > cap_of(key, rules)
                wanted[key.name].update({"hot_values_dropped": 1, "hot_pairs_dropped": size} if is_hot else {"pairs": size})
    assert prober.blocking.plain() == {name: dict(counts) for name, counts in wanted.items()}
    hot = {key.name for key in keys if not key.narrow and wanted[key.name]["hot_pairs_dropped"]}
    assert bool(hot) == (cap == 6)


def test_of_a_narrow_key_fewer_records_may_share_a_value(tmp_path: Path) -> None:
    keys = (Key("wide", ("phone",)), Key("tight", ("last",), narrow=True, refine=("first",)))
    rules = replace(load(), keys=keys, cap=3, narrow_cap=1)
    theirs: list[Person] = [
        PHONE | {"first": "ANN"}, PHONE | {"first": "BOB"}, {"last": "LEE", "first": "ANN"}, {"last": "LEE", "first": "BOB"},
        {"last": "ROE"},
    ]  # fmt: skip
    index = make_index(theirs, tmp_path / "index", rules)
    mine: list[Person] = [PHONE | {"last": "ROE"}, {"last": "LEE"}, {"last": "LEE", "first": "BOB"}]
    assert found(mine, index, rules) == [(0, 0), (0, 1), (0, 4), (2, 3)]


def test_two_addresses_in_one_place_do_not_make_a_value_hot(tmp_path: Path) -> None:
    rules = replace(load(), keys=(Key("zip", ("last", "zip")),), cap=2)
    twice: Person = {"last": "LEE", "addresses": [address("1", "MAIN ST"), address("2", "OAK AVE")]}
    index = make_index([twice, twice], tmp_path / "index", rules)
    assert found([{"last": "LEE", "addresses": [address("9", "ELM ST")]}], index, rules) == [(0, 0), (0, 1)]


def test_swapped_names_meet_where_the_key_says_so(tmp_path: Path) -> None:
    names = next(key for key in load().keys if key.name == "names")
    people: list[Person] = [{"first": "ADAM", "last": "GRANT"}, {"first": "EVE", "last": "ADAM"}]
    for swap, wanted in ((True, [(0, 0)]), (False, [])):
        rules = replace(load(), keys=(replace(names, swap=swap),))
        assert found([{"first": "GRANT", "last": "ADAM"}], make_index(people, tmp_path / str(swap), rules), rules) == wanted


def test_nothing_known_brings_nobody(tmp_path: Path) -> None:
    prober = Prober(encoded([{}, {}]), make_index(crowd(5, 1), tmp_path / "index"), load())
    assert sum(len(block.left) for block in prober.blocks()) == 0
    assert set(prober.blocking.plain()) == {key.name for key in load().keys}
    assert found(crowd(5, 1), make_index([], tmp_path / "empty"), load()) == []
    assert found([], make_index(crowd(5, 1), tmp_path / "again"), load()) == []


def test_a_pairs_pattern_is_that_of_its_levels(tmp_path: Path) -> None:
    mine, theirs = crowd(20, 2), crowd(25, 3)
    index = make_layers({"a": theirs[:10], "b": theirs[10:]}, tmp_path)
    prober = Prober(encoded(mine), index, load())
    for block in prober.blocks():
        assert len(block.left) > 20
        assert np.array_equal(prober.patterns(block.left, block.right), block.pattern)
        assert np.array_equal(unpack(block.pattern, len(load().names)), levels_of(mine, index, block.left, block.right))
        turned = np.random.default_rng(1).permutation(len(block.left))
        assert np.array_equal(prober.patterns(block.left[turned], block.right[turned]), block.pattern[turned])


def test_the_level_table_numbers_claims_as_the_rules_do() -> None:
    table = level_table(load())
    for row, comparison in enumerate(load().comparisons):
        claims = CLAIMS[comparison.name]
        assert table[row, 0] == 0
        assert [comparison.levels[level - 1].name for level in table[row, 1 : len(claims) + 1]] == list(claims)
        assert not table[row, len(claims) + 1 :].any()
