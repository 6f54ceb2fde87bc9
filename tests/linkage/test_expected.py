"""Expected recall: what accounts bring is counted, the share that reaches the bar is right, and it is the same every time."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from skiptrace.linkage import expected
from skiptrace.linkage.expected import FIELDS, VECTORS, add, brought, counts, expected_recall
from skiptrace.linkage.model import CLASSES, MatchModel, Model, from_plain, weigh
from skiptrace.linkage.patterns import pack
from skiptrace.linkage.rules import load
from skiptrace.plugins import rules_root
from skiptrace.store.commit import read_json
from tests.linkage.people_tables import Person, address, encoded
from tests.linkage.test_links import judged

RULES = load()
SHIPPED = from_plain(read_json(rules_root() / "linkage" / "model.json"), RULES)
PEOPLE: list[tuple[Person, str]] = [
    ({"first": "ANN", "last": "LEE"}, ""),
    ({"first": "ANN", "last": "LEE", "ssn": "111223333"}, "ssn"),
    ({"first": "ANN", "last": "LEE", "ssn4": "0000"}, "ssn"),
    ({"first": "ANN", "last": "LEE", "dob": "1960-01-02"}, "dob"),
    ({"first": "ANN", "last": "LEE", "phones": ["+15185550100"]}, "phone"),
    ({"first": "ANN", "last": "LEE", "emails": ["ann@example.com"]}, "email"),
    ({"first": "ANN", "last": "LEE", "addresses": [address("12", "MAIN ST")]}, "address"),
    ({"first": "ANN", "last": "LEE", "dob": "1960-01-02", "phones": ["+15185550100"], "middle": "B"}, "dob+phone"),
]


def counted(*combinations: tuple[str, int], linked: int = 0, **compared: int) -> dict[str, dict[str, int]]:
    """What `add` gives for accounts that bring these fields; `linked` of them with every field, of whom so many show it."""
    names = RULES.names
    return {
        "accounts": dict(combinations), "linked": dict.fromkeys(names, linked), "compared": dict.fromkeys(names, linked) | compared,
    }  # fmt: skip


@pytest.mark.parametrize(("person", "fields"), PEOPLE)
def test_what_an_account_brings_is_read_from_its_encoded_record(person: Person, fields: str) -> None:
    (row,) = brought(encoded([person]).records)
    assert "+".join(itertools.compress(FIELDS, row)) == fields


def test_counts_are_of_accounts_and_of_what_their_linked_records_show() -> None:
    people = [person for person, _ in PEOPLE]
    levels = np.full((4, len(RULES.names)), -1, np.int8)
    levels[:3, RULES.names.index("dob")] = 0
    levels[2, RULES.names.index("phone")] = 3
    bar = RULES.decision["linked"]
    # account 3 (dob) and 7 (dob and phone) are linked, 7 twice; account 4 is not
    found = counts(encoded(people).records, judged([(3, 0, bar), (7, 1, bar), (7, 2, 0.99), (4, 3, 0.5)], levels), RULES)
    assert found["accounts"] == {"": 1, "ssn": 2, "dob": 1, "phone": 1, "email": 1, "address": 1, "dob+phone": 1}
    assert {name: found["linked"][name] for name in ("dob", "phone", "email", "middle_name")} == {
        "dob": 2, "phone": 1, "email": 0, "middle_name": 2}  # fmt: skip
    assert {name: found["compared"][name] for name in ("dob", "phone", "middle_name")} == {"dob": 2, "phone": 1, "middle_name": 0}


def test_counts_of_partitions_add_up() -> None:
    assert add([]) == {"accounts": {}, "linked": {}, "compared": {}}
    found = add([counted(("dob", 2), linked=3), counted(("dob", 1), ("", 4), linked=2)])
    assert found["accounts"] == {"dob": 3, "": 4}
    assert set(found["linked"].values()) == {5}


def small(*priors: float) -> tuple[MatchModel, Any]:
    """A model of the strong comparisons alone, small enough to enumerate."""
    names = ("ssn", "dob", "phone")
    rules = replace(RULES, comparisons=tuple(RULES.comparison(name) for name in names))

    def some(model: Model) -> Model:
        return Model(np.array(priors), tuple(model.levels[model.names.index(name)] for name in names), names, {})

    return MatchModel(some(SHIPPED.records), some(SHIPPED.reference), some(SHIPPED.persons)), rules


def test_the_share_that_reaches_the_bar_is_that_of_an_enumeration() -> None:
    model, rules = small(0.02, 0.3, 0.3, 0.38)
    has = {"ssn": 0.6, "dob": 0.8, "phone": 1.0}
    given: dict[str, dict[str, int]] = {"accounts": {"ssn+dob+phone": 1}, "linked": dict.fromkeys(has, 100), "compared": {}}
    given["compared"] = {name: int(100 * share) for name, share in has.items()}
    same = [table[CLASSES.index("same")] for table in model.persons.levels]
    shares = [[1 - has[name], *(has[name] * table)] for name, table in zip(has, same, strict=True)]
    vectors = np.array(list(itertools.product(*(range(-1, len(table)) for table in same))), np.int8)
    chance = np.array([np.prod(found) for found in itertools.product(*shares)])
    share = rules.person["together"]
    weight = share * weigh(model.persons, vectors).weight + (1 - share) * weigh(model.records, vectors).weight
    exact = chance[weight >= np.log2(9)].sum()
    assert 0.05 < exact < 0.95, "the case must tell something"
    assert expected_recall(model, rules, given)["by_fields"][0]["recall"] == pytest.approx(exact, abs=0.004)


def test_more_fields_make_more_recall() -> None:
    chain = ["", "address", "dob+address", "dob+phone+address", "ssn+dob+phone+address", "ssn+dob+phone+email+address"]
    found = expected_recall(SHIPPED, RULES, counted(*((fields, 10 - at) for at, fields in enumerate(chain))))
    recall = [row["recall"] for row in found["by_fields"]]
    assert recall == sorted(recall)
    assert recall[0] < 0.5 < 0.95 < recall[-1] <= 1


def test_the_whole_is_weighed_by_accounts_and_the_commonest_comes_first() -> None:
    found = expected_recall(SHIPPED, RULES, counted(("", 1), ("dob+phone", 3), ("ssn", 3)))
    rows = found["by_fields"]
    assert [row["fields"] for row in rows] == [["ssn"], ["dob", "phone"], []]
    assert found["recall"] == pytest.approx(sum(row["recall"] * row["accounts"] for row in rows) / 7, abs=1e-4)
    assert expected_recall(SHIPPED, RULES, add([]))["recall"] is None


def test_a_field_that_the_reference_lacks_helps_nobody() -> None:
    often = expected_recall(SHIPPED, RULES, counted(("dob", 9), linked=100))
    never = expected_recall(SHIPPED, RULES, counted(("dob", 9), linked=100, dob=0))
    none = expected_recall(SHIPPED, RULES, counted(("", 9), linked=100, dob=0))
    assert never["has"]["dob"] == 0.0
    assert never["recall"] == pytest.approx(none["recall"], abs=1e-9)
    assert often["recall"] > never["recall"] + 0.1


def test_where_few_were_linked_every_person_is_taken_to_have_the_field() -> None:
    few = expected_recall(SHIPPED, RULES, counted(("dob", 9), linked=expected.FEW - 1, dob=0))
    assert set(few["has"].values()) == {None}
    assert few["recall"] == expected_recall(SHIPPED, RULES, counted(("dob", 9), linked=100))["recall"]
    assert few["leaves_out"] == ["blocking", "rivals"]


def test_it_is_the_same_every_time_and_quick() -> None:
    given = counted(*(("+".join(fields), 1) for size in range(6) for fields in itertools.combinations(FIELDS, size)))
    expected_recall(SHIPPED, RULES, given)
    begun = time.process_time()
    once = expected_recall(SHIPPED, RULES, given)
    assert time.process_time() - begun < 1.0
    assert len(once["by_fields"]) == 32
    assert expected_recall(SHIPPED, RULES, given) == once


def test_the_points_fill_every_side_evenly() -> None:
    points = expected._even(VECTORS, 9)
    assert ((points >= 0) & (points < 1)).all()
    for one, other in itertools.combinations(range(9), 2):
        cells, *_ = np.histogram2d(points[:, one], points[:, other], bins=8, range=[[0, 1], [0, 1]])
        assert np.abs(cells / VECTORS - 1 / 64).max() < 0.002
    assert len(np.unique(pack((points * 15).astype(np.int8)))) > VECTORS * 0.9
