from __future__ import annotations

from typing import Any

from jobs.explain.model import Record
from jobs.explain.records import records
from jobs.explain.runner_up import runner_up
from tests.jobs.explain.test_records import RULES, row


def found(*rows: dict[str, Any]) -> tuple[Record, ...]:
    return records([row(rank=rank, record_id=f"r{rank}", **one) for rank, one in enumerate(rows, start=1)], RULES)


LINKED = {"status": "linked", "relation": "same", "match_probability": 0.99, "match_weight": 12.0, "person_weight": 12.0}
WINNER = {**LINKED, "level_dob": 7, "weight_dob": 9.0, "level_phone": 3, "weight_phone": 5.0}


def test_the_distance_and_the_comparisons_that_made_it_are_told() -> None:
    other = {"match_weight": -2.0, "person_weight": -2.0, "level_dob": 0, "weight_dob": -4.0, "level_phone": 3, "weight_phone": 4.0}
    first, decided = runner_up(found(WINNER, other))
    assert first == "The runner-up, record r2 of s, weighs 14.0 bits less than the linked record r1 of s."
    agree, differ = (RULES.comparison("dob").levels[level].sentence for level in (7, 0))
    assert decided.startswith(f"What decided it: dob +13.0 bits (linked: {agree} Runner-up: {differ})")
    assert "phone +1.0 bits (both: A phone agrees. It adds less" in decided


def test_what_speaks_for_the_runner_up_is_told_too() -> None:
    other = {"match_weight": 3.0, "person_weight": 3.0, "level_email": 4, "weight_email": 6.0}
    text = " ".join(runner_up(found(WINNER, other)))
    assert "For the runner-up: email -6.0 bits (linked: One side has no e-mail address. Runner-up: An e-mail address agrees.)" in text


def test_records_of_the_linked_person_are_no_runner_up() -> None:
    assert runner_up(found(WINNER, {"match_weight": -5.0, "person_weight": 12.0})) == ()


def test_without_a_link_or_another_there_is_none() -> None:
    assert runner_up(found(WINNER)) == ()
    assert runner_up(found({"person_weight": 1.0}, {"person_weight": 0.0})) == ()
    assert runner_up(()) == ()


def test_the_best_other_person_is_the_runner_up_whatever_its_rank() -> None:
    near, far = ({"match_weight": weight, "person_weight": weight} for weight in (1.0, -9.0))
    assert "record r3 of s" in runner_up(found(WINNER, far, near))[0]


def test_where_whole_persons_decide_it_says_so() -> None:
    lead = {**LINKED, "match_weight": 2.0, "person_weight": 9.0}
    (better,) = runner_up(found(lead, {"match_weight": 5.0, "person_weight": 1.0}))
    assert "weighs 3.0 bits more than the linked record r1 of s alone" in better
    assert "all records of the linked person together weigh 8.0 bits more" in better
    (worse,) = runner_up(found(lead, {"match_weight": 1.0, "person_weight": -1.0}))
    assert "weighs 1.0 bit less than the linked record r1 of s" in worse
    assert worse.endswith("; with all their records, the two persons are 10.0 bits apart.")


def test_a_runner_up_that_was_reached_through_a_record_names_it() -> None:
    told = runner_up(found(WINNER, {"match_weight": -2.0, "person_weight": -2.0, "via": "r9"}))
    assert told[1] == "It was considered because of record r9 of the same person."
