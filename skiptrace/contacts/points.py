"""Contact points: merged evidence, how current each point is, what outcomes proved, and its rank."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.contacts import ageing
from skiptrace.contacts.merging import merge
from skiptrace.contacts.outcomes import proofs
from skiptrace.contacts.places import codes_in_order, find_places, lend_evidence, p_current, years_before
from skiptrace.contacts.rules import CurrencyRules
from skiptrace.ids import point_ids
from skiptrace.schema import CONTACT_POINTS, conform

KIND_ORDER = ("address", "email", "phone")


def contact_points(
    evidence: pa.Table, events: pa.Table, area_states: dict[int, str], rules: CurrencyRules, as_of: dt.date
) -> pa.Table:
    """CONTACT_POINTS of one partition, sorted by account, kind and rank. `shared_by` is 0: the project-wide count comes
    later. `area_states` maps a North American area code to its state."""
    points = merge(evidence)
    account = codes_in_order(points["account_id"])
    kind = points["kind"].to_numpy(zero_copy_only=False)
    p = np.zeros(len(points))
    tie = np.zeros(len(points))
    is_address = kind == "address"
    rows = np.flatnonzero(is_address)
    addresses = points.take(pa.array(rows))
    place, lead = find_places(addresses, account[rows], rules)
    p[rows] = p_current(addresses, evidence, account[rows], place, lead, rules, as_of)
    tie[rows] = lead == np.arange(len(rows))
    addresses = lend_evidence(addresses, evidence, lead)
    points = pa.concat_tables([addresses, points.filter(pa.array(~is_address))])
    order = np.argsort(np.concatenate([rows, np.flatnonzero(~is_address)]))
    points = points.take(pa.array(order))
    years = years_before(points["last_seen"], as_of)
    outcome, status = proofs(points, events, rules)
    odds = ageing.logit(np.clip(p[rows], 1e-9, 1 - 1e-9))
    # However many files repeat an address, one that was proved wrong starts from even odds at most.
    odds = np.where(outcome[rows] < 0, np.minimum(odds, 0.0), odds)
    p[rows] = ageing.sigmoid(odds + outcome[rows])
    home = _home_state(points, account, is_address, p)
    for name, ages in (("phone", rules.phone), ("email", rules.email)):
        chosen = np.flatnonzero(kind == name)
        some = points.take(pa.array(chosen))
        in_area = np.zeros(len(chosen), bool)
        if name == "phone":
            state = np.array([area_states.get(int(code), "") for code in ageing.areas(some["value"])])
            in_area = (state == home[account[chosen]]) & (state != "")
        odds = ageing.currency(some, account[chosen], years[chosen], in_area, ages)
        p[chosen] = ageing.sigmoid(odds + outcome[chosen])
        tie[chosen] = -np.nan_to_num(years[chosen], nan=1e6)
    score = p * points["p_right_party"].to_numpy()
    rank = _ranks(account, kind, score, tie)
    out = points.select(
        [name for name in points.column_names if name not in ("mine", "seen_elsewhere", "sightings", "status")]
    )
    more = {
        "point_id": point_ids(points["kind"].to_pylist(), points["value"].to_pylist()),
        "rank": pa.array(rank, pa.int32()), "p_current": pa.array(p),
        "shared_by": pa.array(np.zeros(len(points), np.int32)),
        "status": pc.coalesce(status, points["status"], pa.scalar("unknown")),
    }  # fmt: skip
    for name, column in more.items():
        out = out.append_column(name, column)
    order = np.lexsort((rank, np.searchsorted(KIND_ORDER, kind), account))
    return conform(out.take(pa.array(order)).select(CONTACT_POINTS.names), CONTACT_POINTS)


def _home_state(points: pa.Table, account: np.ndarray, is_address: np.ndarray, p: np.ndarray) -> np.ndarray:
    """State of the address that leads, per account: text array, '' where unknown."""
    out = np.full(int(account.max(initial=-1)) + 1, "", dtype="<U8")
    rows = np.flatnonzero(is_address)
    rows = rows[np.lexsort((p[rows], account[rows]))]  # the most current address of an account comes last and stays
    out[account[rows]] = np.array(pc.fill_null(points["state"], "").to_pylist(), dtype="<U8")[rows] if len(rows) else ""
    return out


def _ranks(account: np.ndarray, kind: np.ndarray, score: np.ndarray, tie: np.ndarray) -> np.ndarray:
    """Rank within account and kind from 1, best first; remaining ties by row."""
    kinds = np.searchsorted(KIND_ORDER, kind)
    order = np.lexsort((np.arange(len(account)), -tie, -score, kinds, account))
    group = account[order] * 4 + kinds[order]
    begins = np.flatnonzero(np.append(True, group[1:] != group[:-1])) if len(order) else np.zeros(0, np.int64)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order)))) + 1
    return rank
