"""Contact points: merged evidence, how current each point is, what outcomes proved, and its rank."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.contacts import ageing
from skiptrace.contacts.merging import merge
from skiptrace.contacts.outcomes import proofs
from skiptrace.contacts.pooling import pool, similarity
from skiptrace.contacts.residence import current
from skiptrace.contacts.rules import CurrencyRules
from skiptrace.ids import point_ids
from skiptrace.schema import CONTACT_POINTS, conform

DAYS_A_YEAR = 365.25
KIND_ORDER = ("address", "email", "phone")
LEGIBLE, LEGIBLE_SPELLING, BARELY_ALIKE, OTHER_NUMBER = 0.85, 0.97, 0.5, 0.1
"""A street at least `LEGIBLE` alike still names the place. The other three: what a spelling keeps of its pool's
probability when it is legible, barely alike, or has another or no house number."""


def contact_points(evidence: pa.Table, events: pa.Table, area_states: dict[int, str], rules: CurrencyRules, as_of: dt.date) -> pa.Table:
    """CONTACT_POINTS of one partition, sorted by account, kind and rank. `shared_by` is 0: the project-wide count comes
    later. `area_states` maps a North American area code to its state."""
    points = merge(evidence)
    account = _codes(points["account_id"])
    years = _years(points["last_seen"], as_of)
    kind = points["kind"].to_numpy(zero_copy_only=False)
    p = np.zeros(len(points))
    tie = np.zeros(len(points))
    is_address = kind == "address"
    p[is_address], tie[is_address] = _addresses(points, evidence, is_address, account, rules, as_of)
    home = _home_state(points, account, is_address, p)
    outcome, status = proofs(points, events, rules)
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
    p[is_address] = ageing.sigmoid(ageing.logit(np.clip(p[is_address], 1e-9, 1 - 1e-9)) + outcome[is_address])
    score = p * points["p_right_party"].to_numpy()
    rank = _ranks(account, kind, score, tie)
    out = points.select([name for name in points.column_names if name not in ("mine", "seen_elsewhere", "sightings", "status")])
    more = {
        "point_id": point_ids(points["kind"].to_pylist(), points["value"].to_pylist()), "rank": pa.array(rank, pa.int32()),
        "p_current": pa.array(p), "shared_by": pa.array(np.zeros(len(points), np.int32)),
        "status": pc.coalesce(status, points["status"], pa.scalar("unknown")),
    }  # fmt: skip
    for name, column in more.items():
        out = out.append_column(name, column)
    order = np.lexsort((rank, np.searchsorted(KIND_ORDER, kind), account))
    return conform(out.take(pa.array(order)).select(CONTACT_POINTS.names), CONTACT_POINTS)


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    """Row of each distinct value in order of appearance; the column is sorted, so codes ascend."""
    encoded = column.combine_chunks().dictionary_encode()
    encoded = encoded if isinstance(encoded, pa.DictionaryArray) else encoded.combine_chunks()
    codes: np.ndarray = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _years(days: pa.ChunkedArray, as_of: dt.date) -> np.ndarray:
    """Years from each day to `as_of`, NaN where NULL: float64 [n]."""
    number = days.cast(pa.int32()).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return ((as_of - dt.date(1970, 1, 1)).days - number) / DAYS_A_YEAR


def _addresses(
    points: pa.Table, evidence: pa.Table, chosen: np.ndarray, account: np.ndarray, rules: CurrencyRules, as_of: dt.date
) -> tuple[np.ndarray, np.ndarray]:
    """(p_current, tie-break) of the address points, in their order."""
    rows = np.flatnonzero(chosen)
    some = points.take(pa.array(rows))
    owner = account[rows]
    pooled = pool(pa.table({"account": owner, **{n: some[n] for n in ("house", "street", "city", "postal_code")}}), rules.address)
    sightings = evidence.filter(pc.equal(evidence["kind"], "address"))
    where = _row_of(sightings, some)
    # One origin says one thing a day: a syndicated copy is no second sighting.
    day = sightings["last_seen"].cast(pa.int32()).fill_null(-(2**31)).to_numpy()
    origin = _codes(sightings["origin"])
    years = _years(sightings["last_seen"], as_of)
    accounts, home = np.unique(owner, return_inverse=True)
    oldest = np.zeros(len(accounts))
    np.fmax.at(oldest, home[where], np.nan_to_num(years, nan=0.0))
    years = np.where(np.isnan(years), oldest[home[where]] + rules.address.undated_years, years)
    box = pc.fill_null(pc.equal(sightings["point_kind"], "po_box"), False).to_numpy(zero_copy_only=False)
    kinds = sightings["source_kind"].to_pylist()
    base = {pair: rules.address.of(*pair) for pair in sorted(set(zip(kinds, box.tolist(), strict=True)))}
    trust = np.array([base[pair] for pair in zip(kinds, box.tolist(), strict=True)])
    p_link = sightings["match_probability"].to_numpy()
    neutral = 1 / 3  # r = 1/3 leaves every share as it is, so an uncertain link pulls towards no information
    reliability = np.clip(p_link * trust + (1 - p_link) * neutral, 0.01, 0.99)
    first = np.lexsort((-reliability, day, origin, pooled[where], home[where]))
    keys = np.stack([home[where], pooled[where], origin, day])[:, first]
    once = first[np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0))] if len(first) else first
    number, counts = _numbered(pooled, home, len(accounts))
    order = once[np.lexsort((origin[once], number[where[once]], -years[once], home[where[once]]))]
    share = current(home[where[order]], number[where[order]], years[order], reliability[order], counts, rules.address)
    p = share[home, number]
    lead = _leading(some, pooled)
    return p * _likeness(some, lead), np.where(lead == np.arange(len(some)), 1.0, 0.0)


def _row_of(sightings: pa.Table, points: pa.Table) -> np.ndarray:
    """Row in `points` of each sighting; both are sorted by account and value, and every sighting has its point."""
    key = pc.binary_join_element_wise(sightings["account_id"], sightings["value"], "\x1f")
    of = pc.binary_join_element_wise(points["account_id"], points["value"], "\x1f")
    found: np.ndarray = pc.index_in(key, of).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _numbered(pooled: np.ndarray, home: np.ndarray, accounts: int) -> tuple[np.ndarray, np.ndarray]:
    """(number of each row's pool within its account, pools per account)."""
    pools, place = np.unique(pooled, return_inverse=True)
    owner = home[pools]
    counts = np.bincount(owner, minlength=accounts)
    begin = np.cumsum(counts) - counts
    return (np.arange(len(pools)) - begin[owner])[place], counts


def _leading(points: pa.Table, pooled: np.ndarray) -> np.ndarray:
    """Row of the spelling that speaks for each row's pool: the complete, then commonest, then newest one."""
    sightings = points["sightings"].to_numpy()
    complete = points["house"].is_valid().to_numpy(zero_copy_only=False)
    newest = points["last_seen"].cast(pa.int32()).fill_null(-(2**31)).to_numpy()
    order = np.lexsort((np.arange(len(pooled)), -newest.astype(np.int64), -sightings, ~complete, pooled))
    if not len(order):
        return order
    begins = np.append(True, pooled[order][1:] != pooled[order][:-1])
    speaker = np.full(len(pooled), -1)
    speaker[pooled[order[begins]]] = order[begins]
    leads: np.ndarray = speaker[pooled]
    return leads


def _likeness(points: pa.Table, lead: np.ndarray) -> np.ndarray:
    """How far a spelling names the same place as the one that speaks for its pool: 1 where a letter carrier would still
    find it, less where the house number is gone or another, or the street is barely alike."""
    out = np.ones(len(lead))
    rows = np.flatnonzero(lead != np.arange(len(lead)))
    house, street = points["house"].fill_null(""), points["street"].fill_null("")
    same_house = pc.equal(house.take(pa.array(rows)), house.take(pa.array(lead[rows]))).to_numpy(zero_copy_only=False)
    likeness = similarity(street, rows, lead[rows])
    out[rows] = np.where(~same_house, OTHER_NUMBER, np.where(likeness >= LEGIBLE, LEGIBLE_SPELLING, BARELY_ALIKE))
    return out


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
