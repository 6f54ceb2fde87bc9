"""Figures of a run's linkage against known pairs: accounts, pairs, sources, calibration, thresholds, addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jobs.evaluation.truth import Truth
from skiptrace.results import Run
from skiptrace.sql import query

THRESHOLDS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
BINS = 15
"""Bins of the calibration error, of equal size."""

_JUDGED = """
select l.account_id, l.source, l.match_probability p, l.rank, l.status = 'linked' and l.relation = 'same' accepted,
    t.account_id is not null good
from links l join scope s using (account_id) left join truth t using (account_id, source, record_id)
order by l.account_id, l.rank, l.source, l.record_id
"""
_HOMES = """
select count(*) known, coalesce(sum((p.value = a.address)::int), 0) found
from addresses a join scope s using (account_id)
left join (select account_id, value from points where kind = 'address' and rank = 1) p using (account_id)
"""


@dataclass(frozen=True)
class Score:
    """How many were accepted, how many are true, and how many are both. None: there was nothing to divide by."""

    accepted: int
    true: int
    hits: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class Calibration:
    """How far match_probability is from the truth over all written pairs: mean gap over bins, and squared."""

    pairs: int
    mean_probability: float | None
    share_true: float | None
    ece: float | None
    brier: float | None


@dataclass(frozen=True)
class Threshold:
    """What a bar at this probability would accept."""

    probability: float
    accounts: Score
    pairs: Score


@dataclass(frozen=True)
class Addresses:
    """Accounts whose current address is known, and those whose first-ranked address is that one."""

    known: int
    found: int
    share: float | None


@dataclass(frozen=True)
class Evaluation:
    """All figures. `accounts_judged` of `accounts_of_run`; `accounts_unknown_to_run` are named by the truth alone."""

    run_id: str
    sample: bool
    accounts_of_run: int
    accounts_judged: int
    accounts_unknown_to_run: int
    rows_incomplete: int
    accounts: Score
    pairs: Score
    by_source: dict[str, Score]
    calibration: Calibration
    thresholds: tuple[Threshold, ...]
    current_address: Addresses | None


def evaluate(run: Run, truth: Truth, sample: bool) -> Evaluation:
    """Measure the run's links. `sample`: judge only the accounts that the truth names; otherwise an account that it
    does not name is known to be in no source, so that a link of it is false.

    An account is a hit when its best accepted record is a true one."""
    ours = run.table("accounts", ["account_id"])["account_id"].combine_chunks()
    named = truth.accounts.filter(pc.is_in(truth.accounts, ours))
    scope = pa.table({"account_id": named if sample else ours})
    pairs = truth.pairs.filter(pc.is_in(truth.pairs["account_id"], scope["account_id"].combine_chunks()))
    links = run.table("links", ["account_id", "source", "record_id", "rank", "match_probability", "status", "relation"])
    judged = query(_JUDGED, {"links": links, "scope": scope, "truth": pairs})
    p, good = judged["p"].to_numpy(), judged["good"].to_numpy()
    accepted = judged["accepted"].to_numpy()
    account = judged["account_id"].combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    source, true_source = _words(judged["source"]), _words(pairs["source"])
    matchable = pc.count_distinct(pairs["account_id"]).as_py()
    total = pairs.num_rows
    thresholds = tuple(
        Threshold(bar, _by_account(p >= bar, good, account, matchable), _score(p >= bar, good, total))
        for bar in THRESHOLDS
    )
    by_source = {
        name: _score(accepted[source == name], good[source == name], int((true_source == name).sum()))
        for name in sorted(set(source.tolist()) | set(true_source.tolist()))
    }
    return Evaluation(
        run.run_id,
        sample,
        len(ours),
        scope.num_rows,
        len(truth.accounts) - len(named),
        truth.incomplete,
        _by_account(accepted, good, account, matchable),
        _score(accepted, good, total),
        by_source,
        calibration(p, good),
        thresholds,
        _homes(run, truth, scope),
    )


def _words(column: pa.ChunkedArray) -> npt.NDArray[np.object_]:
    return np.array(column.to_pylist(), object)


def score(accepted: int, true: int, hits: int) -> Score:
    """Precision = hits / accepted, recall = hits / true, F1 = 2 hits / (accepted + true)."""
    return Score(
        accepted,
        true,
        hits,
        hits / accepted if accepted else None,
        hits / true if true else None,
        2 * hits / (accepted + true) if accepted + true else None,
    )


def _score(accepted: npt.NDArray[np.bool_], good: npt.NDArray[np.bool_], true: int) -> Score:
    return score(int(accepted.sum()), true, int((accepted & good).sum()))


def _by_account(
    accepted: npt.NDArray[np.bool_], good: npt.NDArray[np.bool_], account: npt.NDArray[np.int64], true: int
) -> Score:
    """The first accepted pair of each account; pairs are in order of account and rank."""
    places = np.flatnonzero(accepted)
    first = places[np.unique(account[places], return_index=True)[1]] if len(places) else places
    return score(len(first), true, int(good[first].sum()))


def calibration(p: npt.NDArray[np.float64], good: npt.NDArray[np.bool_]) -> Calibration:
    """Expected calibration error over bins of equal size, and Brier score. Pairs of equal probability share their mean
    outcome, so that the order among them does not matter."""
    if not len(p):
        return Calibration(0, None, None, None, None)
    outcome = good.astype(float)
    _, group, counts = np.unique(p, return_inverse=True, return_counts=True)
    shared = (np.bincount(group, outcome) / counts)[group]
    order = np.argsort(p, kind="stable")
    bins: Sequence[npt.NDArray[np.int64]] = [part for part in np.array_split(order, BINS) if len(part)]
    gap = sum(len(part) * abs(float(p[part].mean() - shared[part].mean())) for part in bins) / len(p)
    return Calibration(len(p), float(p.mean()), float(outcome.mean()), gap, float(((p - outcome) ** 2).mean()))


def _homes(run: Run, truth: Truth, scope: pa.Table) -> Addresses | None:
    if not truth.addresses.num_rows:
        return None
    points = run.table("contact_points", ["account_id", "kind", "rank", "value"])
    row = query(_HOMES, {"addresses": truth.addresses, "points": points, "scope": scope}).to_pylist()[0]
    known, found = int(row["known"]), int(row["found"])
    return Addresses(known, found, found / known if known else None)
