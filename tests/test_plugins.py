"""Plug-ins are found by being there, and told what they lack."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from skiptrace import plugins
from skiptrace.errors import ConfigError
from skiptrace.plugins import modules, require, rule_files, rules_root


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package of plug-ins on the path, gone afterwards."""
    home = tmp_path / "made_up_plugins"
    home.mkdir()
    for name, text in (("__init__", ""), ("zebra", "ONE = 1\nTWO = 2\n"), ("ant", "ONE = 1\n"), ("_shared", "raise RuntimeError\n")):
        (home / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "made_up_plugins"
    for name in [name for name in sys.modules if name.startswith("made_up_plugins")]:
        del sys.modules[name]


def test_modules_are_found_sorted_and_shared_ones_left_out(package: str) -> None:
    assert [name for name, _ in modules(package)] == ["ant", "zebra"]


def test_a_module_that_lacks_a_part_is_told(package: str) -> None:
    found = dict(modules(package))
    require(found["zebra"], "ONE", "TWO")
    with pytest.raises(ConfigError, match=r"made_up_plugins\.ant.*lacks TWO, THREE"):
        require(found["ant"], "ONE", "TWO", "THREE")


def test_rule_files_are_found_at_any_depth_sorted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "rules_root", lambda: tmp_path)
    for name in ("states/wa.toml", "federal/b.toml", "a.toml", "notes.md", "odd.toml/inside.toml"):
        path = tmp_path / "compliance" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    found = [str(path.relative_to(tmp_path / "compliance")) for path in rule_files("compliance")]
    assert found == ["a.toml", "federal/b.toml", "odd.toml/inside.toml", "states/wa.toml"]
    assert [path.name for path in rule_files("compliance", ".md")] == ["notes.md"]
    assert rule_files("nothing here") == []


def test_the_shipped_rules_are_where_a_clone_or_a_wheel_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (rules_root() / "linkage" / "comparisons.toml").is_file()
    package = tmp_path / "skiptrace"
    package.mkdir()
    monkeypatch.setattr(plugins, "_PACKAGE", package)
    with pytest.raises(ConfigError, match="reinstall"):
        rules_root()
    (tmp_path / "rules").mkdir()
    assert rules_root() == tmp_path / "rules"
    (package / "_rules").mkdir()
    assert rules_root() == package / "_rules"
