"""Accounts of one consumer: a repeat debtor is one, a father and a son are two."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from skiptrace.linkage import candidates, consumers, resolve
from skiptrace.linkage.consumers import same_consumers
from skiptrace.linkage.naming import NOTHING, names
from skiptrace.linkage.rules import load
from skiptrace.schema.working import CONSUMERS
from tests.linkage.people_tables import Person, address, match_model, tables

HOME = {"phones": ["+15185550100"], "addresses": [address("12", "MAIN ST")]}
FATHER: Person = {"id": "f", "first": "JOHN", "last": "LEE", "suffix": "SR", "dob": "1950-03-04", "ssn": "111223333", **HOME}
MOVED: Person = {"id": "m", "first": "JACK", "last": "LEE", "dob": "1950-03-04", "ssn": "111223333"}
SON: Person = {"id": "s", "first": "JOHN", "last": "LEE", "suffix": "JR", "dob": "1978-11-20", "ssn": "444556666", **HOME}
WIFE: Person = {"id": "w", "first": "MARY", "last": "LEE", "dob": "1952-07-19", "ssn": "777889999", **HOME}
VAGUE: Person = {"id": "v", "first": "JOHN", "last": "LEE", **HOME}
STRANGER: Person = {"id": "x", "first": "ZOE", "last": "GRANT", "dob": "1990-12-25"}


def named(people: list[Person], folder: Path) -> pa.Table:
    """CONSUMERS of these accounts, with nothing known before."""
    return names(*same_consumers([tables(people)], match_model(), load(), folder / "scratch"), NOTHING).table


def groups(people: list[Person], folder: Path) -> set[frozenset[str]]:
    """The accounts of each consumer."""
    table = named(people, folder)
    assert table["account_id"].to_pylist() == sorted(person["id"] for person in people)
    found: dict[str, set[str]] = {}
    for account, consumer in zip(table["account_id"].to_pylist(), table["consumer_id"].to_pylist(), strict=True):
        found.setdefault(consumer, set()).add(account)
    return {frozenset(accounts) for accounts in found.values()}


def test_a_repeat_debtor_is_one_consumer(tmp_path: Path) -> None:
    assert groups([FATHER, STRANGER, MOVED], tmp_path) == {frozenset("fm"), frozenset("x")}


def test_father_son_and_wife_stay_apart(tmp_path: Path) -> None:
    assert groups([FATHER, SON, WIFE], tmp_path) == {frozenset("f"), frozenset("s"), frozenset("w")}


def test_a_vague_account_joins_where_only_one_fits(tmp_path: Path) -> None:
    assert groups([FATHER, VAGUE, WIFE], tmp_path) == {frozenset("fv"), frozenset("w")}


def test_a_vague_account_does_not_bridge_father_and_son(tmp_path: Path) -> None:
    assert groups([FATHER, VAGUE, SON], tmp_path) == {frozenset("f"), frozenset("v"), frozenset("s")}


def test_accounts_join_through_one_another(tmp_path: Path) -> None:
    third: Person = {"id": "t", "first": "JACK", "last": "LEE", "ssn": "111223333", "emails": ["john@example.com"]}
    assert groups([VAGUE, MOVED, third, FATHER], tmp_path) == {frozenset("fmtv")}


def test_a_consumer_is_named_after_its_lowest_account_and_never_by_it(tmp_path: Path) -> None:
    plain = named([FATHER, MOVED], tmp_path)
    alone = named([FATHER], tmp_path)
    assert plain["consumer_id"][0] == alone["consumer_id"][0]
    assert plain["consumer_id"][0].as_py().startswith("c-")
    assert len(plain["consumer_id"][0].as_py()) == 18
    assert plain.schema == CONSUMERS.arrow


def test_how_many_accounts_are_compared_at_a_time_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [FATHER, STRANGER, MOVED, WIFE, VAGUE]
    whole = named(people, tmp_path)
    monkeypatch.setattr(resolve, "PAIRS_AT_A_TIME", 2)
    monkeypatch.setattr(candidates, "BLOCK", 2)
    assert named(people, tmp_path).equals(whole)


def test_how_accounts_are_cut_into_parts_changes_nothing(tmp_path: Path) -> None:
    identities, sightings = tables([FATHER, STRANGER, MOVED, WIFE, VAGUE, SON])
    cut = [
        tuple(table.filter(pc.is_in(table["identity"], pa.array(some, pa.int64()))) for table in (identities, sightings))
        for some in ([0, 1], [], [2, 3, 4], [5])
    ]
    whole, parts = (same_consumers(one, match_model(), load(), tmp_path / "scratch") for one in ([(identities, sightings)], cut))
    assert whole[0].equals(parts[0])
    assert whole[1].tolist() == parts[1].tolist() == [0, 1, 0, 3, 4, 5]


def test_no_accounts_are_no_consumers(tmp_path: Path) -> None:
    assert groups([], tmp_path) == set()


def test_the_scratch_folder_is_emptied_whatever_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (scratch / "left over").write_text("x")
    groups([FATHER], tmp_path)
    assert not scratch.exists()

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(consumers, "open_layer", fail)
    with pytest.raises(OSError, match="space"):
        groups([FATHER], tmp_path)
    assert not scratch.exists()
