"""The collector finds the bench modules by being there, and prints what they give."""

from __future__ import annotations

import json
import types

import pytest

from tests.bench import normalize
from tests.bench.report import Figure


def test_the_modules_are_found() -> None:
    assert {"normalize_phones", "normalize_pub28"} <= set(normalize.kinds())


def test_figures_of_every_module_are_in_the_last_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    made = {
        "tests.bench.normalize_one": types.SimpleNamespace(figures=lambda: [Figure("speed", 2.0, "x", 1.0)]),
        "tests.bench.normalize_two": types.SimpleNamespace(figures=lambda environ: [Figure("errors", 3, "rows", 0, at_most=True)]),
    }
    monkeypatch.setattr(normalize, "kinds", lambda: ["normalize_one", "normalize_two"])
    monkeypatch.setattr(normalize.importlib, "import_module", lambda name: made[name])
    normalize.main()
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["bench"] == "normalize"
    assert {name: figure["holds"] for name, figure in last["figures"].items()} == {"one.speed": True, "two.errors": False}
