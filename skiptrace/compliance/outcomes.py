"""What answers come to: the strongest effect wins, and every rule that acted, every duty and every step is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from skiptrace.rulebook.engine import TRUE, UNKNOWN, Answers
from skiptrace.rulebook.model import Rule

Truths = npt.NDArray[np.bool_]


def outcome(answers: Answers, rules: Sequence[Rule]) -> dict[str, pa.Array]:
    """decision, stopped_by, conditions and steps_required for each row of answers (rows, rules); `rules` sorted by id.

    A rule that stops, or asks for a step that is not done, stops the use; an unknown answer does what its rule says of it."""
    true, unknown = answers == TRUE, answers == UNKNOWN
    stops = unknown | (true & np.array([rule.effect != "condition" for rule in rules], bool))
    duties = true & np.array([rule.effect == "condition" for rule in rules], bool)
    steps = sorted({step for rule in rules for step in (rule.step_of(True), rule.step_of(None)) if step})
    wanted = np.zeros((len(answers), len(steps)), bool)
    for number, step in enumerate(steps):
        for truth, outcome_ in ((true, True), (unknown, None)):
            asks = [place for place, rule in enumerate(rules) if rule.step_of(outcome_) == step]
            wanted[:, number] |= truth[:, asks].any(axis=1)
    words = np.where(stops.any(axis=1), 2, np.where(duties.any(axis=1), 1, 0)).astype(np.int8)
    ids = [rule.id for rule in rules]
    return {
        "decision": pa.DictionaryArray.from_arrays(pa.array(words), pa.array(["permitted", "conditional", "stopped"])).cast(pa.string()),
        "stopped_by": listed(ids, stops),
        "conditions": listed(ids, duties),
        "steps_required": listed(steps, wanted),
    }


def listed(names: Sequence[str], chosen: Truths) -> pa.Array:
    """For each row of `chosen` (rows, names) the list of the names that are true in it, in the order of `names`."""
    places = np.nonzero(chosen)[1].astype(np.int32)
    offsets = np.concatenate([[0], np.cumsum(chosen.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(names, pa.string()).take(pa.array(places)))
