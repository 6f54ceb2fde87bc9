"""A small encrypted project of two tapes, with a published run."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.encrypted_home import SECTION
from tests.jobs.projects import run_project
from tests.jobs.tiny import make_tiny


def make_encrypted(folder: Path, section: str = SECTION) -> Path:
    """The project, not run yet: six accounts in `first.csv`, six in `second.csv`."""
    make_tiny(folder)
    head, *rows = (folder / "portfolio.csv").read_text(encoding="utf-8").splitlines()
    for name, some in (("first.csv", rows[:6]), ("second.csv", rows[6:])):
        (folder / "tapes").mkdir(exist_ok=True)
        (folder / "tapes" / name).write_text("\n".join([head, *some]) + "\n", encoding="utf-8")
    (folder / "portfolio.csv").unlink()
    file = folder / "skiptrace.toml"
    text = file.read_text(encoding="utf-8").replace('"portfolio.csv"', '"tapes/*.csv"').replace("[runtime]\n", section + "[runtime]\n")
    file.write_text(text, encoding="utf-8")
    return folder


def personal(folder: Path) -> set[str]:
    """Every name, birth date, street and number in the project's deliveries, but those of less than five letters: what is encrypted has
    such a one by chance now and then."""
    files = [*(folder / "tapes").glob("*.csv"), folder / "header.csv"]
    rows = [row for file in files for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())]
    values = {row[name] for row in rows for name in ("first_name", "last_name", "dob", "street", "phone")}
    return {value for value in values if len(value) > 4}


def make_run(folder: Path) -> Path:
    """The project after a run."""
    run_project(make_encrypted(folder))
    return folder
