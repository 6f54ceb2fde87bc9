"""Measures of linkage on tables whose figures are known by hand, and what the bench says where nothing can be measured."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.bench import linkage, linkage_measure, linkage_projects
from tests.bench.linkage_truth import Tops, judge, load_truth


def _links(*rows: tuple[str, str, float, str]) -> pa.Table:
    """Links of account and record with a probability and a status, the better ones first within an account."""
    names = ("account_id", "record_id", "match_probability", "status")
    found = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    more = {"source": "reference", "rank": 1, "match_weight": 0.0, "relation": "same"}
    return pa.table({**found, **{name: [value] * len(rows) for name, value in more.items()}})


def _truth(folder: Path) -> Path:
    """Three accounts: the person of the first has two records, of the second one, of the third none."""
    pq.write_table(pa.table({"account_id": ["a", "b", "c"]}), folder / "portfolio.parquet")
    pq.write_table(pa.table({"account_id": ["a", "a", "b"], "record_id": ["1", "2", "3"]}), folder / "truth.parquet")
    return folder


def test_pairs_and_accounts_are_judged(tmp_path: Path) -> None:
    truth = load_truth(_truth(tmp_path))
    assert (truth.true_pairs, truth.matchable.tolist()) == (3, [True, True, False])
    links = _links(("a", "1", 0.9, "linked"), ("a", "3", 0.95, "review"), ("b", "3", 0.8, "linked"), ("c", "2", 0.7, "linked"))
    judged = judge(links, truth)
    assert judged.tops.score.tolist() == [0.95, 0.8, 0.7]
    assert judged.tops.right.tolist() == [False, True, False]
    assert linkage_measure.linked_pair_f1(judged) == pytest.approx(2 * 2 / (3 + 3))
    assert linkage_measure.true_pairs_present(judged) == pytest.approx(2 / 3)
    assert linkage_measure.account_curve(judged.tops).best_f1() == pytest.approx(2 * 1 / (2 + 2))


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    truth = load_truth(_truth(tmp_path))
    rows = [("a", "3", 0.9, "linked"), ("a", "1", 0.9, "linked"), ("b", "3", 0.9, "linked")]
    tops = [judge(_links(*order), truth).tops.right.tolist() for order in (rows, rows[::-1])]
    assert tops[0] == tops[1]


def test_equal_scores_stand_or_fall_together() -> None:
    curve = linkage_measure.curve(np.array([0.9, 0.9, 0.5, -np.inf]), np.array([True, False, True, False]), 3)
    assert (curve.made.tolist(), curve.hits.tolist()) == ([2, 3], [1, 2])
    assert curve.recall_at(0.6) == pytest.approx(2 / 3)
    assert curve.recall_at(0.99) == 0
    assert (curve.threshold_at(0.3), curve.threshold_at(1.0)) == (0.9, None)


def test_false_links_of_absent_people_are_counted_at_a_recall() -> None:
    tops = Tops(np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, False]), np.array([True, False, True, False]))
    assert [linkage_measure.absent_false(tops, recall) for recall in (0.5, 1.0)] == [0, 1]


def test_calibration_leaves_hopeless_pairs_out() -> None:
    p, good = np.array([0.01, 0.5, 0.5, 1.0]), np.array([True, True, False, True])
    assert linkage_measure.calibration_error(p, good) == pytest.approx(0)
    assert linkage_measure.calibration_error(p, ~good) == pytest.approx(1 / 3)
    assert linkage_measure.calibration_error(p[:1], good[:1]) is None


def test_drawing_finds_what_a_plain_loop_finds() -> None:
    chance = np.random.default_rng(1)
    score, right = chance.random(200).round(2), chance.random(200) < 0.8
    score[chance.random(200) < 0.1] = -np.inf
    ours, peer = Tops(score, right, chance.random(200) < 0.9), Tops(chance.random(200), right, np.ones(200, bool))
    counts = np.concatenate(list(linkage_measure._drawn(200, 30, seed=3)))
    for tops in (ours, peer):
        plain = []
        for row in counts:
            rows = np.repeat(np.arange(200), row)
            plain.append(linkage_measure.curve(tops.score[rows], tops.right[rows], int(tops.matchable[rows].sum())).best_f1())
        assert linkage_measure._Sorted(tops).best_f1(counts).tolist() == pytest.approx(plain)
    gain = linkage_measure.f1_gain(ours, peer, draws=50)
    assert gain.low <= gain.high
    assert linkage_measure.f1_gain(ours, ours, draws=50) == linkage_measure.Gain(0, 0, 0)


def test_a_set_of_one_side_is_split(tmp_path: Path) -> None:
    place = tmp_path / "linkage"
    place.mkdir()
    rows = {"unique_id": ["1", "2", "3", "4"], "first_name": ["ann", "an", "bo", " "], "surname": ["roe"] * 4, "dob": ["1990-01-02"] * 4}
    more = {"city": ["x"] * 4, "email": [""] * 4, "cluster": ["p", "p", "q", "p"]}
    pq.write_table(pa.table({**rows, **more}), place / "splink_fake_1000.parquet")
    folder = tmp_path / "made"
    assert linkage_projects.make_public({"DATA": str(tmp_path)}, "splink_fake_1000", folder) == ""
    assert [len(pq.read_table(folder / f"{name}.parquet")) for name in ("portfolio", "reference", "truth")] == [2, 2, 2]
    truth = load_truth(folder)
    assert (truth.true_pairs, int(truth.matchable.sum())) == (2, 1)
    assert "email" in (folder / "skiptrace.toml").read_text()


def test_without_data_every_figure_is_null_with_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    figures = linkage.main(["--only", "quality,febrl,speed,big"], {})
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["bench"] == "linkage"
    assert len(last["figures"]) == len(figures) > 60
    assert all(figure["value"] is None and figure["reason"] for figure in last["figures"].values())
    assert last["figures"]["pooled.error"]["reason"] == "DATA is not set"
    assert last["figures"]["pseudopeople_20k.peer_f1"]["reason"] == "PEER is not set"
    assert last["figures"]["big_1000000x10000000.f1"]["reason"] == "BIG=1 not given"


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(SystemExit):
        linkage.main(["--only", "nothing"], {})
