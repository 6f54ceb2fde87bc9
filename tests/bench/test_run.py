"""The bench says what it could not take, and its last line is what programs read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.report import Figure, print_bench
from tests.bench.run import main


def test_without_data_every_figure_is_null_with_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    figures = main({"SETS": "pseudopeople_small"})
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["bench"] == "run"
    assert len(last["figures"]) == len(figures) > 5
    assert all(figure["value"] is None and figure["reason"] for figure in last["figures"].values())


def test_a_missing_set_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "measure.py"
    program.write_text("")
    figures = main({"SETS": "nowhere", "DATA": str(tmp_path), "MEASURE": str(program)})
    assert figures[0].reason == "DATA holds no set nowhere"
    assert "nowhere" in capsys.readouterr().out


def test_figures_are_taken_and_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "measure.py"
    content = {
        "run": {"wall_s": 1.5}, "contract": {"accounts": "ok", "links": "lacks rank"},
        "linkage_accounts": {"best_f1_by_probability": 0.97}, "deceased": {"precision": 0.9, "recall": 0.4, "findable": 0.5},
    }  # fmt: skip
    program.write_text(f"import sys\nopen(sys.argv[-1], 'w').write({json.dumps(json.dumps(content))})\n")
    place = tmp_path / "pseudopeople_small"
    place.mkdir()
    (place / "skiptrace.toml").write_text("")
    found = {
        f.name.split(".")[1]: f for f in main({"SETS": place.name, "DATA": str(tmp_path), "MEASURE": str(program)})
    }
    assert found["best_f1"].holds is True
    assert found["contract_ok"].value is False
    assert found["deceased_precision"].holds is False
    assert found["deceased_recall_of_findable"].value == pytest.approx(0.8)
    assert found["wall"].holds is None
    assert "DOES NOT HOLD" in capsys.readouterr().out


def test_at_most_turns_the_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    print_bench("x", [Figure("slow", 3.0, "s", 2.0, at_most=True), Figure("quick", 1.0, "s", 2.0, at_most=True)])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])["figures"]
    assert [figures[name]["holds"] for name in ("slow", "quick")] == [False, True]
