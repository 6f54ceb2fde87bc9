from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.evaluation import Evaluation, Truth, evaluate
from jobs.evaluation.measures import calibration, score
from skiptrace.results import latest
from tests.jobs.published import ADDRESS, publish

# The run accepts header-1 for 0001, header-4 and voter-2 for 0004, header-5 for 0005; it refuses voter-1 and header-2.
PAIRS = [
    ("0001", "header", "header-1"),
    ("0001", "voter", "voter-1"),
    ("0002", "header", "header-2"),
    ("0004", "voter", "voter-2"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "project"
    publish(folder)
    return folder


def measured(project: Path, pairs: list[tuple[str, str, str]], sample: bool = False, home: str = "") -> Evaluation:
    columns = list(zip(*pairs, strict=True))
    table = pa.table(
        {
            name: pa.array(values, pa.string())
            for name, values in zip(("account_id", "source", "record_id"), columns, strict=True)
        }
    )
    addresses = pa.table(
        {
            "account_id": pa.array(["0001"] if home else [], pa.string()),
            "address": pa.array([home] if home else [], pa.string()),
        }
    )
    return evaluate(latest(project), Truth(table, pa.array(sorted({pair[0] for pair in pairs})), addresses, 0), sample)


def test_pairs_accounts_and_sources_are_scored(project: Path) -> None:
    found = measured(project, PAIRS)
    assert (found.accounts_of_run, found.accounts_judged, found.accounts_unknown_to_run) == (5, 5, 0)
    assert found.pairs == score(4, 4, 2)
    # 0001's best accepted record is true; 0004's best is header-4, which is not; 0005 is linked and known to be nowhere
    assert found.accounts == score(3, 3, 1)
    assert found.by_source == {"header": score(3, 2, 1), "voter": score(1, 2, 1)}


def test_a_sample_judges_named_accounts_alone(project: Path) -> None:
    found = measured(project, [*PAIRS, ("7777", "header", "h")], sample=True)
    assert (found.accounts_judged, found.accounts_unknown_to_run) == (3, 1)
    assert found.accounts == score(2, 3, 1)
    assert found.pairs == score(3, 4, 2)


def test_a_lower_bar_accepts_more(project: Path) -> None:
    found = measured(project, PAIRS)
    by_bar = {row.probability: row for row in found.thresholds}
    assert by_bar[0.5].pairs == score(4, 4, 2)
    assert by_bar[0.999].accounts == score(1, 3, 1)


def test_the_first_ranked_address_is_compared_where_one_is_known(project: Path) -> None:
    assert measured(project, PAIRS).current_address is None
    right, wrong = (
        measured(project, PAIRS, home=ADDRESS).current_address,
        measured(project, PAIRS, home="1 X ST").current_address,
    )
    assert right is not None
    assert wrong is not None
    assert (right.known, right.found, right.share) == (1, 1, 1.0)
    assert (wrong.known, wrong.found, wrong.share) == (1, 0, 0.0)


def test_nothing_to_divide_is_no_number() -> None:
    assert (score(0, 0, 0).precision, score(0, 0, 0).recall, score(0, 0, 0).f1) == (None, None, None)
    assert score(0, 3, 0).f1 == 0.0
    assert calibration(np.zeros(0), np.zeros(0, bool)).ece is None


def test_a_probability_that_keeps_its_word_has_no_calibration_error() -> None:
    p = np.repeat([0.25, 0.75], 40)
    good = np.tile([True, False, False, False], 10).tolist() + np.tile([True, True, True, False], 10).tolist()
    found = calibration(p, np.array(good))
    assert found.ece == pytest.approx(0.0)
    assert found.brier == pytest.approx(0.1875)
    assert calibration(np.full(10, 0.9), np.zeros(10, bool)).ece == pytest.approx(0.9)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1, max_size=60))
def test_the_order_of_pairs_does_not_matter(pairs: list[tuple[float, bool]]) -> None:
    def of(rows: list[tuple[float, bool]]) -> tuple[float | None, float | None]:
        found = calibration(np.array([p for p, _ in rows]), np.array([good for _, good in rows]))
        return found.ece, found.brier

    assert of(pairs) == pytest.approx(of(pairs[::-1]))
