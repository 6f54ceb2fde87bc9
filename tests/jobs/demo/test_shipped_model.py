"""The shipped match model fits the comparisons in force, and can be made again from generated people."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.demo.shipped_model import ship
from skiptrace.linkage import model, rules
from skiptrace.plugins import rules_root
from skiptrace.store.commit import read_json


def test_the_shipped_model_fits_the_comparisons_and_converged() -> None:
    content = read_json(rules_root() / "linkage" / "model.json")
    whole = model.from_plain(content, rules.load())
    same, other = model.CLASSES.index("same"), model.CLASSES.index("other")
    ssn = rules.load().comparison("ssn").level("last4")
    for fitted in (whole.records, whole.persons):
        assert fitted.provenance["converged"] is True
        assert "generated demo population" in fitted.provenance["trained_on"]
        assert fitted.provenance["rules"] == rules.load().hash, "the linkage rules changed: make shipped-model"
        table = fitted.levels[fitted.names.index("ssn")]
        assert table[same, ssn] > table[other, ssn]
    assert whole.reference.provenance["converged"] is True


@pytest.mark.slow
def test_it_is_made_from_generated_people(tmp_path: Path) -> None:
    target = tmp_path / "model.json"
    provenance = ship(target, accounts=500, seed=3)
    assert provenance["trained_on"] == "generated demo population, 500 accounts, seed 3"
    content = read_json(target)
    assert content["records"]["provenance"] == provenance
    assert {part: content[part]["provenance"]["method"] for part in ("records", "persons")} == {"records": "em", "persons": "em"}
