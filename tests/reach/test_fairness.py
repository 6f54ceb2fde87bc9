from __future__ import annotations

import pyarrow as pa

from skiptrace.reach import fairness
from skiptrace.reach.lessons import COVERED, LESSONS
from skiptrace.reach.scorecards import load

FORBIDDEN = ("race", "ethnic", "sex", "gender", "age", "dob", "birth", "name", "surname", "language", "religion")


def test_no_feature_is_a_trait_of_a_person() -> None:
    for card in load():
        for feature in card.module.FEATURES:
            assert not any(word in feature.split("_") for word in FORBIDDEN), feature
    assert not any(word in name.split("_") for name in (*LESSONS.names, *COVERED.names) for word in FORBIDDEN)


def test_nothing_judged_gives_no_group() -> None:
    assert fairness.report(LESSONS.empty(), pa.array([], pa.float64()).to_numpy(), pa.array([], pa.int8()).to_numpy(), COVERED.empty(),
                           "voice") == {"area": [], "debt_years": []}  # fmt: skip
