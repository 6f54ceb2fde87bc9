from __future__ import annotations

from typing import Any

import pytest

from jobs.explain.records import is_linked, nobody, records
from skiptrace.linkage import rules

RULES = rules.load()
NAMES = RULES.names


def row(**more: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "source": "s",
        "record_id": "r",
        "rank": 1,
        "status": "refused",
        "relation": "unrelated",
        "match_probability": 0.2,
        "match_weight": -2.0,
        "margin": None,
        "via": None,
    }
    base |= {f"level_{name}": -1 for name in NAMES} | {f"weight_{name}": 0.0 for name in NAMES}
    return base | more


def test_the_waterfall_sums_to_the_weight_and_speaks_in_level_sentences() -> None:
    (record,) = records([row(level_dob=0, weight_dob=-5.0, level_phone=3, weight_phone=4.5, match_weight=-1.0)], RULES)
    assert record.prior == pytest.approx(-0.5)
    bars = {bar.comparison: bar for bar in record.bars}
    assert bars["dob"].sentence == RULES.comparison("dob").levels[0].sentence
    assert bars["phone"].sentence == RULES.comparison("phone").levels[3].sentence
    assert bars["ssn"].sentence == RULES.comparison("ssn").missing
    assert "The birth dates differ (-5.0 bits)" in record.verdict


def test_records_come_best_first_and_only_the_same_person_is_linked() -> None:
    found = records([row(rank=2), row(rank=1, status="linked", relation="same", match_probability=0.97)], RULES)
    assert [record.rank for record in found] == [1, 2]
    assert [is_linked(record) for record in found] == [True, False]
    assert nobody(found, [], RULES) == ()


def test_a_rival_is_told_with_its_distance() -> None:
    (lost,) = records([row(margin=-4.5)], RULES)
    assert "Another person of the reference, who cannot be this one, fits better by 4.5 bits." in lost.verdict
    (review,) = records([row(status="review", relation="same", margin=2.0, match_probability=0.7)], RULES)
    assert "fits less well by 2.0 bits" in review.verdict
    (alike,) = records([row(margin=0.01)], RULES)
    assert "fits just as well" in alike.verdict
    (far,) = records([row(margin=30.0)], RULES)
    assert "Another person" not in far.verdict
    assert "person to judge" in review.verdict


def test_where_nothing_speaks_against_a_pair_too_little_speaks_for_it() -> None:
    (record,) = records([row()], RULES)
    assert "Too little speaks for it" in record.verdict


def test_a_comparison_that_the_rules_no_longer_have_is_told_all_the_same() -> None:
    (record,) = records([row(level_fax=1, weight_fax=1.0)], RULES)
    assert [bar.sentence for bar in record.bars if bar.comparison == "fax"] == [
        "fax: level 1 of rules that are no longer in force."
    ]


def test_what_would_help_is_what_is_missing() -> None:
    found = records([row(level_dob=7, weight_dob=3.0, level_email=2, weight_email=5.0)], RULES)
    text = " ".join(nobody(found, ["phone"], RULES))
    assert "a phone" in text
    assert "social security number" in text
    assert "birth date" not in text
    assert "a middle name" in text


def test_a_candidate_in_review_is_for_a_person_to_settle() -> None:
    found = records([row(status="review", relation="same", match_probability=0.7)], RULES)
    assert nobody(found, [], RULES)[-1] == "A person may settle it: compare record r of s with the account's file."


def test_kinds_that_the_portfolio_brings_are_not_called_lacking() -> None:
    text = " ".join(nobody((), ["address", "email"], RULES))
    assert "brings no usable phone for this account" in text
    assert "usable address" not in text


def test_a_pair_that_lost_to_a_rival_alone_says_so() -> None:
    """What speaks against the pair is not why it was refused: without the rival it would be linked."""
    (lost,) = records([row(match_weight=9.0, person_weight=9.0, margin=-2.0, level_dob=0, weight_dob=-5.0)], RULES)
    assert "By itself it would be linked." in lost.verdict
    assert "Most against it" not in lost.verdict
    assert "By itself it would be linked. Another person of the reference" in " ".join(nobody([lost], [], RULES))


def test_a_record_that_may_not_belong_to_its_person_says_so() -> None:
    (apart,) = records([row(match_weight=-2.0, person_weight=15.0, via="r7", match_probability=0.3)], RULES)
    assert "Its person is linked, but this record does not surely belong to that person." in apart.verdict


def test_the_person_is_told_where_it_matters() -> None:
    alone, more, bridged, less, hopeless = records([
        row(rank=1, match_weight=8.0, person_weight=8.0), row(rank=2, match_weight=8.0, person_weight=11.5),
        row(rank=3, match_weight=2.0, person_weight=11.5, via="r7", margin=3.0), row(rank=4, match_weight=5.0, person_weight=1.0),
        row(rank=5, match_weight=-9.0, person_weight=-14.0),
    ], RULES)  # fmt: skip
    assert (alone.person, hopeless.person) == ("", "")
    assert more.person == (
        "All records of this person together weigh +11.5 bits, this one alone +8.0. The probability rests on the +11.5 bits."
    )
    assert "Record r7 ties it to the account" in bridged.person
    assert "(+11.5 bits, less what the strongest rival takes)" in bridged.person
    assert less.person.startswith("Weighed with all that the reference knows of this person it is only +1.0 bits.")


def test_a_run_without_the_weight_of_persons_is_read_all_the_same() -> None:
    (record,) = records([row()], RULES)
    assert record.person_weight == record.match_weight == -2.0


def test_what_another_record_of_the_person_has_is_not_missing() -> None:
    found = records([row(rank=1, person_weight=1.0), row(rank=2, person_weight=1.0, level_dob=7, weight_dob=3.0)], RULES)
    assert "a birth date" not in " ".join(nobody(found, [], RULES))


def test_why_nobody_was_met_is_told_in_short_sentences() -> None:
    found = nobody((), ["address", "phone", "email"], RULES)
    assert found[0].startswith("Nobody was linked because no reference record agrees")
    assert "A record is compared when it shares" in found[1]
    assert max(map(len, found)) < 320
