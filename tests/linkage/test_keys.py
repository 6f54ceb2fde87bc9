"""Sorted keys on disk: the same files however they were cut, hot values replaced by finer ones, and every row found again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skiptrace.kernels.record_keys import PART_NAMES
from skiptrace.kernels.sorted_keys import ROW, probe
from skiptrace.linkage import keys as module
from skiptrace.linkage.keys import SortedKeys, key_values, mapped, open_keys, program_of, refinements_of, sort_keys
from skiptrace.linkage.rules import Key, LinkageRules, load
from skiptrace.linkage.terms import frozen
from tests.linkage.people_tables import Person, address, encoded
from tests.linkage.plain_keys import plain_values


def rules_of(*keys: Key, cap: int = 200) -> LinkageRules:
    return replace(load(), keys=keys, cap=cap)


def values_by_row(people: list[Person], key: Key) -> list[set[int]]:
    found = encoded(people)
    values = key_values(found.records, found.terms.hashes(), program_of(rules_of(key)))
    return [set(values.keys[values.rows == row].tolist()) for row in range(len(people))]


FULL: Person = {
    "first": "ROBERT", "middle": "E", "last": "LEE", "dob": "1980-02-03", "ssn": "123456789", "phones": ["+15185550100"],
    "emails": ["a@example.com"], "addresses": [address("12", "MAIN ST")],
}  # fmt: skip


@pytest.mark.parametrize("part", PART_NAMES)
def test_every_part_has_a_value_on_a_full_person_and_none_on_an_empty_one(part: str) -> None:
    known, unknown = values_by_row([FULL, {}], Key("k", (part,)))
    assert len(known) == 1
    assert unknown == set()


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("first_group", {"first": "BOB"}), ("first_initial", {"first": "RUTH"}), ("first_sound", {"first": "ROBART"}),
        ("last_group", {"last": "LEE"}), ("last_sound", {"last": "LEY"}), ("last_initial", {"last": "LOPEZ"}),
        ("dob_ym", {"dob": "1980-02-28"}), ("dob_md", {"dob": "1999-02-03"}), ("birth_year", {"dob": "1980-12-31"}),
        ("ssn4", {"ssn4": "6789"}), ("last_part", {"last": "GRANT-LEE"}), ("last_part", {"last": "GRANT", "former": ["LEE"]}),
        ("zip", {"addresses": [address("9", "OAK AVE")]}), ("house", {"addresses": [address("12", "OAK AVE", "TROY NY 12180")]}),
        ("zip3", {"addresses": [address("9", "OAK AVE", "COLONIE NY 12205")]}), ("state", {"addresses": [address(None, None, "- NY -")]}),
        ("middle_initial", {"middle": "EDWARD"}),
    ],
)  # fmt: skip
def test_a_wider_part_joins_what_the_narrow_one_keeps_apart(part: str, other: Person) -> None:
    alike = values_by_row([FULL, FULL | {"ssn": None} | other], Key("k", (part,)))
    assert alike[0] & alike[1]
    stranger = values_by_row([FULL, {"first": "ANN", "middle": "Z", "last": "GRANT", "dob": "1955-11-09", "ssn4": "1111",
                                     "addresses": [address("7", "ELM ST", "UTICA OH 43080")]}], Key("k", (part,)))  # fmt: skip
    assert not stranger[0] & stranger[1]


def test_the_same_parts_under_another_key_have_other_values() -> None:
    people: list[Person] = [{"first": "ANN", "last": "LEE"}]
    one, two, turned = (values_by_row(people, Key(name, parts))[0] for name, parts in
                        (("a", ("first", "last")), ("b", ("first", "last")), ("a", ("last", "first"))))  # fmt: skip
    assert len(one | two | turned) == 3


def test_a_name_repeated_is_not_a_name_doubled() -> None:
    key = Key("k", ("first", "last"))
    assert not set.intersection(*values_by_row([{"first": "LEE", "last": "LEE"}, {"first": "ANN", "last": "ANN"}], key))


@pytest.mark.parametrize("parts", [("first", "last"), ("first_group", "last"), ("first_sound", "last_part"), ("first_initial", "last")])
def test_a_swapped_key_finds_a_swapped_name(parts: tuple[str, ...]) -> None:
    right, wrong = {"first": "ADAM", "last": "GRANT"}, {"first": "GRANT", "last": "ADAM"}
    straight = values_by_row([right, wrong], Key("k", parts))
    turned = values_by_row([right, wrong], Key("k", parts, swap=True))
    assert not straight[0] & straight[1]
    assert turned[0] & straight[1]
    assert turned[1] & straight[0]


def test_records_among_themselves_ask_as_they_are_stored() -> None:
    """They read their pairs off the sorted keys, and what is stored is not exchanged."""
    rules = rules_of(Key("a", ("dob", "last"), swap=True, refine=("state",)), Key("b", ("first", "last"), swap=True, among=False))
    assert program_of(rules).swapped.tolist() == [False, True, False, True]
    assert program_of(rules, among=True).swapped.tolist() == program_of(rules, among=True).number.tolist() == [0]
    assert refinements_of(rules, among=True).swapped.tolist() == [False]


def test_refinements_are_the_key_and_one_part_more() -> None:
    rules = rules_of(Key("a", ("phone",)), Key("b", ("first", "last"), True, ("state", "dob")))
    finer = refinements_of(rules)
    assert [[PART_NAMES[part] for part in row if part >= 0] for row in finer.parts] == [
        ["first", "last", "state"], ["first", "last", "state"], ["first", "last", "dob"], ["first", "last", "dob"]]  # fmt: skip
    assert finer.number.tolist() == [1] * 4
    assert finer.swapped.tolist() == [False, True, False, True]
    assert len(set(finer.salts.tolist()) | set(program_of(rules).salts.tolist())) == 4
    assert len(refinements_of(rules_of(Key("a", ("phone",)))).salts) == 0


def test_nobody_and_no_keys_make_no_values() -> None:
    nobody, someone = encoded([]), encoded([FULL])
    rules = rules_of(Key("a", ("phone",)))
    assert len(key_values(nobody.records, nobody.terms.hashes(), program_of(rules)).keys) == 0
    assert len(key_values(someone.records, someone.terms.hashes(), refinements_of(rules)).keys) == 0


# --- sorted on disk -------------------------------------------------------------------------------------------------------

CROWD = [
    {"first": first, "last": last, "dob": dob, "addresses": [address("1", "MAIN ST", place)], "phones": [phone]}
    for first in ("ANN", "BOB", "ROBERT") for last in ("LEE", "GRANT") for dob in ("1980-02-03", "1981-02-03")
    for place in ("ALBANY NY 12207", "FRESNO CA 93701") for phone in ("+15185550100", "+15185550101")
]  # fmt: skip
KEYS = (
    Key("phone", ("phone",)), Key("names", ("first_group", "last"), False, ("state", "birth_year")),
    Key("all", ("first", "last", "dob", "zip")),
)  # fmt: skip


def sort_to(people: list[Person], rules: LinkageRules, folder: Path) -> int:
    folder.mkdir(parents=True)
    found = encoded(people)
    records = folder.parent / f"{folder.name}.records"
    found.records.tofile(records)
    return sort_keys(records, found.terms.hashes(), rules, folder)


def found_by(keys: SortedKeys, values: np.ndarray) -> list[set[int] | None]:
    """The rows of each value, None for a hot one."""
    starts, runs = np.empty(len(values), np.int64), np.empty(len(values), np.int32)
    order = np.arange(len(values), dtype=np.int32)
    probe(values, order, frozen(keys.entries), frozen(keys.prefix), keys.bits, starts, runs)
    rows = np.asarray(keys.entries) & ROW
    return [None if run < 0 else set(rows[start : start + run].tolist()) for start, run in zip(starts.tolist(), runs.tolist(), strict=True)]


@pytest.mark.parametrize("cap", [200, 24, 23, 16, 10, 3, 1])
def test_every_value_finds_its_people_or_is_hot(cap: int, tmp_path: Path) -> None:
    rules = rules_of(*KEYS, cap=cap)
    total = sort_to(CROWD, rules, tmp_path / "sorted")
    people = encoded(CROWD)
    values = key_values(people.records, people.terms.hashes(), program_of(rules))
    keys = open_keys(tmp_path / "sorted", "keys")
    held: dict[int, set[int]] = {}
    for value, row in zip(values.keys.tolist(), values.rows.tolist(), strict=True):
        held.setdefault(value, set()).add(row)
    distinct = np.array(sorted(held), np.uint64)
    wanted = [held[int(value)] for value in distinct]
    assert found_by(keys, distinct) == [None if len(rows) > cap else rows for rows in wanted]
    hot = np.array([value for value, rows in zip(distinct, wanted, strict=True) if len(rows) > cap], np.uint64)
    assert keys.hot_count(hot).tolist() == [len(rows) for rows in wanted if len(rows) > cap]
    assert np.array_equal(keys.hot, np.unique(keys.kept(hot)))
    assert total == len(values.keys)
    assert bool(len(hot)) == (cap < 24), "24 people share a phone"


@pytest.mark.parametrize("cap", [10, 3, 1])
def test_hot_values_are_replaced_by_finer_ones(cap: int, tmp_path: Path) -> None:
    rules = rules_of(*KEYS, cap=cap)
    sort_to(CROWD, rules, tmp_path / "sorted")
    people = encoded(CROWD)
    finer = key_values(people.records, people.terms.hashes(), refinements_of(rules))
    sorted_keys = open_keys(tmp_path / "sorted", "refined")
    shared = Counter(value for person in CROWD for value in plain_values(person, KEYS[1]))
    warm = {row for row, person in enumerate(CROWD) if any(shared[value] > cap for value in plain_values(person, KEYS[1]))}
    held: dict[int, set[int]] = {}
    for value, row in zip(finer.keys.tolist(), finer.rows.tolist(), strict=True):
        if row in warm:
            held.setdefault(value, set()).add(row)
    distinct = np.array(sorted(held), np.uint64)
    assert found_by(sorted_keys, distinct) == [None if len(held[int(value)]) > cap else held[int(value)] for value in distinct]
    assert len(sorted_keys.entries) == sum(1 if len(rows) > cap else len(rows) for rows in held.values())
    assert (0 < len(warm) < len(CROWD)) == (cap == 10), "the family of ROBERT is hot first"


def test_a_key_without_refinements_is_not_refined(tmp_path: Path) -> None:
    sort_to(CROWD, rules_of(KEYS[0], cap=3), tmp_path / "sorted")
    assert len(open_keys(tmp_path / "sorted", "refined").entries) == 0
    assert len(open_keys(tmp_path / "sorted", "keys").hot) == 2


@pytest.mark.parametrize("block", [1, 7, 48])
def test_however_people_are_cut_into_blocks_the_files_are_the_same(block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = rules_of(*KEYS, cap=3)
    sort_to(CROWD, rules, tmp_path / "whole")
    monkeypatch.setattr(module, "BLOCK", block)
    sort_to(CROWD, rules, tmp_path / "cut")
    files = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("whole", "cut")]
    assert files[0] == files[1]
    assert set(files[0]) == {
        f"{name}_{what}" for name in ("keys", "refined") for what in ("entries.bin", "prefix.npy", "hot.npy", "hot_counts.npy")
    }, "nothing of the sorting is left behind"  # fmt: skip


@pytest.mark.parametrize(("size", "bits"), [(0, 8), (10, 8), (2000, 10)])
def test_a_prefix_table_grows_with_the_keys_and_covers_every_entry(size: int, bits: int, tmp_path: Path) -> None:
    people = [{"first": f"N{number}", "phones": [f"+1518{number:07d}"]} for number in range(size)]
    sort_to(people, rules_of(Key("phone", ("phone",)), Key("first", ("first",))), tmp_path / "sorted")
    keys = open_keys(tmp_path / "sorted", "keys")
    assert keys.bits == bits
    assert (np.diff(keys.prefix.astype(np.int64)) >= 0).all()
    assert (keys.prefix[0], keys.prefix[-1], len(keys.entries)) == (0, 2 * size, 2 * size)


def test_only_the_bits_that_an_entry_tells_are_kept_of_a_key() -> None:
    def of_bits(bits: int) -> SortedKeys:
        return SortedKeys(np.zeros(0, np.uint64), np.zeros((1 << bits) + 1, np.uint32), np.zeros(0, np.uint64), np.zeros(0, np.int64))

    every = np.array([(1 << 64) - 1], np.uint64)
    for bits in (8, 16, 20):
        assert of_bits(bits).bits == bits
        assert int(of_bits(bits).kept(every)[0]) == ((1 << (32 + bits)) - 1) << (32 - bits)


def test_a_torn_file_of_keys_is_no_array(tmp_path: Path) -> None:
    sort_to(CROWD, rules_of(*KEYS), tmp_path / "sorted")
    path = tmp_path / "sorted" / "keys_entries.bin"
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ValueError, match="multiple"):
        open_keys(tmp_path / "sorted", "keys")
    path.unlink()
    with pytest.raises(OSError, match="keys_entries"):
        open_keys(tmp_path / "sorted", "keys")


def test_a_raw_file_is_mapped_as_rows_and_an_empty_one_has_none(tmp_path: Path) -> None:
    np.arange(6, dtype=np.int32).tofile(tmp_path / "six")
    (tmp_path / "none").write_bytes(b"")
    assert mapped(tmp_path / "six", np.int32, 3).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert mapped(tmp_path / "none", np.int32, 3).shape == (0, 3)
    assert mapped(tmp_path / "none", np.uint64).shape == (0,)
    with pytest.raises(ValueError, match="reshape"):
        mapped(tmp_path / "six", np.int32, 4)
