"""Places: the spellings of one address within an account, which of them speaks for it, and whether it is current.

A letter carrier reads "123 N MAIN ST" and "123 NORTH MAIN" as one place. So the evidence of every spelling counts for the
one that speaks for the place (the complete, then commonest, then newest), and the others stay as points of their own
with the evidence they have.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import codes, number
from skiptrace.contacts.merging import NEVER, days
from skiptrace.contacts.pooling import numbered_words, pool, similarity
from skiptrace.contacts.residence import NEUTRAL, current
from skiptrace.contacts.rules import AddressRules
from skiptrace.kernels.residence import SEEN

DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Places:
    """The address points of a partition: their rows of EVIDENCE (`row`), and per point its account, place (lowest point
    of its pool), the point that speaks for it, and how far it names the same place as that one (1: the same)."""

    spelled: pa.Table
    account: np.ndarray
    place: np.ndarray
    lead: np.ndarray
    likeness: np.ndarray


def years_before(days_seen: pa.ChunkedArray, as_of: dt.date) -> np.ndarray:
    """Years from each day to `as_of`, NaN where NULL: float64 [n]."""
    day = days(days_seen).astype(np.float64)
    years: np.ndarray = ((as_of - dt.date(1970, 1, 1)).days - np.where(day > NEVER, day, np.nan)) / DAYS_A_YEAR
    return years


def find_places(
    spelled: pa.Table, account: np.ndarray, uses: np.ndarray, newest: np.ndarray, rules: AddressRules
) -> Places:
    """The places of address points. `spelled`: house, street, unit, city, postal_code of each; `account` ascending; `uses`
    (sightings) and `newest` (day of the last one, NEVER where undated) of each."""
    columns = {name: spelled[name] for name in ("house", "street", "city", "postal_code")}
    place = pool(pa.table({"account": account, **columns}), rules)
    lead = _leading(spelled, place, uses, newest)
    return Places(spelled, account, place, lead, _likeness(spelled, lead, rules))


def p_current(
    places: Places, evidence: pa.Table, row: np.ndarray, point: np.ndarray, voice: np.ndarray, rules: AddressRules,
    as_of: dt.date,
) -> np.ndarray:  # fmt: skip
    """Probability that each address point is where the consumer lives on `as_of`: float64 [points].

    `row`: the rows of EVIDENCE that count, `point` their points, `voice` who says each."""
    told = evidence.select(["last_seen", "source_kind", "point_kind", "match_probability", "ncoa_code"]).take(pa.array(row))
    accounts, home = np.unique(places.account, return_inverse=True)
    whose, where = home[point], places.place[point]
    day, years = days(told["last_seen"]), years_before(told["last_seen"], as_of)
    oldest = np.full(len(accounts), np.nan)
    np.fmax.at(oldest, whose, years)
    before = np.where(np.isnan(oldest), rules.undated_alone_years, oldest + rules.undated_years)
    years = np.where(np.isnan(years), before[whose], years)
    # what was seen after the day to which ages count is the newest that is known: the account's clock ends there
    newest = np.zeros(len(accounts))
    np.minimum.at(newest, whose, years)
    years = years - newest[whose]
    reliability, word = _reliability(told, rules)
    # One voice says one thing a day: a copy is no second sighting.
    order = np.lexsort((-reliability, day, voice, where))
    keys = (where[order], voice[order], day[order], word[order])
    new = np.zeros(len(order), bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    once = order[new]
    number_, counts = _numbered(places.place, home, len(accounts))
    # of one day and address by what is said, never by who says it: numbers of voices depend on who else is looked at
    once = once[np.lexsort((reliability[once], word[once], number_[point[once]], -years[once], whose[once]))]
    share = current(
        whose[once], number_[point[once]], years[once], reliability[once], word[once], counts, rules
    )
    begin = np.cumsum(counts) - counts
    found: np.ndarray = share[begin[home] + number_] * places.likeness * rules.legible
    return found


def _reliability(told: pa.Table, rules: AddressRules) -> tuple[np.ndarray, np.ndarray]:
    """(reliability of each sighting, what it says: SEEN, MOVED_TO or LEFT)."""
    kinds, kind = codes(told["source_kind"])
    box = pc.fill_null(pc.equal(told["point_kind"], "po_box"), False).to_numpy(zero_copy_only=False)
    table = np.array([[rules.of(name, False), rules.of(name, True)] for name in kinds]).reshape(len(kinds), 2)
    trust = table[kind, box.astype(np.int64)]
    forms, form = codes(told["ncoa_code"])
    word = np.array([rules.ncoa.get(code.upper(), SEEN) for code in forms] + [SEEN])[form]
    trust = np.where(word == SEEN, trust, rules.of_ncoa)
    p_link = told["match_probability"].to_numpy()
    # an uncertain link pulls towards no information: one third of a sighting, none of a move
    reliability = p_link * trust + (1 - p_link) * np.where(word == SEEN, NEUTRAL, 0.0)
    return np.clip(reliability, 0.01, 0.99), word


def _numbered(pooled: np.ndarray, home: np.ndarray, accounts: int) -> tuple[np.ndarray, np.ndarray]:
    """(number of each row's pool within its account, pools per account)."""
    pools, place = np.unique(pooled, return_inverse=True)
    owner = home[pools]
    counts = np.bincount(owner, minlength=accounts)
    begin = np.cumsum(counts) - counts
    return (np.arange(len(pools)) - begin[owner])[place], counts


def _leading(spelled: pa.Table, pooled: np.ndarray, uses: np.ndarray, newest: np.ndarray) -> np.ndarray:
    """Row of the spelling that speaks for each row's pool: the complete, then commonest, then newest one."""
    complete = spelled["house"].is_valid().to_numpy(zero_copy_only=False)
    order = np.lexsort((np.arange(len(pooled)), -newest, -uses, ~complete, uses == 0, pooled))
    if not len(order):
        return order
    begins = np.append(True, pooled[order][1:] != pooled[order][:-1])
    speaker = np.full(len(pooled), -1)
    speaker[pooled[order[begins]]] = order[begins]
    leads: np.ndarray = speaker[pooled]
    return leads


def _likeness(spelled: pa.Table, lead: np.ndarray, rules: AddressRules) -> np.ndarray:
    """How far a spelling names the same place as the one that speaks for its pool: 1 where house and street are the same,
    less where a letter carrier would have to guess, next to nothing where the number is gone or another."""
    out = np.ones(len(lead))
    house, street = number(spelled["house"]), number(spelled["street"])
    rows = np.flatnonzero((house != house[lead]) | (street != street[lead]))
    out[rows] = rules.other_number
    rows = rows[house[rows] == house[lead[rows]]]
    numbered = numbered_words(spelled["street"])
    legible = similarity(spelled["street"], rows, lead[rows]) >= rules.legible_from
    legible &= numbered[rows] == numbered[lead[rows]]
    out[rows] = np.where(legible, rules.misspelled, rules.barely_alike)
    return out
