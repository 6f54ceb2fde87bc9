"""100,000 accounts that say JOHN SMITH and nothing else, against as many such records.

Every account has 100,000 equal candidates and no evidence: the run must end, in bounded memory, and accept nothing.

    SMITHS=100000           how many
    SMITHS_SECONDS=1800     after which the run counts as one that does not end
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow.compute as pc

from tests.bench.linkage_product import links, run, timings
from tests.bench.linkage_projects import make_namesakes
from tests.bench.linkage_quality import Sheet
from tests.bench.report import Figure

MEMORY = 2_000
"""MB."""


def figures(environ: Mapping[str, str]) -> list[Figure]:
    """Whether it ends, what it takes, and how many pairs it accepts."""
    count, seconds = int(environ.get("SMITHS") or 100_000), float(environ.get("SMITHS_SECONDS") or 1800)
    linked, largest, pairs = None, None, None
    with tempfile.TemporaryDirectory(prefix="skiptrace-bench-") as scratch:
        project = Path(scratch) / "project"
        make_namesakes(project, count)
        spent = run(project, seconds=seconds)
        if not spent.failure():
            found = links(project)
            linked, pairs = int(pc.sum(pc.equal(found["status"], "linked")).as_py() or 0), len(found)
            largest = round(timings(project)["link"]["peak_bytes"] / 1e6)
    sheet = Sheet(f"smiths_{count}", spent.failure(), "")
    sheet.ours("ends", not spent.failure(), "yes", True)
    sheet.ours("linked", linked, "pairs", 0, at_most=True)
    sheet.ours("written", pairs, "pairs")
    sheet.ours("peak_memory", round(spent.peak / 1e6), "MB, all processes of the run", MEMORY, at_most=True)
    sheet.ours("peak_memory_to_link", largest, "MB, the largest process until the links are there")
    sheet.ours("wall", round(spent.wall, 1), "s")
    sheet.ours("cpu", round(spent.cpu, 1), "CPU s")
    return sheet.figures
