"""Contact points: merged evidence, how current each point is, what outcomes proved, and its rank."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import codes
from skiptrace.contacts import ageing
from skiptrace.contacts.copies import voices
from skiptrace.contacts.merging import days, listed, merge
from skiptrace.contacts.outcomes import ALIVE
from skiptrace.contacts.places import Places, find_places, p_current, years_before
from skiptrace.contacts.ranking import rank_points
from skiptrace.contacts.rules import CurrencyRules
from skiptrace.contacts.spelling import KINDS, Spelled, spell
from skiptrace.contacts.standing import standing
from skiptrace.ids import point_id_column
from skiptrace.schema import CONTACT_POINTS, conform

MOST, LEAST = 1 - 1e-9, 1e-9


@dataclass(frozen=True)
class Areas:
    """What is known of North American area codes: the state of each, and pairs of an old and a new one after a split."""

    states: dict[int, str]
    splits: frozenset[tuple[int, int]]


def contact_points(
    accounts: pa.Array, evidence: pa.Table, instant: np.ndarray, dead: pa.Table, areas: Areas, rules: CurrencyRules,
    as_of: dt.date,
) -> pa.Table:  # fmt: skip
    """CONTACT_POINTS of one partition, sorted by account, kind and rank. `shared_by` is 0: the project-wide count comes
    later.

    `evidence`: EVIDENCE of the accounts `accounts`, outcomes included; `instant` the second of each outcome since 1970
    (int64, any number for sightings). `dead`: see `outcomes.dead_for_everybody`."""
    attempt = evidence["outcome"].is_valid().to_numpy(zero_copy_only=False)
    own = pc.equal(evidence["relation"], "same").to_numpy(zero_copy_only=False)
    alive = pc.fill_null(pc.equal(evidence["status"], ALIVE), False).to_numpy(zero_copy_only=False)
    shows = own & (~attempt | alive)
    spelled = spell(evidence, shows, areas.splits)
    places = _places(evidence, spelled, shows, rules)
    size = len(places.place)
    misspelled = np.append(places.likeness < 1, np.zeros(len(spelled.kind) - size, bool))
    voice, echo = voices(evidence, spelled.point, misspelled[spelled.point])
    row, point = _with_pooled(spelled, places)
    points = merge(evidence, row, point, spelled.speaker, shows, voice)
    counted = np.flatnonzero(shows & ~echo & (spelled.point < size))
    p = p_current(places, evidence, counted, spelled.point[counted], voice[counted], rules.address, as_of)
    attempts = np.flatnonzero(attempt & own)
    added, status = standing(points, evidence, spelled.point, instant, attempts, places, dead, rules, as_of)
    kept = np.bincount(spelled.point[shows], minlength=len(points)) > 0
    points, status, added = points.filter(pa.array(kept)), status.filter(pa.array(kept)), added[kept]
    account, kind = spelled.account[kept], spelled.kind[kept]
    current, area = _odds(points, account, kind, p[kept[:size]], added, areas, rules, as_of)
    ids = [point_id_column(name, points["value"].filter(pc.equal(points["kind"], name))) for name in KINDS]
    table = {
        **{name: points[name] for name in points.column_names}, "account_id": accounts.take(pa.array(account)),
        "point_id": pa.chunked_array([chunk for part in ids for chunk in part.chunks], pa.string()), "status": status,
        "p_current": pa.array(ageing.sigmoid(current)), "area": area, "shared_by": pa.array(np.zeros(len(points), np.int32)),
    }  # fmt: skip
    place = np.where(kept, np.cumsum(kept) - 1, -1)[point]
    row, place = row[place >= 0], place[place >= 0]
    seen = np.bincount(place, minlength=len(points))
    rank, order = rank_points(pa.table(table), account, seen)
    points = pa.table({**table, "rank": rank}).combine_chunks().take(pa.array(order))
    position = np.empty(len(order), np.int64)
    position[order] = np.arange(len(order))
    points = points.append_column("evidence", listed(evidence, row, position[place], len(order)))
    return conform(points.select(CONTACT_POINTS.names), CONTACT_POINTS)


def _places(evidence: pa.Table, spelled: Spelled, shows: np.ndarray, rules: CurrencyRules) -> Places:
    """The places of the address points, which are the first of all points."""
    addresses = spelled.of("address")
    parts = evidence.select(["house", "street", "unit", "city", "postal_code"]).take(pa.array(spelled.speaker[addresses]))
    size = addresses.stop
    rows = np.flatnonzero(shows & (spelled.point < size))
    newest = np.full(size, -(2**62))
    np.maximum.at(newest, spelled.point[rows], days(evidence["last_seen"])[rows])
    uses = np.bincount(spelled.point[rows], minlength=size)
    return find_places(parts, spelled.account[addresses], uses, newest, rules.address)


def _with_pooled(spelled: Spelled, places: Places) -> tuple[np.ndarray, np.ndarray]:
    """(row, point): every row of evidence with its point, and with the spelling that speaks for its place."""
    lead = np.append(places.lead, np.arange(len(places.lead), len(spelled.kind)))[spelled.point]
    lent = np.flatnonzero(lead != spelled.point)
    rows = np.arange(len(spelled.point))
    return np.concatenate([rows, lent]), np.concatenate([spelled.point, lead[lent]])


def _odds(
    points: pa.Table, account: np.ndarray, kind: np.ndarray, p: np.ndarray, added: np.ndarray, areas: Areas,
    rules: CurrencyRules, as_of: dt.date,
) -> tuple[np.ndarray, pa.Array]:  # fmt: skip
    """(log-odds that each point is current, with what outcomes add; whose area each phone has: string, NULL where not known).
    `p` of the addresses, which are the first points."""
    size = len(p)
    odds = ageing.logit(np.clip(p, LEAST, MOST))
    # However many files repeat an address, one that was proved wrong starts from even odds at most.
    odds = np.where(added[:size] < 0, np.minimum(odds, 0.0), odds) + added[:size]
    names, number_of = codes(points["state"].slice(0, size))
    home = np.full(int(account.max(initial=-1)) + 1, -2)
    lived = account[:size] * 1000 + number_of  # every state that an address of the account is in
    best = np.lexsort((odds, account[:size]))  # the most current address of an account comes last and stays
    home[account[:size][best]] = number_of[best]
    state_of = np.array([names.index(state) if (state := areas.states.get(code)) in names else -1 for code in range(1000)])
    some_state = np.isin(np.arange(1000), list(areas.states))
    years = np.maximum(years_before(points["last_seen"], as_of), 0.0)  # NaN stays
    parts, said = [odds], np.zeros(len(points), np.int64)
    for name, ages in (("email", rules.email), ("phone", rules.phone)):
        number = KINDS.index(name)
        at = slice(*np.searchsorted(kind, [number, number + 1]).tolist())
        some = points.slice(at.start, at.stop - at.start)
        code = ageing.areas(some["value"]) % len(state_of)
        state = state_of[code]
        in_area = (state == home[account[at]]) & (state >= 0)
        left = ~in_area & (state >= 0) & np.isin(account[at] * 1000 + state, lived)
        parts.append(ageing.currency(some, account[at], years[at], in_area, left, ages) + added[at])
        said[at] = np.select([in_area, left, some_state[code] & (home[account[at]] >= 0)], [1, 2, 3])
    return np.concatenate(parts), pa.array(["newest", "older", "other"]).take(pa.array(said - 1, mask=said == 0))
