"""Quality on sets with truth, beside the peer: each set alone, and three of them pooled.

Accounts are judged by their best pair, whatever its status; thresholds are of match_probability. The peer runs with each of
its rule sets on the same data; the one with the better best F1 stands for it, and of both the better pair F1.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import linkage_measure as measure
from tests.bench.linkage_peer import RULES, PeerRun, run_peer, unavailable
from tests.bench.linkage_product import links, make_project, run
from tests.bench.linkage_truth import Judged, Tops, judge, load_truth, pool
from tests.bench.report import Figure

POOLED = ("pseudopeople_noisy", "pseudopeople_20k", "scale_20k")
SETS = ("pseudopeople_small", *POOLED)
HIGH = 0.999
MORE_RECALL = {"pseudopeople_20k": 0.01, "scale_20k": 0.05}
"""By how much recall at HIGH precision must exceed the peer's."""
MORE_PAIR_F1, PAIRS_PRESENT, LARGEST_ERROR = 0.02, 0.98, 0.01
ERROR_SHARE = 0.6
"""Of the peer's pooled error, the most that ours may be: 40 % less."""
ABSENT_SHARE = 0.25
ABSENT_RECALLS = {"scale_20k": (0.94, 0.96)}
"""Where most accounts without a record are: false links of those are counted at these recalls."""


@dataclass(frozen=True)
class Peer:
    """The peer on one set: its better rule set, and the best pair F1 of all of them."""

    rules: str
    judged: Judged
    pair_f1: float


@dataclass(frozen=True)
class Result:
    """Both on one set; None with the reason where one could not be measured."""

    name: str
    ours: Judged | None
    reason: str
    peer: Peer | None
    peer_reason: str


def figures(environ: Mapping[str, str]) -> list[Figure]:
    """Every figure of quality; SETS= names the sets."""
    results = [measured(name, environ) for name in environ.get("SETS", "").split() or SETS]
    return [figure for result in results for figure in set_figures(result)] + pooled_figures(results)


def measured(name: str, environ: Mapping[str, str]) -> Result:
    """Run both on one set."""
    folder = Path(environ.get("DATA", "")) / name
    if not environ.get("DATA"):
        return Result(name, None, "DATA is not set", None, unavailable(environ) or "DATA is not set")
    if not (folder / "skiptrace.toml").is_file():
        return Result(name, None, f"DATA holds no set {name}", None, f"DATA holds no set {name}")
    with tempfile.TemporaryDirectory(prefix="skiptrace-bench-") as scratch:
        return measured_project(name, folder, Path(scratch), lambda rules, out: run_peer(environ, folder, out, rules))


def measured_project(name: str, folder: Path, scratch: Path, start_peer: Callable[[str, Path], tuple[PeerRun | None, str]]) -> Result:
    """Run the product on the data set in `folder` and a peer with each of its rule sets; judge both."""
    truth = load_truth(folder)
    project = make_project(folder, scratch / "project")
    reason = run(project).failure()
    ours = None if reason else judge(links(project), truth)
    peers: list[tuple[str, Judged]] = []
    peer_reason = ""
    for rules in RULES:
        found, why = start_peer(rules, scratch / f"peer-{rules}")
        if found is None:
            peer_reason = why
            break
        peers.append((rules, judge(found.links, truth)))
    if peer_reason:
        return Result(name, ours, reason, None, peer_reason)
    better = max(peers, key=lambda one: measure.account_curve(one[1].tops).best_f1())
    pair_f1 = max(measure.pair_curve(one).best_f1() for _, one in peers)
    return Result(name, ours, reason, Peer(*better, pair_f1), "")


class Sheet:
    """Collects the figures of one set: ours with a target that may rest on the peer's, and the peer's own."""

    def __init__(self, name: str, ours_reason: str, peer_reason: str) -> None:
        self.figures: list[Figure] = []
        self._name, self._reason, self._peer_reason = name, ours_reason, peer_reason

    def ours(self, label: str, value: Any, unit: str, target: float | None = None, at_most: bool = False) -> None:
        """A figure of ours against a fixed target, or against none."""
        self._add(label, value, unit, target, self._reason, at_most)

    def against(self, label: str, value: Any, unit: str, peer: Any, target: Callable[[Any], float], at_most: bool = False) -> None:
        """A figure of ours against a target that follows from the peer's."""
        bar = None if peer is None else round(target(peer), 5)
        lacking = "" if peer is not None else f"no target: {self._peer_reason}"
        self._add(label, value, unit, bar, self._reason if value is None else lacking, at_most)

    def peer(self, label: str, value: Any, unit: str) -> None:
        """A figure of the peer's."""
        self._add(f"peer_{label}", value, unit, None, self._peer_reason if value is None else "", False)

    def both(self, label: str, value: Any, unit: str) -> None:
        """A figure that needs both."""
        self._add(label, value, unit, None, self._reason or self._peer_reason, False)

    def _add(self, label: str, value: Any, unit: str, target: float | None, reason: str, at_most: bool) -> None:
        shown = round(value, 5) if isinstance(value, float) else value
        missing = (reason or "not reached") if value is None else reason if reason.startswith("no target") else None
        self.figures.append(Figure(f"{self._name}.{label}", shown, unit, target, missing, at_most))


def _of(judged: Judged | None, take: Callable[[Judged], Any]) -> Any:
    return None if judged is None else take(judged)


def _f1(judged: Judged) -> float:
    return measure.account_curve(judged.tops).best_f1()


def _high_recall(judged: Judged) -> float:
    return measure.account_curve(judged.tops).recall_at(HIGH)


def _calibration(judged: Judged) -> float | None:
    return measure.calibration_error(judged.probability, judged.good)


def set_figures(result: Result) -> list[Figure]:
    """The figures of one set."""
    ours, peer = result.ours, result.peer.judged if result.peer else None
    sheet = Sheet(result.name, result.reason, result.peer_reason)
    f1, peer_f1 = _of(ours, _f1), _of(peer, _f1)
    sheet.ours("f1", f1, "share, best of accounts")
    sheet.peer("f1", peer_f1, "share, best of accounts")
    sheet.peer("rules", result.peer.rules if result.peer else None, "rule set, the better")
    sheet.ours("error", None if f1 is None else 1 - f1, "1 - f1")
    sheet.peer("error", None if peer_f1 is None else 1 - peer_f1, "1 - f1")
    _gain(sheet, ours.tops if ours else None, peer.tops if peer else None)
    unit = f"share, accounts at precision >= {HIGH}"
    recall, peer_recall = _of(ours, _high_recall), _of(peer, _high_recall)
    more = MORE_RECALL.get(result.name)
    if more is None:
        sheet.ours("recall_at_p999", recall, unit)
    else:
        sheet.against("recall_at_p999", recall, unit, peer_recall, lambda value: value + more)
    sheet.peer("recall_at_p999", peer_recall, unit)
    pair_f1 = result.peer.pair_f1 if result.peer else None
    sheet.against("linked_pair_f1", _of(ours, measure.linked_pair_f1), "share, pairs linked", pair_f1, lambda value: value + MORE_PAIR_F1)
    sheet.ours("best_pair_f1", _of(ours, lambda one: measure.pair_curve(one).best_f1()), "share, pairs")
    sheet.peer("best_pair_f1", pair_f1, "share, pairs, best of its rule sets")
    sheet.ours("true_pairs_present", _of(ours, measure.true_pairs_present), "share", PAIRS_PRESENT)
    sheet.peer("true_pairs_present", _of(peer, measure.true_pairs_present), "share")
    for level in ABSENT_RECALLS.get(result.name, ()):
        label, unit = f"absent_false_at_recall_{level * 100:.0f}", f"accounts in no record, at recall {level}"
        own, other = (None if one is None else measure.absent_false(one.tops, level) for one in (ours, peer))
        sheet.against(label, own, unit, other, lambda value: value * ABSENT_SHARE, at_most=True)
        sheet.peer(label, other, unit)
    sheet.ours("ece_from_05", _of(ours, _calibration), "mean gap, pairs of probability >= .05", LARGEST_ERROR, at_most=True)
    sheet.peer("ece_from_05", _of(peer, _calibration), "mean gap, pairs of probability >= .05")
    return sheet.figures


def _gain(sheet: Sheet, ours: Tops | None, peer: Tops | None) -> None:
    gain = measure.f1_gain(ours, peer) if ours is not None and peer is not None else None
    sheet.both("f1_gain", gain and gain.value, "ours less the peer's")
    sheet.both("f1_gain_low", gain and gain.low, "2.5 % of 1,000 draws of accounts")
    sheet.both("f1_gain_high", gain and gain.high, "97.5 %")


def pooled_figures(results: list[Result]) -> list[Figure]:
    """The three sets as one: with one threshold for all, and with the best threshold of each."""
    known = {result.name: result for result in results}
    chosen = [known[name] for name in POOLED if name in known]
    lacking = "" if len(chosen) == len(POOLED) else "SETS leaves out a set of the pool"
    reason = lacking or next((one.reason for one in chosen if one.reason), "")
    peer_reason = lacking or next((one.peer_reason for one in chosen if one.peer is None), "")
    ours = None if reason else [one.ours.tops for one in chosen if one.ours]
    peer = None if peer_reason else [one.peer.judged.tops for one in chosen if one.peer]
    sheet = Sheet("pooled", reason, peer_reason)
    for label, error, unit in (
        ("error", lambda parts: 1 - measure.account_curve(pool(parts)).best_f1(), "1 - f1, one threshold for all sets"),
        ("error_own_thresholds", _own_thresholds, "1 - f1, each set at its best threshold"),
    ):
        own, other = (None if parts is None else error(parts) for parts in (ours, peer))
        sheet.against(label, own, unit, other, lambda value: value * ERROR_SHARE, at_most=True)
        sheet.peer(label, other, unit)
    _gain(sheet, pool(ours) if ours else None, pool(peer) if peer else None)
    return sheet.figures


def _own_thresholds(parts: list[Tops]) -> float:
    curves = [measure.account_curve(part) for part in parts]
    made, hits = (sum(curve.best()[at] for curve in curves) for at in (0, 1))
    return 1 - 2 * hits / max(made + sum(curve.true for curve in curves), 1)
