"""What a tape is worth looking at before it is bought: how full and how valid it is, how old, how contaminated, what is out of time,
and how much of the balance can be expected to be reached by what is known of its people.

Counts and sums only. The buyer's own evidence is enough: a project with nothing but the tape can be appraised.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from skiptrace.sql import query

FIELDS = (
    ("name", "last is not null"),
    ("first name", "first is not null"),
    ("birth date", "dob is not null"),
    ("social security number", "ssn_token is not null"),
    ("its last four digits", "ssn4 is not null"),
)
KINDS = (("address", "address"), ("phone", "phone"), ("e-mail", "email"))
PLACEHOLDERS = ("placeholder", "repeated", "role", "disposable")
"""Flags of a value that fills the field and reaches nobody."""


@dataclass(frozen=True)
class Head:
    """A column of a section: its title, and what its cells are: text, count, accounts (a small number is not told), money or share."""

    title: str
    kind: str


@dataclass(frozen=True)
class Section:
    """A part of the appraisal: a sentence that says what it shows, and a table. Cells of money and shares may be None."""

    name: str
    title: str
    sentence: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True)
class Appraisal:
    """accounts, their balance (None: not told), what is expected to be reached of both without the contact rules and with them, and
    the sections."""

    accounts: int
    balance: float | None
    reachable: float
    reachable_balance: float
    permitted: float
    permitted_balance: float
    sections: tuple[Section, ...]


_ACCOUNTS = Head("accounts", "accounts")
_SHARE = Head("share", "share")
_BALANCE = Head("balance", "money")


def appraise(tables: Mapping[str, pa.Table], rejected: Mapping[str, int], as_of: dt.date) -> Appraisal:
    """`tables`: tape (TAPE), identities (IDENTITIES of borrowers), sightings (SIGHTINGS of borrowers), points (CONTACT_POINTS), limits
    (account_id, limitation_status), before and after (account_id, p_any_channel; without the rules and with them). `rejected`: rows
    that are not used, by reason. `as_of`: ages count back from it."""
    (row,) = query(_WHOLE, dict(tables)).to_pylist()
    sections = (_filled(tables, row["accounts"]), _rejected(rejected), _contaminated(tables), _old(tables, as_of), _statute(tables))
    whole = (row["accounts"], row["balance"], row["reachable"], row["reachable_balance"] or 0.0)
    return Appraisal(*whole, row["permitted"], row["permitted_balance"] or 0.0, sections)


_WHOLE = """
select count(*) as accounts, sum(t.balance)::double as balance, coalesce(sum(b.p_any_channel), 0) as reachable,
    sum(b.p_any_channel * t.balance::double) as reachable_balance, coalesce(sum(a.p_any_channel), 0) as permitted,
    sum(a.p_any_channel * t.balance::double) as permitted_balance
from tape t left join before b using (account_id) left join after a using (account_id)
"""


def _filled(tables: Mapping[str, pa.Table], accounts: int) -> Section:
    """Fields of the tape that can be used, by the accounts that have one."""

    def row(name: str, count: int) -> tuple[object, ...]:
        return name, count, count / accounts if accounts else None

    known = ", ".join(f"count(*) filter ({when})" for _, when in FIELDS)
    (counts,) = query(f"select [{known}] as n from identities", dict(tables)).to_pylist()
    rows = [row(name, n) for (name, _), n in zip(FIELDS, counts["n"], strict=True)]
    shown = query("select kind, count(distinct identity) as n from sightings group by kind", dict(tables)).to_pylist()
    have = {one["kind"]: one["n"] for one in shown}
    rows += [row(name, have.get(kind, 0)) for name, kind in KINDS]
    dates = "select count(balance) as balance, count(charge_off_date) as off, count(last_payment_date) as paid from tape"
    (dated,) = query(dates, dict(tables)).to_pylist()
    named = (("balance", "balance"), ("charge-off date", "off"), ("last payment date", "paid"))
    rows += [row(name, dated[key]) for name, key in named]
    heads = (Head("field", "text"), _ACCOUNTS, _SHARE)
    return Section("filled", "How full the tape is", "Accounts with a value that can be read, by field.", heads, tuple(rows))


def _rejected(rejected: Mapping[str, int]) -> Section:
    rows = tuple(sorted(((reason.replace("_", " "), n) for reason, n in rejected.items()), key=lambda row: (-row[1], row[0])))
    sentence = "Rows of the tape that cannot be used, by reason: duplicates within the tape among them."
    return Section("rejected", "Rows that are not used", sentence, (Head("reason", "text"), Head("rows", "count")), rows)


def _contaminated(tables: Mapping[str, pa.Table]) -> Section:
    """Values of the tape that are somebody else's or nobody's."""
    flags = ", ".join(f"'{flag}'" for flag in PLACEHOLDERS)
    text = f"""
        with own as (select * from points where origin in ('portfolio', 'both'))
        select k.name, count(o.account_id) as n, count(*) filter (o.shared_by > 0) as shared,
            count(*) filter (list_has_any(o.flags, [{flags}])) as filler,
            count(*) filter (o.status in ('disconnected', 'wrong_party', 'reassigned', 'invalid')) as wrong
        from kinds k left join own o on o.kind = k.kind group by k.name, k.place order by k.place"""
    kinds = pa.table({"name": [name for name, _ in KINDS], "kind": [kind for _, kind in KINDS], "place": list(range(len(KINDS)))})
    rows = tuple(
        (row["name"], row["n"], row["shared"], row["filler"], row["wrong"]) for row in query(text, {**tables, "kinds": kinds}).to_pylist()
    )
    titles = ("values", "shared by unrelated people", "fillers and roles", "known to be wrong")
    heads = (Head("kind", "text"), *(Head(title, "accounts") for title in titles))
    sentence = "Contact data of the tape that is somebody else's or nobody's: debt-settlement firms, employers, 999-999-9999."
    return Section("contaminated", "Contamination", sentence, heads, rows)


def _old(tables: Mapping[str, pa.Table], as_of: dt.date) -> Section:
    """Accounts and balance by the age of the debt."""
    text = f"""
        select case when off is null then 'not told' when off > DATE '{as_of}' - INTERVAL 1 YEAR then 'under 1 year'
                when off > DATE '{as_of}' - INTERVAL 3 YEAR then '1 to 3 years'
                when off > DATE '{as_of}' - INTERVAL 6 YEAR then '3 to 6 years' else '6 years and more' end as age,
            count(*) as n, sum(balance)::double as balance, max(off) as newest
        from (select charge_off_date as off, balance from tape) group by age order by newest desc nulls last"""
    rows = tuple((row["age"], row["n"], row["balance"]) for row in query(text, dict(tables)).to_pylist())
    sentence = "Accounts by time since charge-off: contact data of the tape is about as old."
    return Section("age", "Age", sentence, (Head("since charge-off", "text"), _ACCOUNTS, _BALANCE), rows)


def _statute(tables: Mapping[str, pa.Table]) -> Section:
    """Accounts and balance by whether a suit would still be in time."""
    text = """
        select coalesce(l.limitation_status, 'uncertain') as status, count(*) as n, sum(t.balance)::double as balance
        from tape t left join limits l using (account_id) group by status order by n desc, status"""
    words = {"in_period": "in time", "barred": "out of time", "uncertain": "not certain"}
    rows = tuple((words.get(row["status"], row["status"]), row["n"], row["balance"]) for row in query(text, dict(tables)).to_pylist())
    sentence = "Whether a suit on the debt would be in time, by every state that may count; a screening aid, no legal conclusion."
    return Section("statute", "Limitation periods", sentence, (Head("position", "text"), _ACCOUNTS, _BALANCE), rows)
