"""Sample projects for the tests of this folder: how they are made, copied, run and compared."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.demo.project import make
from jobs.pipeline import Options, Outcome, run
from jobs.setup import Setup

ACCOUNTS, PARTS, PARTITION_ROWS = 60, 2, 150
AS_OF = dt.date(2026, 6, 30)


@dataclass(frozen=True)
class Finished:
    """A project whose run was published, with the run's work folder kept."""

    folder: Path
    outcome: Outcome
    setup: Setup


def make_sample(folder: Path) -> Path:
    """A sample project that is cut into two partitions of accounts."""
    project = make(folder, ACCOUNTS, portfolio_parts=PARTS).project
    with project.open("a", encoding="utf-8") as file:
        file.write(f"\n[runtime]\npartition_rows = {PARTITION_ROWS}\nworkers = 2\n")
    return folder


def copy_of(project: Path, target: Path, *without: str) -> Path:
    """A copy of a project's folder, links kept as links, without the entries of these names."""
    shutil.copytree(project, target, symlinks=True, ignore=shutil.ignore_patterns(*without))
    return target


def change(project: Path, old: str, new: str) -> None:
    """Replace a text that stands once in the project file."""
    file = project / "skiptrace.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new), encoding="utf-8")


def run_project(folder: Path, **options: Any) -> Outcome:
    """Run a project in this process, telling nobody."""
    return run(folder, Options(**{"scheduler": "sync", **options}), lambda step, done, total: None)


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes, by relative path; links are not followed."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
