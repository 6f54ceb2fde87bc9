"""Decisions: contradicting records compete, supporting ones do not, and order never depends on luck."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from skiptrace.linkage.compare import compare
from skiptrace.linkage.decide import Judged, judge, weigh_pairs
from skiptrace.linkage.index import Index
from skiptrace.linkage.model import weigh
from skiptrace.linkage.persons import Entities, alone
from skiptrace.linkage.rules import LinkageRules, load
from skiptrace.vocabulary import LINK_STATUSES, RELATIONS
from tests.linkage.people_tables import Person, address, make_index, pairs_of, plain_model

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
    accounts: list[Person],
    index: Index,
    rules: LinkageRules | None = None,
    shuffle: int | None = None,
    entities: Entities | None = None,
) -> Judged:
    """Every account against every record."""
    rules = rules or load()
    left, right = (side.ravel() for side in np.mgrid[: len(accounts), : len(index.people)])
    if shuffle is not None:
        order = np.random.default_rng(shuffle).permutation(len(left))
        left, right = left[order], right[order]
    levels = compare(pairs_of(accounts, index, list(left), list(right)), rules)
    return judge(left, right, levels, index, plain_model(rules), rules, entities or alone(len(index.people)))


def odds_of(result: Judged) -> np.ndarray:
    return np.exp2(result.weight)


def test_a_single_record_competes_with_nobody_alone(tmp_path: Path) -> None:
    result = judged([FATHER], make_index([WORK], tmp_path / "index"))
    odds = odds_of(result)
    assert result.probability == pytest.approx(odds / (1 + odds))
    assert np.isnan(result.margin).all()
    assert (LINK_STATUSES[result.status[0]], RELATIONS[result.relation[0]]) == ("linked", "same")


def test_records_that_contradict_each_other_lower_each_other(tmp_path: Path) -> None:
    """Nothing tells father and son apart on a vague account, so neither may be linked."""
    result = judged([VAGUE], make_index([FATHER, SON], tmp_path / "index"))
    mine, rival = odds_of(result)
    assert result.probability == pytest.approx([mine / (1 + mine + rival), rival / (1 + rival + mine)])
    assert (result.probability < 0.5).all()
    assert result.margin == pytest.approx([0.0, 0.0])
    assert [LINK_STATUSES[code] for code in result.status] == ["refused", "refused"]


def test_records_that_support_each_other_do_not(tmp_path: Path) -> None:
    together = judged([FATHER], make_index([FATHER, WORK], tmp_path / "both"))
    assert together.right.tolist() == [0, 1]
    odds = odds_of(together)
    assert together.probability == pytest.approx(odds / (1 + odds))
    assert [LINK_STATUSES[code] for code in together.status] == ["linked", "linked"]


def test_the_right_one_wins_and_its_rival_is_pressed_down(tmp_path: Path) -> None:
    result = judged([FATHER], make_index([SON, FATHER, WIFE], tmp_path / "index"))
    assert result.right.tolist() == [1, 0, 2]
    assert result.rank.tolist() == [1, 2, 3]
    assert [LINK_STATUSES[code] for code in result.status] == ["linked", "refused", "refused"]
    assert [RELATIONS[code] for code in result.relation] == ["same", "household", "household"]
    assert result.margin[1] != 0


def test_a_stranger_is_unrelated(tmp_path: Path) -> None:
    result = judged([FATHER], make_index([STRANGER], tmp_path / "index"))
    assert (RELATIONS[result.relation[0]], LINK_STATUSES[result.status[0]]) == ("unrelated", "refused")
    assert result.probability[0] < 1e-6


def test_a_probability_is_never_rounded_to_one(tmp_path: Path) -> None:
    result = judged([FULL], make_index([FULL], tmp_path / "index"))
    assert result.weight[0] > 53, "the case must lie where a double would round"
    assert 1 - 1e-12 < result.probability[0] < 1.0


def test_statuses_change_exactly_at_the_thresholds(tmp_path: Path) -> None:
    index = make_index([NAMED], tmp_path / "index")
    at = float(judged([NAMED], index).probability[0])
    above = float(np.nextafter(at, 1))
    bars = load().decision

    def told(**change: float) -> tuple[str, str]:
        result = judged([NAMED], index, replace(load(), decision={**bars, **change}))
        return LINK_STATUSES[result.status[0]], RELATIONS[result.relation[0]]

    assert told(linked=at, review=0.1) == ("linked", "same")
    assert told(linked=above, review=at) == ("review", "same")
    assert told(linked=above, review=above) == ("refused", "unrelated")


def test_rank_goes_by_probability_within_each_account(tmp_path: Path) -> None:
    people = [FATHER, SON, WIFE, WORK, STRANGER, VAGUE]
    result = judged(people[:4], make_index(people, tmp_path / "index"))
    assert result.left.tolist() == sorted(result.left.tolist())
    for account in range(4):
        rows = result.left == account
        assert result.rank[rows].tolist() == list(range(1, 7))
        assert (np.diff(result.probability[rows]) <= 0).all()
        assert result.weight[rows][0] == result.weight[rows].max()


def test_a_record_of_a_linked_person_is_linked_through_that_persons_record(tmp_path: Path) -> None:
    """The portfolio knows no number and no birth date: only another record of the person ties the bare one to him."""
    account: Person = {"first": "JOHN", "last": "LEE", "middle": "ADAM", **HOME}
    bare: Person = {"first": "J", "last": "LEE", "ssn": "111223333"}
    index = make_index([FULL, bare], tmp_path / "index")
    apart = judged([account], index)
    bonded = Entities(np.zeros(2, np.int64), np.array([0.995, 0.995]))
    together = judged([account], index, entities=bonded)
    assert LINK_STATUSES[apart.status[apart.right == 1][0]] != "linked"
    assert LINK_STATUSES[together.status[together.right == 1][0]] == "linked"
    assert together.via.tolist() == [-1, 0]
    assert together.probability[1] == pytest.approx(together.probability[0] * 0.995)
    assert np.array_equal(together.weight, apart.weight)


def test_a_record_that_differs_from_the_account_is_lent_half(tmp_path: Path) -> None:
    index = make_index([FULL, {"first": "MARY", "last": "LEE"}], tmp_path / "index")
    peaceful = replace(load(), decision={**load().decision, "contradiction": -99.0})
    together = judged([FULL], index, peaceful, entities=Entities(np.zeros(2, np.int64), np.ones(2)))
    assert together.via.tolist() == [-1, 0]
    assert together.probability[1] == pytest.approx(0.5 * together.probability[0])
    assert LINK_STATUSES[together.status[1]] != "linked"


def test_a_rival_of_the_leading_record_is_never_raised(tmp_path: Path) -> None:
    index = make_index([FATHER, SON], tmp_path / "index")
    together = judged([FATHER], index, entities=Entities(np.zeros(2, np.int64), np.ones(2)))
    assert together.probability[1] < 1e-4
    assert together.via.tolist() == [-1, -1]


def test_ties_and_the_order_of_pairs_change_nothing(tmp_path: Path) -> None:
    people = [FATHER, SON, FATHER, FATHER, WIFE, NAMED, NAMED]
    index = make_index(people, tmp_path / "index")
    plain = judged([FATHER, VAGUE, NAMED], index)
    assert plain.right[plain.left == 0][:3].tolist() == [0, 2, 3]
    for seed in range(3):
        mixed = judged([FATHER, VAGUE, NAMED], index, shuffle=seed)
        for field in fields(Judged):
            assert np.array_equal(getattr(mixed, field.name), getattr(plain, field.name), equal_nan=field.name == "margin")


def test_an_account_is_judged_alike_alone_and_among_others(tmp_path: Path) -> None:
    index = make_index([FATHER, SON, WIFE, WORK], tmp_path / "index")
    among, alone = judged([STRANGER, VAGUE, SON], index), judged([VAGUE], index)
    rows = among.left == 1
    assert np.array_equal(among.probability[rows], alone.probability)
    assert np.array_equal(among.right[rows], alone.right)


def test_no_pairs_are_judged_as_none(tmp_path: Path) -> None:
    result = judged([], make_index([FATHER], tmp_path / "index"))
    assert {len(getattr(result, field.name)) for field in fields(Judged)} == {0}


def test_each_pattern_is_weighed_once_and_given_to_its_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def counted(model, patterns):  # type: ignore[no-untyped-def]
        seen.append(len(patterns))
        return weigh(model, patterns)

    monkeypatch.setattr("skiptrace.linkage.decide.weigh", counted)
    sizes = [len(comparison.levels) for comparison in load().comparisons]
    high, low = [size - 1 for size in sizes], [0] * len(sizes)
    levels = np.array([high, low, high, high], np.int8)
    weight, parts, posterior = weigh_pairs(plain_model(), levels)
    assert seen == [2]
    straight = weigh(plain_model(), levels)
    assert np.array_equal(weight, straight.weight)
    assert np.array_equal(parts, straight.parts)
    assert np.array_equal(posterior, straight.posterior)
