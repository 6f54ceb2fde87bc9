"""What a budget is expected to bring, before any of it is spent: `skiptrace plan --budget`."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jobs.feedback import load_project
from jobs.waterfall.ready import day_of, ready
from skiptrace.waterfall.frontier import frontier


def planned(folder: Path, budgets: Sequence[float], as_of: dt.date | None, now: dt.datetime) -> dict[str, Any]:
    """Of each budget, rising, what it is expected to add (see FRONTIER), from what is known now; with `answers`, how many that rests on,
    and what is `left` of the project's budget. Nothing is written. Raises as `jobs.waterfall.ready.ready`."""
    project = load_project(folder, os.environ)
    found = ready(project, day_of(project, as_of, now))
    table = frontier(found.facts, found.behaviour, found.offers, found.policy, budgets, found.as_of, found.may)
    held = found.facts.filter(found.facts["held"].is_valid())
    return {
        "run_id": found.run.run_id, "as_of": found.as_of, "accounts": len(found.facts), "held": len(held),
        "answers": int(found.behaviour.answered.sum()), "left": max(found.left, type(found.left)(0)), "frontier": table.to_pylist(),
    }  # fmt: skip
