"""Gathering the evidence: every sighting on a linked record, on the portfolio's own row and on the consumer's other rows.

One row per account, kind, value and record. What relatives and co-borrowers show is evidence of them: it stands beside
the consumer's own where both show a point, and makes no point by itself; so does a record that may be the consumer's.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import codes, number
from skiptrace.contacts.unsure import UNSURE, corroborated, unsure
from skiptrace.grouping import matches
from skiptrace.schema import SIGHTINGS

PORTFOLIO = "portfolio"
OWN_PROBABILITY = 0.97
"""That a value on the buyer's own row was the consumer's when the account was opened: portfolios carry settlement
companies' and relatives' numbers too."""

EVIDENCE = pa.schema(
    [
        ("account", pa.int64()), ("record_id", pa.string()), ("match_probability", pa.float64()), ("relation", pa.string()),
        ("mine", pa.bool_()), ("source_kind", pa.string()), ("outcome", pa.string()),
        *((field.name, field.type) for field in SIGHTINGS.arrow if field.name not in ("identity", "party")),
    ]
)  # fmt: skip
"""A row of evidence: the columns of SIGHTINGS, and account (row of the sorted account ids), record_id, match_probability,
relation (same, household, co_borrower or unsure), mine (the account's own row), source_kind, outcome (of a past attempt)."""


def account_ids(ids: pa.ChunkedArray) -> pa.Array:
    """The account ids of a partition, sorted: what `account` in EVIDENCE counts."""
    joined = ids.combine_chunks()
    return joined.take(pc.sort_indices(joined))


def accepted(links: pa.Table) -> pa.ChunkedArray:
    """Which links evidence comes through: those of the consumer, and those that are somebody of the household."""
    own = pc.and_(pc.equal(links["status"], "linked"), pc.equal(links["relation"], "same"))
    return pc.or_(own, pc.equal(links["relation"], "household"))


def heard(links: pa.Table, unsure_from: float) -> pa.ChunkedArray:
    """Which links have a say: those that are accepted, and those to records that may be the consumer's."""
    return pc.or_(accepted(links), unsure(links, unsure_from))


def accounts_of_consumers(accounts: pa.Array, consumers: pa.Table) -> pa.Table:
    """account_id of `accounts` and record_id, every account of its consumer, its own among them; both string."""
    person = number(consumers["consumer_id"])
    ids = consumers["account_id"].combine_chunks()
    whose = person[pc.index_in(accounts, ids).to_numpy().astype(np.int64)]
    at, place = matches(whose, person)
    return pa.table({"account_id": accounts.take(pa.array(at)), "record_id": ids.take(pa.array(place))})


def rows_of_consumers(related: pa.Table, identities: pa.Table) -> pa.Table:
    """account_id, record_id, identity: the rows of the portfolio (borrowers and co-borrowers) of related accounts."""
    ids = number(pa.chunked_array([*identities["record_id"].chunks, *related["record_id"].chunks], pa.string()))
    at, place = matches(ids[len(identities) :], ids[: len(identities)])
    identity = identities["identity"].take(pa.array(place))
    return related.take(pa.array(at)).append_column("identity", identity)


def gather(
    accounts: pa.Array, links: pa.Table, sightings: pa.Table, own: pa.Table, own_sightings: pa.Table, tape: pa.Table,
    kinds: Mapping[str, str], as_of: str, unsure_from: float,
) -> pa.Table:  # fmt: skip
    """EVIDENCE from the reference and the portfolio, in no order. Sightings after `as_of` (ISO date) are left out.

    `accounts`: see `account_ids`. `links`: account_id, source, identity, record_id, match_probability, relation, status.
    `own`: the consumers' rows in the portfolio, account_id, identity, record_id (the row's own account): an account's own
    row and those of the same consumer's other accounts. `own_sightings` are of these rows, co-borrowers' included; `tape`
    of these accounts. `kinds` names the kind of each source. `sightings` may hold more records than are linked. Records that may be
    the consumer's with a probability of `unsure_from` stand beside what else shows their numbers and mailboxes."""
    links = links.filter(heard(links, unsure_from))
    relation = pc.if_else(unsure(links, unsure_from), UNSURE, links["relation"])
    sightings = _points(sightings)
    names = sorted({*kinds, PORTFOLIO})
    rows = own.append_column("source", pa.repeat(PORTFOLIO, len(own)))
    own_sightings = _points(own_sightings)
    own_link, own_row = _join(rows, own_sightings, names)
    borrower = pc.equal(own_sightings["party"], "borrower").to_numpy(zero_copy_only=False)[own_row]
    known = _rows_of(rows["account_id"], accounts)[own_link[borrower]], own_row[borrower]
    link, row = _join(links, sightings, names)
    link, row = corroborated(_rows_of(links["account_id"], accounts), relation, link, row, sightings, own_sightings, known)
    parts = {
        "account": _rows_of(links["account_id"], accounts)[link], "record_id": links["record_id"].take(pa.array(link)),
        "match_probability": links["match_probability"].take(pa.array(link)),
        "relation": relation.take(pa.array(link)), "mine": pa.array(np.zeros(len(link), bool)),
    }  # fmt: skip
    found = [_table(parts, sightings.take(pa.array(row)), kinds)]
    link, row = own_link, own_row
    shown = own_sightings.take(pa.array(row))
    record = rows["record_id"].take(pa.array(link))
    dated = pc.coalesce(shown["last_seen"], _opened(tape, record))
    mine = pa.array(borrower)
    parts = {
        "account": _rows_of(rows["account_id"], accounts)[link], "record_id": record,
        "match_probability": pa.array(np.full(len(link), OWN_PROBABILITY)),
        "relation": pc.if_else(mine, "same", "co_borrower"),
        "mine": pc.and_(mine, pc.equal(rows["account_id"].take(pa.array(link)), record)),
    }  # fmt: skip
    shown = shown.set_column(shown.column_names.index("last_seen"), "last_seen", dated)
    found.append(_table(parts, shown, {**kinds, PORTFOLIO: PORTFOLIO}))
    table = pa.concat_tables(found)
    day = pa.scalar(as_of).cast(pa.date32())
    return _kept(table, pc.fill_null(pc.less_equal(table["last_seen"], day), True))


def _points(sightings: pa.Table) -> pa.Table:
    """Sightings of contact points: nobody can be written to at a locality."""
    return _kept(sightings, pc.not_equal(sightings["kind"], "locality"))


def _kept(table: pa.Table, mask: pa.ChunkedArray) -> pa.Table:
    """The rows where `mask` holds; mostly that is all of them, and a copy of a wide table is dear."""
    return table if pc.all(mask, min_count=0).as_py() else table.filter(mask)


def _opened(tape: pa.Table, record: pa.ChunkedArray) -> pa.ChunkedArray:
    """What dates an undated row of the portfolio: the day of the charge-off, or else of the opening."""
    dated = pc.coalesce(tape["charge_off_date"], tape["open_date"])
    return dated.take(pc.index_in(record, tape["account_id"].combine_chunks()))


_IDENTITY_BITS = 56
"""Bits of an identity's number within its source (see `intake.partitions`); 127 sources have room beside it."""


def _rows_of(ids: pa.ChunkedArray, accounts: pa.Array) -> np.ndarray:
    found: np.ndarray = pc.index_in(ids, accounts).to_numpy().astype(np.int64)
    return found


def _join(links: pa.Table, sightings: pa.Table, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """(row of `links`, row of `sightings`) of every pair with one source and identity, in the order of links."""

    def key(table: pa.Table) -> np.ndarray:
        found, source = codes(table["source"])
        place = np.array([names.index(name) for name in found], np.int64)
        joined: np.ndarray = place[source] << _IDENTITY_BITS | table["identity"].to_numpy()
        return joined

    return matches(key(links), key(sightings))


def _table(parts: Mapping[str, object], shown: pa.Table, kinds: Mapping[str, str]) -> pa.Table:
    """EVIDENCE of sightings with what the link adds."""
    sources, source = codes(shown["source"])
    kind = pa.array([kinds.get(name, "other") for name in sources], pa.string()).take(pa.array(source))
    columns = {
        **{name: shown[name] for name in EVIDENCE.names if name in shown.column_names},
        **parts, "source_kind": kind, "outcome": pa.nulls(len(shown), pa.string()),
    }  # fmt: skip
    return pa.table([columns[name] for name in EVIDENCE.names], schema=EVIDENCE)
