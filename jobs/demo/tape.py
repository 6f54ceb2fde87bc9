"""The purchased portfolio: who owes, what the seller wrote down when the account was charged off, and its bad rows.

Columns have a seller's names, not ours, so that the project file shows a mapping. A consumer's accounts are written one
by one, each with its own age and its own mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.demo import records, shares
from jobs.demo.points import LANDLINE, phone_at
from jobs.demo.records import World
from jobs.demo.words import Days, Flags, Random, Text, Whole, present, stream, texts

_CREDITORS = texts(["First Meridian Bank", "Harborlight Card Services", "Copper Valley Credit Union",
                    "Northline Retail", "Bluestem Consumer Finance", "Telwave Wireless"])  # fmt: skip
_PLACEHOLDERS = texts(["000-000-0000", "9999999999", "UNKNOWN"])
_NO_DATES = texts(["00/00/0000", "13/45/1978", "UNK", "02/30/1981", "//"])


@dataclass(frozen=True)
class Debtors:
    """Who owes what: one entry per account. `person` are rows of the population; ids are text with leading zeros."""

    person: Whole
    account_id: Text
    charged_off: Days

    def people(self) -> Whole:
        """The consumers, each once, in the order of the population."""
        return np.unique(self.person)


@dataclass(frozen=True)
class Portfolio:
    """The rows as delivered, and what they hold for the truth.

    `phones` (home, cell) and `email` are canonical values for the truth of points, parallel to `Debtors`; `slot` is
    which of the person's addresses the tape shows. `rejected` are the ids that must be refused because their rows
    contradict each other; `counts` says how many rows of each kind there are."""

    rows: pa.Table
    phones: tuple[Text, Text]
    email: Text
    slot: Whole
    rejected: tuple[str, ...]
    counts: dict[str, int]


def choose_debtors(world: World, accounts: int, seed: int) -> Debtors:
    """Who owes the `accounts` accounts: adults, some of them several times, and in larger tapes one minor."""
    rng = stream(seed, "debtors")
    people = world.people
    adults = rng.permutation(people.adults())
    consumers = max(1, round(accounts / (1 + shares.EXTRA_ACCOUNTS * 1.3)))
    chosen = adults[:consumers]
    several = chosen[: max(0, round(consumers * shares.EXTRA_ACCOUNTS))]
    extra = rng.permutation(np.concatenate([several, several]))
    person = np.concatenate([chosen, several, extra])[:accounts]
    grown = np.zeros(len(people), np.bool_)
    grown[adults] = True
    minors = np.flatnonzero(~grown & (people.born < people.as_of - 365 * 6))
    if accounts >= 200 and len(minors):
        person[0] = minors[0]
    person = rng.permutation(person)
    least, shape, scale = shares.YEARS_SINCE_CHARGE_OFF
    years = np.clip(least + rng.gamma(shape, scale, len(person)), 0.4, 14)
    number = np.sort(rng.choice(np.arange(40_000_000, 40_000_000 + accounts * 7), len(person), replace=False))
    ids = texts([f"{value:010d}" for value in number.tolist()])
    # A dead consumer's account was charged off before the death or soon after it.
    charged = people.as_of - (years * 365.25).astype(np.int64)
    died = people.died[person]
    late = ~np.isnat(died) & (charged > died + 200)
    charged[late] = died[late] - rng.integers(30, 900, int(late.sum()))
    return Debtors(person, ids, charged)


def write(world: World, debtors: Debtors, seed: int) -> Portfolio:
    """The portfolio of these debtors, its bad rows among the good."""
    rng = stream(seed, "tape")
    rows, day = debtors.person, debtors.charged_off
    n, noise = len(rows), 1.2
    names = records.names(world, rows, day, noise, rng)
    capitals = rng.random(n) < 0.6
    # The seller asks for the address at charge-off: no staleness but that of the account's age.
    slot = world.people.slot_at(rows, day)
    where = records.addresses(world, rows, day, noise, 0.5, rng, slot)
    born = records.birth_dates(world, rows, shares.TAPE_DOB, noise, rng)
    minor = ~np.isin(rows, world.people.adults())
    born[minor] = world.people.born[rows[minor]]  # the tape gives it away
    home, cell, canonical = _phones(world, rows, day, noise, rng)
    email = records.emails(world, rows, day, shares.TAPE_EMAIL, noise, rng)
    birthday = records.day_text(born, "%m/%d/%Y")
    unreadable = np.flatnonzero((rng.random(n) < shares.UNREADABLE_DOB) & ~minor)
    birthday[unreadable] = _NO_DATES[rng.integers(0, len(_NO_DATES), len(unreadable))]
    in_phone = np.flatnonzero(present(email) & (rng.random(n) < shares.EMAIL_AS_PHONE / shares.TAPE_EMAIL))
    home[in_phone] = email[in_phone]
    canonical[0][in_phone] = None
    one = rng.random(n) < shares.FULL_NAME_ROWS
    split, whole = np.flatnonzero(~one), np.flatnonzero(one)
    columns: dict[str, Text] = {"ACCT_NO": debtors.account_id}
    parts = {"FIRST_NM": names.first, "MIDDLE_NM": names.middle, "LAST_NM": names.last, "SFX": names.suffix}
    for name, values in parts.items():
        columns[name] = np.full(n, None, object)
        columns[name][split] = values[split]
    columns["DEBTOR_NAME"] = np.full(n, None, object)
    columns["DEBTOR_NAME"][whole] = names.one_field(whole, last_first=True)
    columns["AKA_LAST"] = _former(world, rows, rng)
    columns["AKA_LAST"][columns["AKA_LAST"] == names.last] = None  # the name that the tape itself shows
    columns["DOB"] = birthday
    columns["SSN_LAST4"] = records.last_four(world, rows, shares.TAPE_SSN4, noise, rng)
    columns |= {"ADDR_1": where["line1"], "ADDR_2": where["line2"], "CITY": where["city"], "ST": where["state"],
                "ZIP": where["postal"], "HOME_PH": home, "CELL_PH": cell, "EMAIL_ADDR": email}  # fmt: skip
    columns |= _money(world, debtors, rng) | _flags(world, rows, rng)
    for name in ("FIRST_NM", "MIDDLE_NM", "LAST_NM", "SFX", "DEBTOR_NAME", "AKA_LAST", "ADDR_1", "ADDR_2", "CITY"):
        columns[name] = records.upper(columns[name], capitals)
    good = pa.table({name: records.column(values) for name, values in columns.items()})
    table, rejected, counts = _with_bad_rows(good, debtors, rng)
    return Portfolio(table, canonical, email, slot, rejected, counts)


def _phones(world: World, rows: Whole, day: Days, noise: float, rng: Random) -> tuple[Text, Text, tuple[Text, Text]]:
    """Home and cell columns as written, and their canonical values."""
    n = len(rows)
    kept = rng.random(n) < shares.TAPE_PHONE
    both = rng.random(n) < shares.TAPE_BOTH_PHONES
    first = records.phones(world, rows, day, 1.0, noise, rng)
    line = records.phones(world, rows, day, 1.0, noise, rng, np.full(n, LANDLINE))
    mobile = phone_at(world.people, world.points, rows, day, rng, home=0.0)
    cell = records.phones(world, rows, day, 1.0, noise, rng, mobile)
    at_home = rng.random(n) < 0.5
    in_home = kept & (at_home | both)
    in_cell = kept & (~at_home | both)
    out: list[Text] = []
    canonical: list[Text] = []
    for there, alone in ((in_home, line), (in_cell, cell)):
        values = np.where(both, alone.text, first.text)
        digits = np.where(both, alone.canonical(), first.canonical())
        values[~there], digits[~there] = None, None
        junk = np.flatnonzero(present(values) & (rng.random(n) < shares.PLACEHOLDER_PHONE))
        values[junk], digits[junk] = _PLACEHOLDERS[rng.integers(0, len(_PLACEHOLDERS), len(junk))], None
        out.append(values)
        canonical.append(digits)
    return out[0], out[1], (canonical[0], canonical[1])


def _former(world: World, rows: Whole, rng: Random) -> Text:
    people = world.people
    told = (people.earlier_last[rows] >= 0) & (rng.random(len(rows)) < shares.TAPE_FORMER_NAME)
    out = np.full(len(rows), None, object)
    out[told] = world.words.last[people.earlier_last[rows[told]]]
    return out


def _money(world: World, debtors: Debtors, rng: Random) -> dict[str, Text]:
    n = len(debtors.person)
    balance = np.round(np.exp(rng.normal(7.4, 1.0, n)) + 75, 2)
    paid = debtors.charged_off - rng.integers(150, 260, n)
    opened = paid - rng.integers(200, 4000, n)
    last_paid = records.day_text(paid, "%m/%d/%Y")
    last_paid[rng.random(n) < 0.12] = None
    return {
        "ORIG_CRED": _CREDITORS[rng.integers(0, len(_CREDITORS), n)],
        "CUR_BAL": texts([f"${value:,.2f}" for value in balance.tolist()]),
        "OPEN_DT": records.day_text(opened, "%m/%d/%Y"),
        "CO_DT": records.day_text(debtors.charged_off, "%m/%d/%Y"),
        "LAST_PMT_DT": last_paid,
        "LANG": texts(["ES" if luck < shares.SPANISH else "EN" for luck in rng.random(n).tolist()]),
    }


def _flags(world: World, rows: Whole, rng: Random) -> dict[str, Text]:
    n = len(rows)
    dead = ~np.isnat(world.people.died[rows])
    marked: dict[str, Flags] = {"DECD_FLG": dead & (rng.random(n) < shares.FLAG_DECEASED_OF_DEAD)}
    for name, share in (("BK_FLG", shares.FLAG_BANKRUPTCY), ("ATTY_FLG", shares.FLAG_ATTORNEY),
                        ("CEASE_FLG", shares.FLAG_CEASE), ("DISPUTE_FLG", shares.FLAG_DISPUTE)):  # fmt: skip
        marked[name] = rng.random(n) < share
    out: dict[str, Text] = {}
    for name, yes in marked.items():
        out[name] = np.full(n, "N", object)
        out[name][rng.random(n) < shares.FLAG_BLANK] = None
        out[name][yes] = "Y"
    return out


def _with_bad_rows(good: pa.Table, debtors: Debtors, rng: Random) -> tuple[pa.Table, tuple[str, ...], dict[str, int]]:
    """The good rows with exact duplicates, contradicting ones and one without an id put in, in a shuffled order."""
    n = good.num_rows
    pairs = min(shares.CONFLICTING_PAIRS, n // 400)
    twice = min(shares.EXACT_DUPLICATES, n // 20)
    nameless = 1 if n >= 20 else 0
    picked = rng.choice(n, pairs + twice + nameless, replace=False)
    conflict, same, lost = picked[:pairs], picked[pairs : pairs + twice], picked[pairs + twice :]
    other = good.take(pa.array(conflict))
    money = good.schema.get_field_index("CUR_BAL")
    other = other.set_column(money, "CUR_BAL", pa.array([f"${row + 101}.17" for row in range(pairs)], pa.string()))
    without = good.take(pa.array(lost)).set_column(0, "ACCT_NO", pa.nulls(nameless, pa.string()))
    everything = pa.concat_tables([good, other, good.take(pa.array(same)), without])
    order = rng.permutation(everything.num_rows)
    counts = {"rows": everything.num_rows, "accounts": n - pairs, "exact_duplicates": twice,
              "conflicting_ids": pairs, "without_id": nameless}  # fmt: skip
    rejected = tuple(sorted(debtors.account_id[conflict].tolist()))
    return everything.take(pa.array(order)), rejected, counts
