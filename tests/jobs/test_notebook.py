from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.projects import Finished

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


def cells() -> list[str]:
    content = json.loads(NOTEBOOK.read_text())
    assert all(cell.get("outputs", []) == [] for cell in content["cells"]), "outputs may hold values of people"
    return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]


def value(text: str, known: dict[str, Any]) -> Any:
    """Run a cell; what its last line is, as a notebook shows it."""
    body = ast.parse(text).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), known)  # noqa: S102 - it is our own
    return None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), known)  # noqa: S307 - as above


def test_the_notebook_runs_on_a_published_run(finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo-project").symlink_to(finished.folder)
    monkeypatch.chdir(tmp_path)
    known: dict[str, Any] = {}
    shown = [value(text, known) for text in cells()]
    assert set(shown[0][1]) >= {"accounts", "contact_points", "channels", "decisions"}
    assert shown[1]["count"].sum() == len(known["run"].accounts)
    assert {row["decision"] for row in shown[2]} <= {"permitted", "conditional", "stopped"}
    assert sum(row["uses"] for row in shown[2]) > 0
    assert shown[3][0]["uses"] >= shown[3][-1]["uses"] > 0
