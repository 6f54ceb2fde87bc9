"""The screening of a night: uses of accounts of which the same is known as in the last run keep its decisions, dated anew.

What an account is screened by is compared as numbers (SCREENED). Where a day that went by makes a rule say another thing, and where
anything else is another, its uses are screened as in a full run; so are all, where a rule came into force or the project's compliance
settings changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.setup import Setup
from skiptrace.columns import by_accounts, of_accounts
from skiptrace.compliance import redated
from skiptrace.compliance.settings import attested, setting_facts
from skiptrace.ids import digest
from skiptrace.rulebook import loading
from skiptrace.rulebook.model import Rulebook
from skiptrace.schema import DECISIONS, Column, Table
from skiptrace.schema.delivered import TEXT
from skiptrace.schema.facts import SITUATIONS
from skiptrace.store.tables import read_between, read_table, read_tables

SCREENED = Table(
    "screened", "What each account was screened by, as numbers, so that two nights can be compared.",
    (
        Column("account_id", TEXT, "The account.", "key", nullable=False),
        Column("facts", pa.uint64(), "Digest of its facts but those of the day.", nullable=False),
        Column("said", pa.uint64(), "Digest of what consents, attempts, lists and answers say of its uses.", nullable=False),
    ),
    key=("account_id",),
)  # fmt: skip
MOST = 0.3
"""The share of a partition's accounts beyond which all are screened anew: little would be saved, and what is new is held in memory."""
Pair = tuple[pa.Table, pa.Table]
Screen = Callable[[pa.Table], Pair]


def circumstances(setup: Setup) -> str:
    """A digest of what all uses are screened by beside the program and the rules: settings, steps attested in time, rules in force, and
    the licences that have run out."""
    settings, as_of, rulebook = setup.project.compliance.model_dump(mode="json"), setup.as_of, loading.load()
    steps = list(attested(rulebook, setup.project.compliance.model_dump(), as_of))
    ended = sorted(source.name for source in setup.project.source if source.contract_expires and as_of > source.contract_expires)
    return digest("screening", settings, steps, redated.in_force(rulebook, as_of), ended)


def parts_with(base: Mapping[str, Any], accounts: pa.Array) -> list[int]:
    """Numbers of the partitions in which the last run had some accounts. base: see `jobs.night.base.Base.plain`."""
    known = pa.concat_tables([read_table(ref, ["account_id", "part"]) for ref in base["digests"]])
    found: list[int] = of_accounts(known, accounts)["part"].unique().sort().to_pylist()
    return found


def same_as_before(before: Sequence[pa.Table], screened: pa.Table, touched: pa.Array) -> pa.Array:
    """The accounts of which nothing is known that was not in the last run, the day aside. before, screened: SCREENED of that run and of
    tonight. touched: accounts whose points are others."""
    found = [pa.array([], pa.string())]
    for was in before:
        place = pc.index_in(screened["account_id"], was["account_id"].combine_chunks()).combine_chunks()
        mine, then = screened.filter(place.is_valid()), was.take(place.drop_null())
        same = np.logical_and.reduce([mine[name].to_numpy() == then[name].to_numpy() for name in ("facts", "said")])
        found.append(mine["account_id"].combine_chunks().filter(pa.array(same, pa.bool_())))
    every = pa.concat_arrays(found)
    return every.filter(pc.invert(pc.is_in(every, touched)))


@dataclass(frozen=True)
class Kept:
    """Rows of the last run of the accounts `ids`, dated anew. parts: numbers of that run's partitions that hold them; policies: those
    of the project."""

    base: Mapping[str, Any]
    ids: pa.Array
    parts: Sequence[int]
    rulebook: Rulebook
    as_of: dt.date
    policies: list[str] | None

    def without_due(self, facts: pa.Table) -> Kept:
        """The same but for accounts of which a rule says another thing because days went by. facts: ACCOUNT_SITUATIONS of tonight."""
        rules = redated.daily(self.rulebook, self.as_of)
        columns = ["account_id", *redated.read_by(rules)]
        before = of_accounts(read_tables([self.base["situations"][part] for part in self.parts], SITUATIONS, columns), self.ids)
        due = redated.due(before, redated.redated(before, facts, self.rulebook, self.as_of, self.policies), rules)
        return replace(self, ids=self.ids.filter(pc.invert(pc.is_in(self.ids, due))))

    def of(self, facts: pa.Table) -> Pair:
        """SITUATIONS and DECISIONS of those of `ids` that `facts` (rows of ACCOUNT_SITUATIONS, by account) name."""
        ids = facts["account_id"].combine_chunks()
        mine = ids.filter(pc.is_in(ids, self.ids))
        before, decided = (self._rows(name, spec, mine) for name, spec in (("situations", SITUATIONS), ("decisions", DECISIONS)))
        sheet = redated.redated(before, facts, self.rulebook, self.as_of, self.policies)
        return sheet, redated.decided_on(decided, sheet, self.rulebook, self.as_of)

    def _rows(self, name: str, spec: Table, ids: pa.Array) -> pa.Table:
        """The rows of some accounts (sorted), by account."""
        found = [spec.empty()]
        for part in self.parts if len(ids) else ():
            rows = read_between(self.base[name][part], "account_id", ids[0].as_py(), ids[-1].as_py())
            found.append(of_accounts(rows.select(list(spec.names)).cast(spec.arrow), ids))
        return by_accounts(pa.concat_tables(found), ids)


def kept(
    setup: Setup, base: Mapping[str, Any], touched: list[dict[str, Any]], screened: pa.Table, facts: pa.Table, rulebook: Rulebook
) -> Kept:  # fmt: skip
    """What a partition may keep of the last run. screened, facts: its SCREENED and ACCOUNT_SITUATIONS of tonight."""
    parts = parts_with(base, screened["account_id"].combine_chunks())
    before = [read_table(base["screened"][part]) for part in parts]
    others = pa.concat_arrays([pa.array([], pa.string()), *(read_table(ref)["account_id"].combine_chunks() for ref in touched)])
    policies: Any = setting_facts(setup.project.compliance.model_dump())["policies"]
    return Kept(base, same_as_before(before, screened, others), parts, rulebook, setup.as_of, policies).without_due(facts)


def pieces(facts: pa.Table, size: int, kept: Kept, screen: Screen) -> Iterator[Pair]:
    """SITUATIONS and DECISIONS of all accounts, so many accounts at a time: kept where they can be, and else `screen`ed (which takes rows
    of ACCOUNT_SITUATIONS). Where few can be kept all are screened."""
    again = facts.filter(pc.invert(pc.is_in(facts["account_id"], kept.ids)))
    if len(again) > MOST * len(facts):
        yield from map(screen, cut(facts, size))
        return
    fresh = [screen(some) for some in cut(again, size)]
    for some in cut(facts, size):
        ids = some["account_id"].combine_chunks()
        old = kept.of(some)
        yield tuple(
            by_accounts(pa.concat_tables([old[place], *(of_accounts(pair[place], ids) for pair in fresh)]), ids) for place in range(2)
        )


def cut(rows: pa.Table, size: int) -> list[pa.Table]:
    """A table in pieces of so many rows."""
    return [rows.slice(start, size) for start in range(0, len(rows), size)]
