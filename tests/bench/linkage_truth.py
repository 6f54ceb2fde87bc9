"""Who is who in a data set, and what a linker's table of links says against it.

Three kinds of truth are read, found by their files: of a generated set (`truth_accounts`, `truth_reference/`), of a
simulated population (`truth`, `truth_refs`), and pairs alone (`truth` with account_id and record_id). An account and a
record of one entity are the same person. Several records may be of one person; an account whose entity has no record is
not matchable, and whatever is linked to it is false.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LINK_COLUMNS = ("account_id", "source", "record_id", "rank", "match_weight", "match_probability", "relation", "status")
"""What is read of a table of links, ours or a peer's."""

_JUDGED = """
select a.place, l.match_probability p, coalesce(r.entity = a.entity, false) good,
    l.status = 'linked' and l.relation = 'same' linked
from links l left join accounts a on a.account_id = l.account_id::varchar
left join records r on r.record_id = l.record_id::varchar
"""
# Of each account the pair of highest probability, whatever its status; the order among equals is settled by weight, rank
# and name, so that the figure does not depend on the order of the rows.
_BEST = """
select a.place, l.match_probability p, coalesce(r.entity = a.entity, false) good
from links l join accounts a on a.account_id = l.account_id::varchar
left join records r on r.record_id = l.record_id::varchar
where l.match_probability is not null
qualify row_number() over (partition by a.place
    order by l.match_probability desc, l.match_weight desc, l.rank, l.source, l.record_id::varchar) = 1
"""


@dataclass(frozen=True)
class Truth:
    """`accounts`: account_id, entity, place (0, 1, … in order of account_id), matchable. `records`: record_id, entity."""

    accounts: pa.Table
    records: pa.Table
    true_pairs: int

    @cached_property
    def matchable(self) -> Bools:
        """By place of the account: whether any record is of its person."""
        found: Bools = self.accounts["matchable"].to_numpy().astype(bool)
        return found


@dataclass(frozen=True)
class Tops:
    """By place of the account: probability of its best pair (-inf: it has none), whether that is right, whether any
    record is of its person."""

    score: Floats
    right: Bools
    matchable: Bools


@dataclass(frozen=True)
class Judged:
    """A table of links beside the truth: `probability`, `good` and `linked` per pair, and the best pair per account.

    `linked` is what the linker accepted: status `linked` and relation `same`."""

    tops: Tops
    probability: Floats
    good: Bools
    linked: Bools
    true_pairs: int


def literal(value: object) -> str:
    """SQL text of a string."""
    return "'" + str(value).replace("'", "''") + "'"


def load_truth(folder: Path) -> Truth:
    """The truth of the data set in `folder`. Raises FileNotFoundError where there is none."""
    con = duckdb.connect()

    def file(name: str) -> str:
        return f"read_parquet({literal(folder / name)})"

    if (folder / "truth_accounts.parquet").exists():
        accounts = f"select account_id, person_id::varchar entity from {file('truth_accounts.parquet')}"
        records = (
            f"select record_id::varchar record_id, person_id::varchar entity from {file('truth_reference/*.parquet')}"
            f" semi join (select record_id from {file('reference/*.parquet')}) using (record_id)"
        )
    elif (folder / "truth_refs.parquet").exists():
        accounts = f"select account_id, simulant_id entity from {file('truth.parquet')}"
        records = f"select record_id, simulant_id entity from {file('truth_refs.parquet')}"
    elif (folder / "truth.parquet").exists():
        accounts = f"select account_id, account_id entity from {file('portfolio.parquet')}"
        records = f"select record_id, account_id entity from {file('truth.parquet')}"
    else:
        raise FileNotFoundError(f"{folder.name} holds no truth")
    con.execute(f"create temp table r as {records}")
    con.execute(f"""create temp table a as select account_id::varchar account_id, entity,
        row_number() over (order by account_id::varchar) - 1 place, entity in (select entity from r) matchable from ({accounts})""")
    ((pairs,),) = con.execute("select count(*) from r join a using (entity)").fetchall()
    tables = [con.sql(f"select * from {name} {order}").to_arrow_table() for name, order in (("a", "order by place"), ("r", ""))]
    return Truth(tables[0], tables[1], int(pairs))


def judge(links: pa.Table, truth: Truth) -> Judged:
    """Every pair of `links` (LINK_COLUMNS, one row per account and record) with its truth."""
    con = duckdb.connect()
    for name, table in (("links", links), ("accounts", truth.accounts), ("records", truth.records)):
        con.register(name, table)
    pairs, best = con.execute(_JUDGED).fetchnumpy(), con.execute(_BEST).fetchnumpy()
    count = len(truth.accounts)
    score, right = np.full(count, -np.inf), np.zeros(count, bool)
    place = np.asarray(best["place"], np.int64)
    score[place], right[place] = np.asarray(best["p"], float), np.asarray(best["good"], bool)
    probability = np.ma.filled(np.ma.asarray(pairs["p"]).astype(float), np.nan)
    tops = Tops(score, right, truth.matchable)
    return Judged(tops, probability, np.asarray(pairs["good"], bool), np.asarray(pairs["linked"], bool), truth.true_pairs)


def pool(parts: list[Tops]) -> Tops:
    """The accounts of several sets as one."""
    return Tops(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("score", "right", "matchable")))
