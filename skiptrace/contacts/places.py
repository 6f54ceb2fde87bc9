"""Places: the spellings of one address within an account, which of them speaks for it, and whether it is current.

A letter carrier reads "123 N MAIN ST" and "123 NORTH MAIN" as one place. So the evidence of every spelling counts for the
one that speaks for the place (the complete, then commonest, then newest), and the others stay as points of their own
with the evidence they have.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.contacts.merging import merge
from skiptrace.contacts.pooling import pool, similarity
from skiptrace.contacts.residence import current
from skiptrace.contacts.rules import CurrencyRules

DAYS_A_YEAR = 365.25
LEGIBLE, LEGIBLE_SPELLING, BARELY_ALIKE, OTHER_NUMBER = 0.85, 0.97, 0.5, 0.1
"""A street at least `LEGIBLE` alike still names the place. The other three: what a spelling keeps of its place's
probability when it is legible, barely alike, or has another or no house number."""
POOLED = (
    "first_seen", "last_seen", "sources", "origin", "mine", "seen_elsewhere", "sightings", "status", "zones", "evidence",
    "p_right_party", "independent_sources",
)  # fmt: skip
"""What the spelling that speaks for a place has from all of its spellings."""


def codes_in_order(column: pa.ChunkedArray) -> np.ndarray:
    """Row of each distinct value in order of appearance; the column is sorted, so codes ascend."""
    encoded = column.combine_chunks().dictionary_encode()
    encoded = encoded if isinstance(encoded, pa.DictionaryArray) else encoded.combine_chunks()
    codes: np.ndarray = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def years_before(days: pa.ChunkedArray, as_of: dt.date) -> np.ndarray:
    """Years from each day to `as_of`, NaN where NULL: float64 [n]."""
    number = days.cast(pa.int32()).cast(pa.float64()).to_numpy(zero_copy_only=False)
    years: np.ndarray = ((as_of - dt.date(1970, 1, 1)).days - number) / DAYS_A_YEAR
    return years


def find_places(points: pa.Table, account: np.ndarray, rules: CurrencyRules) -> tuple[np.ndarray, np.ndarray]:
    """(place of each address point: lowest row of its spellings, row of the spelling that speaks for it)."""
    columns = {name: points[name] for name in ("house", "street", "city", "postal_code")}
    place = pool(pa.table({"account": account, **columns}), rules.address)
    return place, _leading(points, place)


def lend_evidence(points: pa.Table, evidence: pa.Table, lead: np.ndarray) -> pa.Table:
    """The address points, with the evidence of all spellings of a place on the one that speaks for it."""
    speaking = np.flatnonzero(np.bincount(lead, minlength=len(points)) > 1)
    if not len(speaking):
        return points
    sightings = evidence.filter(pc.equal(evidence["kind"], "address"))
    where = row_of(sightings, points)
    said = points["value"].take(pa.array(lead[where]))
    together = merge(sightings.set_column(sightings.column_names.index("value"), "value", said))
    rows = np.arange(len(points))
    from_pool = pc.index_in(_key(points), _key(together)).to_numpy(zero_copy_only=False)
    own = np.ones(len(points), bool)
    own[speaking] = False
    both = pa.concat_tables([points, together.select(points.column_names).cast(points.schema)])
    take = pa.array(np.where(own, rows, len(points) + np.nan_to_num(from_pool, nan=0.0).astype(np.int64)))
    for name in POOLED:
        points = points.set_column(points.column_names.index(name), name, both[name].take(take))
    return points


def p_current(
    points: pa.Table,
    evidence: pa.Table,
    account: np.ndarray,
    place: np.ndarray,
    lead: np.ndarray,
    rules: CurrencyRules,
    as_of: dt.date,
) -> np.ndarray:
    """Probability that each address point is where the consumer lives on `as_of`: float64 [n]."""
    sightings = evidence.filter(pc.equal(evidence["kind"], "address"))
    where = row_of(sightings, points)
    # One origin says one thing a day: a syndicated copy is no second sighting.
    day = sightings["last_seen"].cast(pa.int32()).fill_null(-(2**31)).to_numpy()
    origin = codes_in_order(sightings["origin"])
    years = years_before(sightings["last_seen"], as_of)
    accounts, home = np.unique(account, return_inverse=True)
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
    first = np.lexsort((-reliability, day, origin, place[where], home[where]))
    keys = np.stack([home[where], place[where], origin, day])[:, first]
    once = first[np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0))] if len(first) else first
    number, counts = _numbered(place, home, len(accounts))
    order = once[np.lexsort((origin[once], number[where[once]], -years[once], home[where[once]]))]
    share = current(home[where[order]], number[where[order]], years[order], reliability[order], counts, rules.address)
    current_share: np.ndarray = share[home, number] * _likeness(points, lead)
    return current_share


def row_of(sightings: pa.Table, points: pa.Table) -> np.ndarray:
    """Row in `points` of each sighting; every sighting has its point."""
    found: np.ndarray = pc.index_in(_key(sightings), _key(points)).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _key(table: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(table["account_id"], table["value"], "\x1f")


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
