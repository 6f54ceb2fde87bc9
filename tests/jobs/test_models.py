from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobs import models
from skiptrace.linkage import model, rules, train
from skiptrace.plugins import rules_root

LINKAGE = rules.load()
DAY = "2026-06-30"
MANY = train.ENOUGH_PAIRS


def patterns(seed: int = 1) -> np.ndarray:
    drawn = np.random.default_rng(seed).integers(-1, 2, (40, len(LINKAGE.names))).astype(np.int8)
    return np.unique(drawn, axis=0)


def counts(total: int) -> np.ndarray:
    rows = len(patterns())
    found = np.full(rows, total // rows, np.int64)
    found[0] += total - found.sum()
    return found


def read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text())
    return content


def test_a_project_without_a_model_has_no_key(tmp_path: Path) -> None:
    assert models.current_key(tmp_path) is None


def test_the_first_run_trains_and_later_runs_reuse(tmp_path: Path) -> None:
    file = models.fit(tmp_path, "one", patterns(), counts(MANY), DAY)
    content = read(file)
    assert file == models.model_file(tmp_path, "one")
    assert (content["provenance"]["pairs"], content["provenance"]["as_of"]) == (MANY, DAY)
    assert model.from_plain(content, LINKAGE).names == LINKAGE.names
    assert models.current_key(tmp_path) == "one"
    again = models.fit(tmp_path, "one", patterns(), counts(3 * MANY), "2027-01-01")
    assert read(again) == content


def test_a_model_of_another_key_is_another_model(tmp_path: Path) -> None:
    models.fit(tmp_path, "one", patterns(), counts(MANY), DAY)
    models.fit(tmp_path, "two", patterns(), counts(MANY), DAY)
    assert models.current_key(tmp_path) == "two"
    assert models.model_file(tmp_path, "one").is_file()


def test_a_run_over_a_part_does_not_settle_the_model(tmp_path: Path) -> None:
    file = models.fit(tmp_path, "part", patterns(), counts(MANY), DAY, adopt=False)
    assert file.is_file()
    assert models.current_key(tmp_path) is None


def test_too_few_pairs_use_the_shipped_model_and_say_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = train.train(patterns(), counts(MANY), LINKAGE, {"made_of": "a test"}).plain()
    (tmp_path / "rules" / "linkage").mkdir(parents=True)
    (tmp_path / "rules" / "linkage" / "model.json").write_text(json.dumps(shipped))
    monkeypatch.setattr(models, "rules_root", lambda: tmp_path / "rules")
    content = read(models.fit(tmp_path, "few", patterns(), counts(MANY - 1), DAY))
    assert content["comparisons"] == shipped["comparisons"]
    assert content["priors"] == shipped["priors"]
    assert content["provenance"]["made_of"] == "a test"
    assert content["provenance"]["used_because"] == f"{MANY - 1} candidate pairs are too few to learn from"


def test_no_pairs_at_all_use_the_shipped_model(tmp_path: Path) -> None:
    none = np.zeros((0, len(LINKAGE.names)), np.int8)
    content = read(models.fit(tmp_path, "none", none, np.zeros(0, np.int64), DAY))
    assert content["provenance"]["used_because"].startswith("0 candidate pairs")


def test_the_shipped_model_fits_the_comparisons_in_force() -> None:
    content = read(rules_root().joinpath(*models.SHIPPED))
    found = model.from_plain(content, LINKAGE)
    assert found.priors.sum() == pytest.approx(1)
    assert all(np.allclose(table.sum(axis=1), 1) for table in found.levels)


def test_models_are_private(tmp_path: Path) -> None:
    file = models.fit(tmp_path, "one", patterns(), counts(MANY), DAY)
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in file.parent.iterdir()} == {0o600}
