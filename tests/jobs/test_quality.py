from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pyarrow.compute as pc
import pytest

from jobs import counted, quality
from skiptrace.results import latest
from tests.jobs.projects import Finished


def test_figures_are_those_of_the_tables(finished: Finished) -> None:
    run = latest(finished.folder)
    found = quality.measures(counted.of_run(run), run.ledger["counts"], run.ledger["arrivals"], 3)
    assert found == {name: {key: plain[key] for key in plain if key in ("part", "of", "tenths", "newest")}
                     for name, plain in run.ledger["quality"].items()} | {"alerts": {"part": 3, "of": run.rows("accounts")}}  # fmt: skip
    linked = pc.sum(pc.greater(run.table("accounts")["linked_records"], 0)).as_py()
    assert found["match_rate"] == {"part": linked, "of": run.rows("accounts")}
    best = run.table("channels").group_by(["account_id", "channel"]).aggregate([("p_reach", "max")])
    for channel in best["channel"].unique().to_pylist():
        chances = best.filter(pc.equal(best["channel"], channel))["p_reach_max"].to_numpy()
        tenths = np.bincount(np.minimum(np.floor(chances * 10), 9).astype(int), minlength=10)
        assert found[f"reach.{channel}"]["tenths"] == tenths.tolist()
    assert found["fill.portfolio.last"]["of"] == run.rows("accounts")
    assert 0 < found["fill.portfolio.dob"]["part"] < found["fill.portfolio.dob"]["of"]
    assert {name.split(".")[1] for name in found if name.startswith("fill.")} == set(run.ledger["counts"])


def test_a_delivery_that_an_earlier_version_read_has_no_fill(finished: Finished) -> None:
    run = latest(finished.folder)
    counts = {name: {**plain, "filled": {}} for name, plain in run.ledger["counts"].items()}
    assert not [name for name in quality.measures(counted.of_run(run), counts, {}, 0) if name.startswith(("fill.", "fresh."))]


def test_how_new_a_source_is() -> None:
    day = dt.date(2026, 7, 1)
    first = quality.fresh({"newest": "2026-06-20"}, None, day)
    assert first == {"newest": "2026-06-20", "since": "2026-07-01", "moved": False}
    same = quality.fresh({"newest": "2026-06-20"}, first, day + dt.timedelta(days=9))
    assert same == first
    moved = quality.fresh({"newest": "2026-06-25"}, same, day + dt.timedelta(days=10))
    assert moved == {"newest": "2026-06-25", "since": "2026-07-11", "moved": True}
    older = quality.fresh({"newest": "2026-06-01"}, moved, day + dt.timedelta(days=11))
    assert older == moved
    assert quality.fresh({"newest": "2026-06-25"}, moved, day)["since"] == "2026-07-01"  # a day that was made again


def test_the_stability_index_is_that_of_its_formula() -> None:
    before, now = [40, 60], [60, 40]
    a, e = [(count + 0.5) / 101 for count in now], [(count + 0.5) / 101 for count in before]
    assert quality.stability(before, now) == pytest.approx(sum((x - y) * math.log(x / y) for x, y in zip(a, e, strict=True)))
    assert quality.stability(before, before) == 0
    assert quality.stability([100, 0], [0, 100]) > 1


def test_samples_of_one_population_differ_by_chance_alone() -> None:
    draw, share = np.random.default_rng(5), np.array([0.3, 0.2, 0.2, 0.1, 0.1, 0.04, 0.03, 0.02, 0.005, 0.005])
    found = [quality.stability(*(draw.multinomial(n, share).tolist() for n in (2000, 3000))) for _ in range(400)]
    assert np.mean(found) == pytest.approx(quality.by_chance([2000] + [0] * 9, [3000] + [0] * 9), rel=0.15)
