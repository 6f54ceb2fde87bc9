from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.contacts import rules
from skiptrace.contacts.outcomes import STATUS_OF, proofs
from skiptrace.vocabulary import POINT_STATUSES
from tests.contacts.tables import AS_OF, EMAIL, HOME, PHONE, events

RULES = rules.load()
WEIGHT = RULES.outcome


def day(back: int) -> dt.datetime:
    return dt.datetime.combine(AS_OF, dt.time(15), dt.UTC) - dt.timedelta(days=back)


def judged(*told: dict[str, Any], kind: dict[str, Any] = PHONE, account: str = "A1") -> tuple[float, str | None]:
    """(log-odds, status) of one point after these events."""
    points = pa.table({"account_id": [account], "kind": [kind["kind"]], "value": [kind["value"]]})
    odds, status = proofs(points, events(*told), RULES)
    return float(odds[0]), status.to_pylist()[0]


@pytest.mark.parametrize("outcome", sorted(STATUS_OF))
def test_a_proof_gives_its_weight_and_its_status(outcome: str) -> None:
    assert judged({"outcome": outcome}) == (WEIGHT[outcome], STATUS_OF[outcome])
    assert STATUS_OF[outcome] in POINT_STATUSES


@pytest.mark.parametrize("outcome", ["wrong_party", "not_in_service"])
@pytest.mark.parametrize("system", ["five9", "nice_cxone", None])
def test_what_was_proved_wrong_sinks_whatever_system_says_so(outcome: str, system: str | None) -> None:
    odds, status = judged({"outcome": outcome, "system": system})
    assert odds <= -5
    assert status in {"wrong_party", "disconnected"}


@pytest.mark.parametrize(
    ("first", "then"), [("wrong_party", "right_party"), ("right_party", "wrong_party"), ("right_party", "not_in_service")]
)
def test_the_newest_proof_wins(first: str, then: str) -> None:
    told = [{"outcome": first, "occurred_at": day(90)}, {"outcome": then, "occurred_at": day(10)}]
    expected = (WEIGHT[then], STATUS_OF[then])
    assert judged(*told) == expected
    assert judged(*reversed(told)) == expected


def test_of_two_proofs_of_one_moment_the_later_event_wins() -> None:
    told = [{"outcome": "right_party", "event_id": "e1"}, {"outcome": "wrong_party", "event_id": "e2"}]
    assert judged(*told) == judged(*reversed(told)) == (WEIGHT["wrong_party"], "wrong_party")


@pytest.mark.parametrize("outcome", ["voicemail", "conversation"])
def test_a_hint_adds_and_proves_nothing(outcome: str) -> None:
    assert judged({"outcome": outcome}) == (WEIGHT[outcome], None)
    both = judged({"outcome": "right_party", "occurred_at": day(60)}, {"outcome": outcome})
    assert both == (pytest.approx(WEIGHT["right_party"] + WEIGHT[outcome]), "active")


@pytest.mark.parametrize("hint", ["voicemail", "conversation"])
def test_a_hint_does_not_lift_a_dead_number(hint: str) -> None:
    told = [{"outcome": "not_in_service", "occurred_at": day(200)}, {"outcome": hint, "occurred_at": day(1)}]
    assert judged(*told) == (WEIGHT["not_in_service"], "disconnected")


def test_only_the_newest_hint_counts() -> None:
    told = [{"outcome": "conversation", "occurred_at": day(9)}, {"outcome": "voicemail", "occurred_at": day(2)}]
    assert judged(*told) == (WEIGHT["voicemail"], None)


def test_an_outcome_without_a_weight_says_nothing() -> None:
    assert judged({"outcome": "ring_no_answer"}, {"outcome": "opt_out"}) == (0.0, None)


def test_an_event_holds_for_its_own_account_kind_and_value_alone() -> None:
    assert judged({"outcome": "wrong_party"}, account="A2") == (0.0, None)
    assert judged({"outcome": "wrong_party"}, kind=EMAIL) == (0.0, None)
    assert judged({"outcome": "wrong_party", "value": "+12065550100"}) == (0.0, None)
    assert judged({"outcome": "wrong_party", "kind": None, "value": None}) == (0.0, None)
    assert judged({"outcome": "bounced", **EMAIL}, kind=EMAIL) == (WEIGHT["bounced"], "invalid")


def test_points_keep_their_order() -> None:
    points = pa.table(
        {
            "account_id": ["A1", "A1", "A2"],
            "kind": ["phone", "address", "phone"],
            "value": [PHONE["value"], HOME["value"], PHONE["value"]],
        }
    )
    odds, status = proofs(points, events({"outcome": "wrong_party", "account_id": "A2"}), RULES)
    assert odds.tolist() == [0.0, 0.0, WEIGHT["wrong_party"]]
    assert status.to_pylist() == [None, None, "wrong_party"]
    quiet, none = proofs(points, events(), RULES)
    assert (quiet.tolist(), none.to_pylist()) == ([0.0] * 3, [None] * 3)
