"""Where the shipped rules are, and how a plug-in folder is read.

A plug-in is found by being there: a TOML file in a folder of `rules/`, a module in a package. The file's name is its
public name. Nothing is registered by hand, so nothing can be forgotten in a second place.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from skiptrace.errors import ConfigError, Problem

_PACKAGE = Path(__file__).resolve().parent


def rules_root() -> Path:
    """The folder with the shipped rules: beside the package in a clone, inside it in a wheel.

    Raises ConfigError where neither is there (a broken installation)."""
    for place in (_PACKAGE / "_rules", _PACKAGE.parent / "rules"):
        if place.is_dir():
            return place
    raise ConfigError("the shipped rules are missing", (Problem("skiptrace", "_rules", "not found", "reinstall"),))


def rule_files(folder: str, suffix: str = ".toml") -> list[Path]:
    """Every rule file under `rules/<folder>`, at any depth, sorted by path."""
    return sorted(path for path in (rules_root() / folder).rglob(f"*{suffix}") if path.is_file())


def modules(package: str) -> Iterator[tuple[str, ModuleType]]:
    """Each module of a plug-in package, with its name, sorted. Names that start with an underscore are not plug-ins."""
    home = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(home.__path__), key=lambda found: found.name):
        if not info.name.startswith("_"):
            yield info.name, importlib.import_module(f"{package}.{info.name}")


def require(module: ModuleType, *names: str) -> None:
    """Check a plug-in's shape on load. Raises ConfigError that names the module and what it lacks."""
    lacking = [name for name in names if not hasattr(module, name)]
    if lacking:
        problem = Problem(module.__name__, "", f"lacks {', '.join(lacking)}", "see the other modules of its folder")
        raise ConfigError("a plug-in does not have the shape of its folder", (problem,))
