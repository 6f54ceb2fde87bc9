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


def counts(total: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Patterns that occur so often in all."""
    rows = patterns(seed)
    found = np.full(len(rows), total // len(rows), np.int64)
    found[0] += total - found.sum()
    return rows, found


def nothing() -> tuple[np.ndarray, np.ndarray]:
    return np.zeros((0, len(LINKAGE.names)), np.int8), np.zeros(0, np.int64)


def refused() -> tuple[np.ndarray, np.ndarray]:
    pytest.fail("nothing was to be counted")


def read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text())
    return content


def fitted(private: Path, key: str, pairs: int = MANY, persons: int = MANY) -> Path:
    """A model learned from so many pairs of accounts with records and with persons."""
    first = models.fit_records(private, key, lambda: counts(pairs), lambda: counts(MANY, 2), DAY)
    return models.fit(private, key, first, lambda: counts(persons, 3), DAY)


def test_a_project_without_a_model_has_no_key(tmp_path: Path) -> None:
    assert models.current_key(tmp_path) is None


def test_a_model_is_learned_in_two_steps_and_each_says_from_what(tmp_path: Path) -> None:
    file = fitted(tmp_path, "one", MANY, MANY + 1)
    content = read(file)
    assert file == models.model_file(tmp_path, "one")
    told = {part: content[part]["provenance"] for part in ("records", "reference", "persons")}
    assert {part: (one["pairs"], one["as_of"]) for part, one in told.items()} == {
        "records": (MANY, DAY), "reference": (MANY, DAY), "persons": (MANY + 1, DAY)}  # fmt: skip
    assert model.from_plain(content, LINKAGE).records.names == LINKAGE.names
    assert content["persons"]["priors"] != content["records"]["priors"] != content["reference"]["priors"]


def test_the_first_step_is_kept_and_read_without_the_second(tmp_path: Path) -> None:
    first = models.fit_records(tmp_path, "one", lambda: counts(MANY), lambda: counts(MANY, 2), DAY)
    assert first == models.first_file(tmp_path, "one")
    records, reference = model.records_from_plain(read(first), LINKAGE)
    assert all(np.array_equal(a, b) for a, b in zip(records.levels, reference.levels, strict=True))
    assert models.fit_records(tmp_path, "one", refused, refused, DAY) == first


def test_later_runs_reuse_the_model(tmp_path: Path) -> None:
    file = fitted(tmp_path, "one")
    content = file.read_bytes()
    assert models.fit(tmp_path, "one", models.first_file(tmp_path, "one"), refused, "2027-01-01") == file
    assert file.read_bytes() == content


def test_persons_are_kept_under_what_two_records_weigh_whichever_file_tells_it(tmp_path: Path) -> None:
    one, two, other = fitted(tmp_path, "one"), fitted(tmp_path, "two", persons=MANY + 9), fitted(tmp_path, "three", pairs=MANY + 9)
    key = models.content_key(one)
    assert models.content_key(models.first_file(tmp_path, "one")) == key
    assert models.content_key(two) == key, "what a person weighs changes no person"
    assert models.content_key(other) != key


def test_a_model_is_that_of_later_runs_only_where_it_is_adopted(tmp_path: Path) -> None:
    for key in ("one", "two"):
        fitted(tmp_path, key)
    assert models.current_key(tmp_path) is None
    models.adopt(tmp_path, "one")
    models.adopt(tmp_path, "two")
    assert models.current_key(tmp_path) == "two"
    assert models.model_file(tmp_path, "one").is_file()


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A shipped model of the test's own."""
    parts = [train.train(*counts(MANY, seed), LINKAGE, {"made_of": "a test"}) for seed in (4, 5)]
    content = model.MatchModel(parts[0], train.fit_priors(parts[0], *counts(MANY, 6), {"made_of": "a test"}), parts[1]).plain()
    (tmp_path / "rules" / "linkage").mkdir(parents=True)
    (tmp_path / "rules" / "linkage" / "model.json").write_text(json.dumps(content))
    monkeypatch.setattr(models, "rules_root", lambda: tmp_path / "rules")
    return content


def test_too_few_pairs_use_the_shipped_model_and_say_why(tmp_path: Path, shipped: dict[str, Any]) -> None:
    content = read(fitted(tmp_path, "few", MANY - 1, MANY - 2))
    for part, seen in (("records", MANY - 1), ("reference", MANY - 1), ("persons", MANY - 2)):
        assert content[part]["priors"] == shipped[part]["priors"]
        assert content[part].get("comparisons") == shipped[part].get("comparisons")
        assert content[part]["provenance"]["made_of"] == "a test"
        assert content[part]["provenance"]["used_because"] == f"{seen} candidate pairs are too few to learn from"


def test_each_step_uses_the_shipped_model_on_its_own(tmp_path: Path, shipped: dict[str, Any]) -> None:
    content = read(fitted(tmp_path, "half", MANY, 0))
    assert content["records"]["priors"] != shipped["records"]["priors"]
    assert content["persons"]["priors"] == shipped["persons"]["priors"]


def test_the_shipped_model_is_made_without_a_shipped_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "shipped", lambda: pytest.fail("it is not there yet"))
    first = models.fit_records(tmp_path, "own", lambda: counts(50), lambda: counts(50, 2), DAY, unaided=True)
    content = read(models.fit(tmp_path, "own", first, lambda: counts(50, 3), DAY, unaided=True))
    assert [content[part]["provenance"]["pairs"] for part in ("records", "reference", "persons")] == [50] * 3
    assert "used_because" not in str(content)


def test_no_pairs_at_all_use_the_shipped_model(tmp_path: Path) -> None:
    first = models.fit_records(tmp_path, "none", nothing, nothing, DAY)
    content = read(models.fit(tmp_path, "none", first, nothing, DAY))
    assert content["records"]["provenance"]["used_because"].startswith("0 candidate pairs")
    assert model.from_plain(content, LINKAGE).persons.priors.sum() == pytest.approx(1)


def test_the_shipped_model_fits_the_comparisons_in_force() -> None:
    found = model.from_plain(read(rules_root().joinpath(*models.SHIPPED)), LINKAGE)
    for part in (found.records, found.reference, found.persons):
        assert part.priors.sum() == pytest.approx(1)
        assert all(np.allclose(table.sum(axis=1), 1) for table in part.levels)
        assert all((table > 0).all() for table in part.levels)


def test_models_are_private(tmp_path: Path) -> None:
    file = fitted(tmp_path, "one")
    models.adopt(tmp_path, "one")
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in file.parent.iterdir()} == {0o600}
    assert len(list(file.parent.iterdir())) == 3


def test_persons_start_from_what_was_learned_on_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Classes keep their meaning: started elsewhere, EM may put strangers into the class of the same person."""
    starts: list[Any] = []
    real = train.train

    def watched(*given: Any) -> model.Model:
        starts.append(given[6] if len(given) > 6 else None)
        return real(*given)

    monkeypatch.setattr(train, "train", watched)
    file = fitted(tmp_path, "one")
    learned, _ = model.records_from_plain(read(file), LINKAGE)
    assert starts[0] is None
    assert all(np.array_equal(mine, theirs) for mine, theirs in zip(starts[1].levels, learned.levels, strict=True))
