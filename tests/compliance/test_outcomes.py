"""What answers come to: the strongest effect, every rule, every duty and every step."""

from __future__ import annotations

import numpy as np

from skiptrace.compliance.outcomes import listed, outcome
from skiptrace.rulebook.engine import FALSE, TRUE, UNKNOWN
from skiptrace.rulebook.loading import load
from skiptrace.rulebook.model import Rule

IDS = ["BK-DISMISSED", "REGF-7IN7", "REGF-LCM", "REGF-TIME"]


def rules() -> list[Rule]:
    found = [load().rule(identifier) for identifier in IDS]
    return [rule for rule in found if rule is not None]


def told(*answers: int) -> dict[str, object]:
    return {name: values.to_pylist()[0] for name, values in outcome(np.array([answers], np.int8), rules()).items()}


def test_nothing_permits_and_a_duty_conditions() -> None:
    assert told(FALSE, FALSE, FALSE, FALSE)["decision"] == "permitted"
    assert told(FALSE, FALSE, TRUE, TRUE) == {
        "decision": "conditional", "stopped_by": [], "conditions": ["REGF-LCM", "REGF-TIME"], "steps_required": [],
    }  # fmt: skip


def test_the_strongest_effect_wins_and_all_rules_are_kept() -> None:
    assert told(TRUE, TRUE, TRUE, UNKNOWN) == {
        "decision": "stopped", "stopped_by": ["BK-DISMISSED", "REGF-7IN7", "REGF-TIME"], "conditions": ["REGF-LCM"],
        "steps_required": ["bankruptcy_review"],
    }  # fmt: skip


def test_what_is_not_known_asks_for_its_own_step() -> None:
    assert told(UNKNOWN, UNKNOWN, FALSE, FALSE)["steps_required"] == ["bankruptcy_scrub", "call_history"]


def test_lists_keep_the_order_of_their_names() -> None:
    assert listed(["a", "b"], np.array([[True, True], [False, False], [False, True]])).to_pylist() == [["a", "b"], [], ["b"]]
