from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.cli.nights import Call
from tests.jobs.tiny import make_tiny


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny(tmp_path_factory.mktemp("plan") / "project")


def test_a_plan_is_shown_in_tables(call: Call, tiny: Path) -> None:
    said = call("--project", str(tiny), "plan")
    assert said.code == 0
    for text in ("pairs to compare: ", "hot values", "CPU s", "costs from shipped figures", "memory: ", "disk: ", "header", "match model"):
        assert text in said.out
    assert "Quimby" not in said.out


def test_a_plan_is_one_object_for_programs(call: Call, tiny: Path) -> None:
    told = call("--json", "--project", str(tiny), "plan", "--as-of", "2026-07-01").json
    assert told["as_of"] == "2026-07-01"
    assert {"pairs", "sources", "steps", "machine", "cpu_seconds", "seconds", "peak_bytes", "disk", "costs_from"} <= set(told)


def test_a_wrong_option_or_project_file_ends_with_2(call: Call, tiny: Path, tmp_path: Path) -> None:
    assert call("--project", str(tiny), "plan", "--sample", "0").code == 2
    folder = make_tiny(tmp_path / "wrong")
    file = folder / "skiptrace.toml"
    file.write_text(file.read_text().replace('kind = "credit_header"', 'kind = "credit_heder"'))
    assert call("--project", str(folder), "plan").code == call("--project", str(folder), "check").code == 2


def test_a_portfolio_without_rows_ends_with_3(call: Call, tmp_path: Path) -> None:
    folder = make_tiny(tmp_path / "empty")
    file = folder / "portfolio.csv"
    file.write_text(file.read_text().splitlines()[0] + "\n")
    said = call("--project", str(folder), "plan")
    assert said.code == 3
    assert "has no rows" in said.err
