"""`make bench`: the whole product on data with truth, beside a peer and a floor of exact rules.

    make bench DATA=/path/to/data/sets [PEER=/path/to/peer.py] [MEASURE=/path/to/measure.py] [SETS="a b"]

DATA is a folder of data sets, each a ready project with its truth; MEASURE a program that runs a project and compares
the run's tables with the truth (default: `acceptance/measure.py` beside DATA); PEER a program that writes the same tables
with another tool. Nothing of them is part of the project: what is absent gives null and the reason.

Prints a table, and as its last line one JSON object. Exits 0 when it ran, whatever the figures.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.report import Figure, print_bench

FLOOR = {  # account-level best F1 and rank-1 current address (all, movers) of a linker by exact rules, given beforehand
    "pseudopeople_small": (0.960, 0.93, 0.89),
    "pseudopeople_noisy": (0.909, 0.81, 0.69),
    "scale_20k": (0.929, 0.72, 0.32),
}
DEATHS = {"pseudopeople_small": (0.92, 0.85), "pseudopeople_noisy": (0.92, 0.85)}
PEER_RULES = ("tight8", "tight10")


def main(environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """Measure every set and print the bench; returns its figures."""
    figures: list[Figure] = []
    sets = environ.get("SETS", "").split() or list(FLOOR)
    for name in sets:
        figures += product(name, environ)
        figures += peer(name, environ)
    print_bench("run", figures)
    return figures


def _measure(environ: Mapping[str, str]) -> tuple[Path | None, str]:
    """(the measuring program, or None and the reason)."""
    if not environ.get("DATA"):
        return None, "DATA is not set"
    place = Path(environ.get("MEASURE") or Path(environ["DATA"]).resolve().parent / "acceptance" / "measure.py")
    return (place, "") if place.is_file() else (None, "MEASURE names no program")


def product(name: str, environ: Mapping[str, str]) -> list[Figure]:
    """Figures of our own run on one set."""
    program, reason = _measure(environ)
    if program is not None and not (Path(environ["DATA"]) / name / "skiptrace.toml").is_file():
        program, reason = None, f"DATA holds no set {name}"
    found: dict[str, Any] = {}
    if program is not None:
        command = [str(Path(environ["DATA"]) / name), "--skiptrace", shlex.join([sys.executable, "-m", "jobs.cli"])]
        found, reason = _run(program, command)
    f1, all_, movers = FLOOR.get(name, (None, None, None))
    precision, recall = DEATHS.get(name, (None, None))
    pick = _Picker(name, found, reason)
    return [
        pick("best_f1", "linkage_accounts.best_f1_by_probability", "share", f1),
        pick("pair_f1", "linkage_pairs.f1", "share"),
        pick("ece_from_05", "calibration.from_05.ece", "share"),
        pick("rank1_current", "currency.all.rank1", "share", all_),
        pick("rank1_current_movers", "currency.movers.rank1", "share", movers),
        pick("deceased_precision", "deceased.precision", "share", precision),
        pick("deceased_recall_of_findable", "deceased.recall", "share", recall, over="deceased.findable"),
        pick("reconciled", "reconciliation.balanced", "yes", True),
        pick("contract_ok", "contract", "yes", True),
        pick("wall", "run.wall_s", "s"),
        pick("cpu", "run.cpu_s", "s"),
        pick("peak_memory", "run.peak_rss_mb", "MB"),
    ]


def peer(name: str, environ: Mapping[str, str]) -> list[Figure]:
    """The peer's best F1 on one set, over its rule sets the better."""
    label = f"{name}.peer_best_f1"
    program, reason = _measure(environ)
    if program is None or not environ.get("PEER"):
        return [Figure(label, None, "share", reason=reason or "PEER is not set")]
    if importlib.util.find_spec("splink") is None:
        return [Figure(label, None, "share", reason="the peer is not installed: pip install 'skiptrace[peers]'")]
    scores = []
    for rules in PEER_RULES:
        with tempfile.TemporaryDirectory(prefix="skiptrace-peer-") as out:
            data = str(Path(environ["DATA"]) / name)
            done = subprocess.run(
                [sys.executable, environ["PEER"], data, "--out", out, "--rules", rules],
                capture_output=True,
                check=False,
            )
            if done.returncode:
                return [Figure(label, None, "share", reason=f"the peer ended with {done.returncode}")]
            found, reason = _run(program, [data, "--tables", out])
            scores.append(found.get("linkage_accounts", {}).get("best_f1_by_probability"))
    known = [score for score in scores if score is not None]
    return [Figure(label, max(known) if known else None, "share", reason=None if known else reason)]


def _run(program: Path, arguments: list[str]) -> tuple[dict[str, Any], str]:
    with tempfile.TemporaryDirectory(prefix="skiptrace-bench-") as folder:
        out = Path(folder) / "figures.json"
        done = subprocess.run(
            [sys.executable, str(program), *arguments, "--json", str(out)], capture_output=True, text=True, check=False
        )
        if not out.is_file():
            return {}, f"the measuring program ended with {done.returncode}"
        found: dict[str, Any] = json.loads(out.read_text())
        return found, found.get("missing", "")


class _Picker:
    """Takes figures out of what was measured, by their path."""

    def __init__(self, name: str, found: Mapping[str, Any], reason: str) -> None:
        self._name, self._found, self._reason = name, found, reason

    def __call__(self, label: str, path: str, unit: str, target: Any = None, over: str | None = None) -> Figure:
        value, whole = self._at(path), self._at(over) if over else None
        if label == "contract_ok" and isinstance(value, dict):
            value = all(line == "ok" for line in value.values())
        elif isinstance(value, dict):
            value = None
        if over and value is not None:
            value = round(value / whole, 4) if whole else None
        reason = None if value is not None else self._reason or "the set has no truth of this kind"
        return Figure(f"{self._name}.{label}", value, unit, target, reason)

    def _at(self, path: str) -> Any:
        node: Any = self._found
        for part in path.split("."):
            node = node.get(part) if isinstance(node, Mapping) else None
        return node


if __name__ == "__main__":
    main()
