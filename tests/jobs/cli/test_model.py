from __future__ import annotations

from pathlib import Path

import pytest

from jobs.models import model_file
from skiptrace.linkage import rules
from skiptrace.linkage.model import CLASSES
from skiptrace.store.commit import encode_json
from tests.jobs.cli.conftest import Call


@pytest.fixture
def trained(project: Path) -> Path:
    file = model_file(project / ".skiptrace", "k1")
    file.parent.mkdir(parents=True, mode=0o700)
    levels = {c.name: {kind: [1 / len(c.levels)] * len(c.levels) for kind in CLASSES} for c in rules.load().comparisons}
    priors = dict.fromkeys(CLASSES, 0.25)
    file.write_bytes(
        encode_json({"format": 1, "priors": priors, "comparisons": levels, "provenance": {"method": "em", "pairs": 77}})
    )
    (file.parent / "current").write_text("k1\n")
    return project


def test_the_model_is_shown_with_where_it_comes_from(call: Call, trained: Path) -> None:
    said = call("--project", str(trained), "model", "show")
    assert said.code == 0
    assert "pairs: 77" in said.out
    rows = [line.split() for line in said.out.splitlines()]
    assert ["comparison", "level", *CLASSES] in rows
    assert ["suffix", "different", *["50.000", "%"] * 4] in rows


def test_for_programs_it_is_the_stored_object(call: Call, trained: Path) -> None:
    told = call("--json", "--project", str(trained), "model", "show").json
    assert told["key"] == "k1"
    assert told["provenance"]["method"] == "em"


def test_without_a_run_there_is_no_model(call: Call, project: Path) -> None:
    said = call("--project", str(project), "model", "show")
    assert said.code == 2
    assert "skiptrace run" in said.err


def test_a_damaged_model_is_refused(call: Call, trained: Path) -> None:
    model_file(trained / ".skiptrace", "k1").write_text("{")
    assert call("--project", str(trained), "model", "show").code == 3
