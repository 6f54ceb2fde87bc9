"""Decisions: persons compete where they contradict each other, records of one person do not, and order never depends on luck."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.decide import Judged, judge
from skiptrace.linkage.index import Index
from skiptrace.linkage.patterns import weights
from skiptrace.linkage.persons import Entities, alone, entities_of
from skiptrace.linkage.pooling import with_persons
from skiptrace.linkage.rules import LinkageRules, load
from tests.linkage.people_tables import Person, address, compared_only, encoded, make_layers, match_model, plain_model

HOME = {"phones": ["+15185550100"], "addresses": [address("12", "MAIN ST")]}
FATHER: Person = {"first": "JOHN", "last": "LEE", "dob": "1950-03-04", "ssn": "111223333", **HOME}
SON: Person = {"first": "JOHN", "last": "LEE", "dob": "1978-11-20", "ssn": "444556666", **HOME}
WIFE: Person = {"first": "MARY", "last": "LEE", "dob": "1952-07-19", "ssn": "777889999", **HOME}
WORK: Person = {"first": "JACK", "last": "LEE", "dob": "1950-03-04", "ssn": "111223333"}
STRANGER: Person = {"first": "ZOE", "last": "GRANT", "dob": "1990-12-25"}
VAGUE: Person = {"first": "JOHN", "last": "LEE", **HOME}
NAMED: Person = {"first": "JOHN", "last": "LEE"}
FULL: Person = {**FATHER, "middle": "ADAM", "suffix": "SR", "emails": ["john@example.com"]}


def judged(
    accounts: list[Person], index: Index, rules: LinkageRules | None = None, shuffle: int | None = None, entities: Entities | None = None
) -> Judged:  # fmt: skip
    """Every account against every record."""
    rules, entities = rules or load(), entities or alone(len(index))
    prober = Prober(encoded(accounts), index, rules)
    left, right = (side.ravel() for side in np.mgrid[: len(accounts), : len(index)])
    if shuffle is not None:  # the pairs of an account stay together
        order = np.lexsort((np.random.default_rng(shuffle).random(len(left)), left))
        left, right = left[order], right[order]
    patterns = prober.patterns(left, right)
    pooled = with_persons(left, right, patterns, np.ones(len(left), bool), prober, entities, None, len(rules.names))
    return judge(pooled, index, match_model(rules), rules)


def together(*persons: int) -> Entities:
    """Persons by the lowest row of each record's, surely joined."""
    return entities_of(np.array(persons), np.ones(len(persons)))


def odds_of(result: Judged) -> np.ndarray:
    return np.exp2(result.weight)


def test_a_single_record_competes_with_nobody_alone() -> None:
    result = judged([NAMED], compared_only([NAMED]))
    odds = odds_of(result)
    assert result.probability == pytest.approx(odds / (1 + odds), rel=1e-3)
    assert np.isnan(result.margin).all()
    assert result.via.tolist() == [-1]


def test_records_that_contradict_each_other_lower_each_other() -> None:
    """Nothing tells father and son apart on a vague account, so neither may be likelier than not."""
    result = judged([VAGUE], compared_only([FATHER, SON]))
    assert result.probability[0] == pytest.approx(result.probability[1], rel=1e-3)
    assert (result.probability < load().decision["review"]).all()
    assert result.margin == pytest.approx([0.0, 0.0], abs=0.1)


def test_records_that_support_each_other_do_not() -> None:
    apart, both = judged([FATHER], compared_only([FATHER])), judged([FATHER], compared_only([FATHER, WORK]))
    assert both.right.tolist() == [0, 1]
    assert both.probability[0] == pytest.approx(apart.probability[0], rel=1e-3)
    assert (both.probability > load().decision["linked"]).all()
    assert np.isnan(both.margin).all()


def test_the_right_one_wins_and_its_rivals_are_pressed_down() -> None:
    result = judged([FATHER], compared_only([SON, FATHER, WIFE]))
    assert result.right[0] == 1
    assert result.rank.tolist() == [1, 2, 3]
    assert result.probability[0] > load().decision["linked"]
    assert (result.probability[1:] < 0.1).all()


def test_a_stranger_is_unlikely() -> None:
    assert judged([FATHER], compared_only([STRANGER])).probability[0] < 1e-6


def test_a_probability_is_never_rounded_to_one() -> None:
    result = judged([FULL], compared_only([FULL]))
    assert result.weight[0] > 53, "the case must lie where a double would round"
    assert 1 - 1e-12 < result.probability[0] < 1.0


def test_a_pairs_weight_and_pattern_stay_its_own() -> None:
    people, index = [FATHER, NAMED], compared_only([FULL, NAMED, SON])
    for entities in (alone(3), together(0, 0, 2)):
        result = judged(people, index, entities=entities)
        prober = Prober(encoded(people), index, load())
        assert np.array_equal(result.pattern, prober.patterns(result.left, result.right))
        assert result.weight == pytest.approx(weights(plain_model(), result.pattern))


def test_the_records_of_a_person_share_its_weight_and_one_alone_has_its_own() -> None:
    index = compared_only([FATHER, NAMED, SON])
    apart, both = judged([FATHER], index), judged([FATHER], index, entities=together(0, 0, 2))
    assert apart.person_weight == pytest.approx(apart.weight), "the tests' model weighs records and persons alike"
    of = dict(zip(both.right.tolist(), both.person_weight.tolist(), strict=True))
    assert of[0] == of[1] >= apart.weight.max() - 1e-9 > of[2]


def test_rank_goes_by_probability_within_each_account() -> None:
    people = [FATHER, SON, WIFE, WORK, STRANGER, VAGUE]
    result = judged(people[:4], compared_only(people))
    assert result.left.tolist() == sorted(result.left.tolist())
    for account in range(4):
        rows = result.left == account
        assert result.rank[rows].tolist() == list(range(1, 7))
        assert sorted(result.right[rows].tolist()) == list(range(6))
        assert (np.diff(result.probability[rows]) <= 0).all()


def test_a_record_of_a_linked_person_is_linked_through_that_persons_record() -> None:
    """The portfolio knows no number and no birth date: only another record of the person ties the bare one to him."""
    account: Person = {"first": "JOHN", "last": "LEE", "middle": "ADAM", **HOME}
    index = compared_only([FULL, {"first": "J", "last": "LEE", "ssn": "111223333"}])
    apart, bonded = judged([account], index), judged([account], index, entities=together(0, 0))
    linked = load().decision["linked"]
    assert apart.probability[apart.right == 1][0] < linked < bonded.probability[bonded.right == 1][0]
    assert bonded.right.tolist() == [0, 1]
    assert bonded.via.tolist() == [-1, 0]


def test_a_rival_is_not_raised_by_the_person_it_was_joined_to() -> None:
    """A wrong join must not link the son's record: it contradicts the best record of the person it is counted to."""
    result = judged([FATHER], compared_only([FATHER, SON]), entities=together(0, 0))
    assert result.right.tolist() == [0, 1]
    assert result.probability[1] < load().decision["review"]


@pytest.mark.parametrize("entities", [alone(7), together(0, 1, 0, 0, 4, 5, 5)])
def test_ties_and_the_order_of_pairs_change_nothing(entities: Entities) -> None:
    index = compared_only([FATHER, SON, FATHER, FATHER, WIFE, NAMED, NAMED])
    plain = judged([FATHER, VAGUE, NAMED], index, entities=entities)
    assert plain.right[plain.left == 0][:3].tolist() == [0, 2, 3]
    for seed in range(3):
        mixed = judged([FATHER, VAGUE, NAMED], index, shuffle=seed, entities=entities)
        for field in fields(Judged):
            assert np.array_equal(getattr(mixed, field.name), getattr(plain, field.name), equal_nan=field.name == "margin")


def test_an_account_is_judged_alike_alone_and_among_others() -> None:
    index = compared_only([FATHER, SON, WIFE, WORK])
    among, single = judged([STRANGER, VAGUE, SON], index), judged([VAGUE], index)
    rows = among.left == 1
    assert np.array_equal(among.probability[rows], single.probability)
    assert np.array_equal(among.right[rows], single.right)


def test_records_of_several_layers_compete_as_those_of_one(tmp_path: Path) -> None:
    people = [FATHER, SON, WIFE, WORK]
    one = judged([VAGUE, FATHER], compared_only(people))
    several = judged([VAGUE, FATHER], make_layers({"a": people[:1], "b": people[1:3], "c": people[3:]}, tmp_path))
    for field in fields(Judged):
        assert np.array_equal(getattr(one, field.name), getattr(several, field.name), equal_nan=field.name == "margin")


def test_a_contradiction_is_one_from_the_rules_bar_on() -> None:
    peaceful = replace(load(), decision={**load().decision, "contradiction": -999.0})
    assert (judged([VAGUE], compared_only([FATHER, SON]), peaceful).probability > 0.9).all()


def test_no_pairs_are_judged_as_none() -> None:
    result = judged([], compared_only([FATHER]))
    assert {len(getattr(result, field.name)) for field in fields(Judged)} == {0}
