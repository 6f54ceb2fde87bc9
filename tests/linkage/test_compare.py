"""Comparison vectors: every level of every comparison is reached by a real case, and text levels equal rapidfuzz."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rapidfuzz.distance import JaroWinkler

from skiptrace.linkage.compare import _COMPARERS, compare
from skiptrace.linkage.rules import load
from skiptrace.normalize import nicknames
from tests.linkage.people_tables import Person, address, make_index, pairs_of

HOME = "ALBANY NY 12207"


def one(name: str, *pairs: tuple[Any, Any, str]) -> list[tuple[str, Person, Person, str]]:
    """Cases of a comparison over one field: its value on both sides (None: not known) and the level expected."""
    field = {"first_name": "first", "last_name": "last", "middle_name": "middle"}.get(name, name)
    return [(name, {field: a}, {field: b}, level) for a, b, level in pairs]


def homes(*pairs: tuple[Any, Any, str]) -> list[tuple[str, Person, Person, str]]:
    return [("address", {"addresses": [address(*a)]}, {"addresses": [address(*b)]}, level) for a, b, level in pairs]


CASES = [
    *one(
        "ssn", ("123456789", "123456789", "same"), ("123456789", "987656789", "last4"), ("123456789", None, "missing"),
        ("123456789", "123456798", "slip"), ("123450012", "123450021", "slip"), ("123456789", "123456780", "slip"),
        ("123456789", "123456987", "different"), ("123456789", "123450000", "different"), (None, None, "missing"),
    ),
    ("ssn", {"ssn": "123456789"}, {"ssn4": "6789"}, "last4"),
    ("ssn", {"ssn4": "0000"}, {"ssn4": "0000"}, "last4"),
    ("ssn", {"ssn4": "0000"}, {"ssn4": "0001"}, "slip"),
    *one(
        "dob", ("1980-02-03", "1980-02-03", "same"), ("1980-02-03", "1980-03-02", "swapped"),
        ("1980-02-03", "1980-02-13", "slip"), ("1980-02-03", "1908-02-03", "slip"), ("1980-02-03", "1981-02-03", "slip"),
        ("1980-02-03", "1980-02-14", "year_month"), ("1980-01-24", "1980-01-01", "year_month"),
        ("1980-07-24", "1980-01-01", "january"), ("1980-01-01", "1980-12-31", "january"),
        ("1980-01-01", "1980-01-01", "same"), ("1980-07-24", "1955-01-01", "different"),
        ("1980-07-24", "1955-07-24", "month_day"), ("1980-07-24", "1980-11-03", "year"),
        ("1980-07-24", "1955-11-03", "different"), ("1980-07-24", None, "missing"),
    ),
    *one(
        "first_name", ("MARTHA", "MARHTA", "close"), ("DWAYNE", "DUANE", "similar"), ("JAMES", "MARY", "different"),
        ("BOB", "ROBERT", "nickname"), ("J", "JAMES", "initial"), ("JAMES", "J", "initial"), ("K", "JAMES", "different"),
        ("JAMES", "JAMES", "same_common"), ("J", "J", "same_common"), (None, "JAMES", "missing"),
        ("JAMES", None, "missing"),
    ),
    ("first_name", {"first": "ADAM", "last": "GRANT"}, {"first": "GRANT", "last": "ADAM"}, "swapped"),
    ("first_name", {"first": "ADAM", "last": "GRANT"}, {"first": "GRANT", "last": "OTHER"}, "different"),
    ("first_name", {"first": "ADAM", "last": "GRANT"}, {"first": "GRANT"}, "different"),
    *one(
        "last_name", ("JOHNSON", "JOHNSEN", "close"), ("PETERSON", "PEDERSEN", "similar"), ("GRANT", "SMITH", "different"),
        ("SMITH-JONES", "JONES", "part"), ("SMITH-JONES", "MILLER-SMITH", "part"), ("DE LA CRUZ", "CRUZ", "part"),
        ("GARCIA LOPEZ", "LOPEZ", "part"), ("SMITH", "SMITH", "same_common"), ("SMITH", None, "missing"),
    ),
    ("last_name", {"last": "GRANT"}, {"last": "SMITH", "former": ["GRANT"]}, "part"),
    ("last_name", {"last": "GRANT", "former": ["SMITH"]}, {"last": "MILLER", "former": ["SMITH"]}, "part"),
    ("last_name", {"first": "ADAM", "last": "GRANT"}, {"first": "GRANT", "last": "ADAM"}, "swapped"),
    *one(
        "middle_name", ("ALICE", "ALICE", "same"), ("A", "ALICE", "initial"), ("ANN", "ALICE", "initial"),
        ("A", "A", "initial"), ("B", "ALICE", "different"), ("A", None, "missing"),
    ),
    *one("suffix", ("JR", "JR", "same"), ("JR", "SR", "different"), ("JR", None, "missing"), ("JR", "XX", "missing")),
    *one(
        "phones", (["+15185550100"], ["+15185550100"], "same"), (["+15185550100"], ["+15185550110"], "slip"),
        (["+15185550123"], ["+15185550132"], "slip"), (["+15185550123"], ["+15185559876"], "area"),
        (["+15185550123"], ["+12125550123"], "different"), ([], ["+15185550123"], "missing"),
        (["+15185550100", "+12125550147"], ["+13035550111", "+12125550147"], "same"),
        (["+15185550100", "+12125550147"], ["+13035550111", "+12125550174"], "slip"),
        (["+15185550100"], ["+13035550111", "+14045550111", "+18085550111", "+15185550100"], "different"),
        (["+447911123456"], ["+357911123456"], "different"), (["+447911123456"], ["+447911123465"], "slip"),
    ),
    *one(
        "emails", (["ann@example.com"], ["ann@example.com"], "same"), (["ann@example.com"], ["ann@example.org"], "user"),
        (["ann@example.com"], ["bob@example.com"], "different"), (["ann@example.com"], [], "missing"),
        (["x@example.com", "ann@example.com"], ["ann@example.com", "y@example.com"], "same"),
    ),
    *homes(
        (("12", "MAIN ST", HOME), ("12", "MAIN ST", HOME), "same"),
        (("12", "MAIN ST", "ALBANY NY 12207"), ("12", "MAIN ST", "ALBANY NY 12210"), "same"),
        (("12", "MAIN ST", "ALBANY NY 12207"), ("12", "MAIN ST", "TROY NY 12207"), "same"),
        (("12", "MAIN ST", "ALBANY - 12207"), ("12", "MAIN ST", "ALBANY NY 12299"), "same"),
        ((None, "PO BOX 9", HOME), (None, "PO BOX 9", HOME), "same"),
        ((None, "PO BOX 9", HOME), (None, "PO BOX 8", HOME), "zip"),
        (("12", "MAIN ST", HOME), ("13", "MAIN ST", HOME), "near"),
        (("12", "MAIN ST", HOME), ("21", "MAIN ST", HOME), "near"),
        (("12", "MAIN ST", HOME), ("12", "MAINE ST", HOME), "near"),
        (("12", "MAIN ST", HOME), ("345", "MAIN ST", HOME), "street"),
        (("12", "MAIN ST", HOME), (None, "MAIN ST", HOME), "street"),
        ((None, "MAIN ST", HOME), (None, "MAIN ST", HOME), "street"),
        (("12", "MAIN ST", HOME), ("12", "OAK AVE", HOME), "zip"),
        ((None, None, HOME), ("12", "OAK AVE", HOME), "zip"),
        (("12", "MAIN ST", HOME), ("9", "OAK AVE", "ALBANY NY 12345"), "area"),
        (("12", "MAIN ST", HOME), ("9", "OAK AVE", "TROY NY 12299"), "area"),
        (("12", "MAIN ST", HOME), ("12", "MAIN ST", "BUFFALO NY 14201"), "state"),
        (("12", "MAIN ST", "SPRINGFIELD IL 62701"), ("12", "MAIN ST", "SPRINGFIELD MA 01103"), "different"),
        (("12", "MAIN ST", HOME), ("12", "MAIN ST", "FRESNO CA 93701"), "different"),
        (("12", "MAIN ST", HOME), (None, None, "ALBANY NY -"), "missing"),
    ),
    (
        "address",
        {"addresses": [address("1", "ELM ST", "FRESNO CA 93701"), address("12", "MAIN ST")]},
        {"addresses": [address("12", "MAIN ST"), address("7", "OAK AVE", "DENVER CO 80202")]},
        "same",
    ),
    ("address", {"addresses": []}, {"addresses": [address("12", "MAIN ST")]}, "missing"),
]  # fmt: skip
CASES = [(name.removesuffix("s") if name in ("phones", "emails") else name, *rest) for name, *rest in CASES]


NAMES = [f"{number}-{name}-{expected}" for number, (name, _, _, expected) in enumerate(CASES)]


@pytest.fixture(scope="module")
def both_ways(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, np.ndarray]:
    """Levels of all cases, record against account and account against record."""
    folder, every = tmp_path_factory.mktemp("cases"), list(range(len(CASES)))
    accounts, records = [case[1] for case in CASES], [case[2] for case in CASES]
    straight = pairs_of(accounts, make_index(records, folder / "records"), every, every)
    turned = pairs_of(records, make_index(accounts, folder / "accounts"), every, every)
    return compare(straight, load()), compare(turned, load())


@pytest.mark.parametrize("number", range(len(CASES)), ids=NAMES)
def test_a_pair_gets_its_level_whichever_side_is_asked(number: int, both_ways: tuple[np.ndarray, np.ndarray]) -> None:
    name, _, _, expected = CASES[number]
    comparison = load().comparison(name)
    for levels in both_ways:
        level = int(levels[number, load().names.index(name)])
        assert ("missing" if level < 0 else comparison.levels[level].name) == expected


FREQUENT = [{"first": first, "last": last} for first, last, times in
            (("JAMES", "SMITH", 6), ("MARY", "MILLER", 3), ("ZELDA", "QUAKENBUSH", 1)) for _ in range(times)]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "band"), [({"first": "JAMES", "last": "SMITH"}, "common"), ({"first": "MARY", "last": "MILLER"}, "medium"),
                         ({"first": "ZELDA", "last": "QUAKENBUSH"}, "rare")],
)  # fmt: skip
def test_agreement_on_a_name_is_graded_by_its_frequency(record: Person, band: str, tmp_path: Path) -> None:
    rules = replace(load(), frequency=(0.6, 0.2))
    index = make_index(FREQUENT, tmp_path / "index", rules)
    levels = compare(pairs_of([record], index, [0], [FREQUENT.index(record)]), rules)
    for name in ("first_name", "last_name"):
        number = int(levels[0, rules.names.index(name)])
        assert rules.comparison(name).levels[number].name == f"same_{band}"


def test_every_level_has_a_case() -> None:
    reached = {(name, level) for name, _, _, level in CASES}
    reached |= {(name, f"same_{band}") for name in ("first_name", "last_name") for band in ("medium", "rare")}
    named = {(comparison.name, level.name) for comparison in load().comparisons for level in comparison.levels}
    assert named | {(name, "missing") for name in load().names} == reached


def test_every_comparison_of_the_rules_is_known() -> None:
    assert set(load().names) == set(_COMPARERS)


def test_name_levels_equal_rapidfuzz_called_directly(tmp_path: Path) -> None:
    names = ["JOHN", "JON", "JOAN", "JOHNNY", "MARIA", "MARIE", "MARY", "MARYANN", "ANNA", "HANNAH", "ANN", "ROBERT",
             "ROBERTA", "RUPERT", "BOB", "STEPHEN", "STEVEN", "STEFAN", "KATHRYN", "CATHERINE", "KATE", "A", "M",
             "LEIGH", "LEE", "SEAN", "SHAWN", "DEAN", "GEOFFREY", "JEFFREY"]  # fmt: skip
    people = [{"first": name, "last": name[::-1] + "SON"} for name in names]
    rules = load()
    index = make_index(people, tmp_path / "index")
    left, right = (side.ravel() for side in np.mgrid[: len(names), : len(names)])
    levels = compare(pairs_of(people, index, list(left), list(right)), rules)

    def grade(a: str, b: str, field: str) -> str:
        """The level that plain calls give, for names that differ and are neither nicknames nor initials."""
        score = np.float32(JaroWinkler.similarity(a, b))
        kind = field.removesuffix("_name")
        bars = (("close", rules.similarity[f"close_{kind}"]), ("similar", rules.similarity[f"similar_{kind}"]))
        return next((name for name, bar in bars if score >= np.float32(bar)), "different")

    for field in ("first_name", "last_name"):
        expected = []
        for i, j in zip(left, right, strict=True):
            a, b = names[i], names[j]
            if a == b:
                expected.append("same_common")
            elif field == "last_name":
                expected.append(grade(people[i]["last"], people[j]["last"], field))
            elif nicknames.compatible(a, b):
                expected.append("nickname")
            elif grade(a, b, field) != "close" and a[0] == b[0] and 1 in (len(a), len(b)):
                expected.append("initial")
            else:
                expected.append(grade(a, b, field))
        found = [rules.comparison(field).levels[level].name for level in levels[:, rules.names.index(field)]]
        assert found == expected
        assert {"close", "similar", "different"} <= set(found)


def test_no_pairs_give_no_levels(tmp_path: Path) -> None:
    index = make_index([{"first": "ANN"}], tmp_path / "index")
    levels = compare(pairs_of([{"first": "ANN"}], index, [], []), load())
    assert (levels.shape, levels.dtype) == ((0, len(load().names)), np.int8)
