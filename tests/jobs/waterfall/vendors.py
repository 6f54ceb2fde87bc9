"""The tiny project with a source that is asked by request files, and a vendor that answers them."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path

from jobs.feedback import load_project
from jobs.waterfall import log
from jobs.waterfall.log import State
from jobs.waterfall.ready import Ready, ready
from skiptrace.project import PRIVATE
from tests.jobs.projects import change
from tests.jobs.tiny import make_tiny

NOW = dt.datetime(2026, 6, 30, 9, 0, tzinfo=dt.UTC)
DAY = NOW.date()
SOURCE = """
[[source]]
name = "premium"
path = "answers/premium"
kind = "vendor_append"
purposes = ["fcra.collection"]
[source.order]
layout = "identity_csv"
price_per_record = 0.05
price_per_hit = 0.20
answers = "inbox/premium"
reference = "ref"
hit = "found = 'Y'"
[source.columns]
record_id = "ref"
first_name = "first"
last_name = "last"
dob = "dob"
address_line1 = "street"
city = "city"
state = "state"
postal_code = "zip"
phone = "phone"
last_seen = "seen"

[[export]]
"""
WATERFALL = """
[waterfall]
budget = 100.0
contact_value = 25.0
"""
HEAD = "ref,found,first,last,dob,street,city,state,zip,phone,seen"


def make_asking(folder: Path, waterfall: str = WATERFALL) -> Path:
    """The tiny project with the source `premium`, whose answers lie in inbox/premium. Returns the project's folder."""
    project = make_tiny(folder)
    change(project, "\n[[export]]\n", SOURCE)
    with (project / "skiptrace.toml").open("a", encoding="utf-8") as file:
        file.write(waterfall)
    return project


def state_of(project: Path) -> State:
    return log.now(project / PRIVATE)


def request_files(project: Path) -> list[Path]:
    """The files of requests to the source."""
    return sorted((project / "requests" / "premium").glob("*"))


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def answer(
    project: Path, rows: Iterable[dict[str, str]], name: str = "answer.csv", every: int = 2, source: str = "premium"
) -> Path:  # fmt: skip
    """What the vendor sends back for rows of a request: of each second one a new phone, of the others that nothing is known."""
    place = project / "inbox" / source / name
    place.parent.mkdir(parents=True, exist_ok=True)
    lines = [HEAD]
    for number, row in enumerate(rows):
        known = number % every == 0
        phone = f"253888{3000 + number}" if known else ""
        lines.append(",".join([
            row["reference"], "Y" if known else "N", row["first_name"], row["last_name"], row["dob"], row["address"], row["city"],
            row["state"], row["zip"], phone, "2026-06-25",
        ]))  # fmt: skip
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place


def ready_on(project: Path, day: dt.date = DAY) -> Ready:
    """Everything that an order of the project would rest on, on a day."""
    return ready(load_project(project, os.environ), day)
