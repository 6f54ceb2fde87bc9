"""Figures of the linkage: typical pairs as waterfalls, what each blocking key brought, and the recall to expect.

Nothing of a pair is read but levels, weights and words for its status; an account's id only breaks ties.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import number, ranked
from skiptrace.report.figures import SMALL
from skiptrace.report.model import Wording
from skiptrace.report.placed import Places
from skiptrace.report.weighed import Expected, Fall, Key, Linkage, Recall, Waterfall

CASES: Final = {
    "linked": ("status", "linked", False), "bridged": ("status", "linked", True), "review": ("status", "review", False),
    "household": ("relation", "household", None),
}  # fmt: skip
"""Kinds of pair that are shown, of each one of the middle weight: status or relation, and whether it was linked through another record.
Of somebody of the household, those that were refused."""
_MIDDLE: Final = """
WITH counted AS (SELECT tenth, sum(times) AS times FROM typical WHERE shown_as = $case GROUP BY tenth),
reached AS (SELECT tenth, sum(times) OVER (ORDER BY tenth) AS pairs FROM counted)
SELECT * EXCLUDE (shown_as, tenth, times) FROM typical
WHERE shown_as = $case AND tenth = (SELECT min(tenth) FROM reached WHERE pairs > $middle)
ORDER BY account_id, rank LIMIT 1
"""
_HUNDREDTH = Decimal("0.01")


def counted(links: pa.Table, places: Places) -> dict[str, pa.Table]:
    """The columns `cases` and `typical` of COUNTS. `places`: of each row of LINKS its account."""
    cases, typical = [], []
    for case, (column, word, bridged) in CASES.items():
        chosen = pc.equal(links[column], word)
        chosen = pc.and_(chosen, pc.equal(links["status"], "refused") if bridged is None else pc.equal(pc.is_valid(links["via"]), bridged))
        shown = links.filter(chosen)
        tenth = pc.floor(pc.multiply(shown["match_weight"], 10.0)).cast(pa.int32())
        shown = shown.append_column("shown_as", pa.repeat(case, len(shown))).append_column("tenth", tenth)
        typical.append(shown.append_column("times", pa.repeat(1, len(shown))))
        cases.append({"shown_as": case, "pairs": len(shown), "accounts": len(np.unique(places[chosen.to_numpy()]))})
    return {"cases": pa.Table.from_pylist(cases), "typical": thinned(pa.concat_tables(typical))}


def thinned(typical: pa.Table) -> pa.Table:
    """Of each kind and tenth of a bit the pair of the lowest account, with the `times` of all: so a portfolio of any size keeps few."""
    case, tenth, rank = number(typical["shown_as"]), typical["tenth"].to_numpy(), typical["rank"].to_numpy()
    order = np.lexsort((rank, ranked(typical["account_id"]), tenth, case))
    changed = np.diff(case[order], prepend=-1).astype(bool) | np.diff(tenth[order], prepend=0).astype(bool)
    first = np.flatnonzero(changed)
    times = np.add.reduceat(typical["times"].to_numpy()[order], first) if len(first) else np.zeros(0, np.int64)
    return typical.take(pa.array(order[first])).drop_columns(["times"]).append_column("times", pa.array(times))


def figures(book: duckdb.DuckDBPyConnection, told: Mapping[str, Any], wording: Wording) -> Linkage:
    """Figures of the linkage from the published links and the ledger's part on it, `told`."""
    shown = [waterfall(book, case, wording) for case in CASES]
    pairs = told.get("pairs")
    return Linkage(
        pairs=None if pairs is None else int(pairs),
        keys=keys(told.get("blocking", {}), wording),
        waterfalls=tuple(one for one in shown if one is not None),
        linked=wording.linked,
        expected=expected(told.get("expected_recall")),
    )


def waterfall(book: duckdb.DuckDBPyConnection, case: str, wording: Wording) -> Waterfall | None:
    """A pair of a kind whose weight is in the middle, to a tenth of a bit, and of these the lowest account's; None where fewer accounts
    have such a pair than may be told of."""
    pairs, accounts = book.sql(
        "SELECT coalesce(sum(pairs), 0), coalesce(sum(accounts), 0) FROM cases WHERE shown_as = $case", params={"case": case}
    ).fetchall()[0]
    if accounts < SMALL:
        return None
    found = book.sql(_MIDDLE, params={"case": case, "middle": (pairs - 1) // 2})
    row = dict(zip(found.columns, found.fetchall()[0], strict=True))
    names = [name.removeprefix("weight_") for name in row if name.startswith("weight_")]
    parts = [row[f"weight_{name}"] for name in names]
    totals = [_rounded(row["match_weight"] - sum(parts[place:])) for place in range(len(parts) + 1)]
    falls = tuple(
        Fall(name, _sentence(name, row[f"level_{name}"], wording), totals[place], totals[place + 1], row[f"level_{name}"] < 0)
        for place, name in enumerate(names)
    )
    chance = Decimal(row["match_probability"])
    return Waterfall(case, accounts, chance, totals[0], falls, totals[-1], _rounded(row["person_weight"]))


def _rounded(bits: float) -> Decimal:
    """Bits to the hundredth. Sums are rounded and bars are their differences, so that what is shown adds up exactly."""
    return Decimal(bits).quantize(_HUNDREDTH, ROUND_HALF_UP)


def _sentence(name: str, level: int, wording: Wording) -> str:
    known = wording.comparisons.get(name, ())
    if level + 1 < len(known):
        return known[level + 1]
    return f"One side has no {name.replace('_', ' ')}." if level < 0 else f"Level {level}."


def keys(blocking: Mapping[str, Mapping[str, int]], wording: Wording) -> tuple[Key, ...]:
    """Blocking keys, the one that brought most pairs first."""
    names = ("pairs", "hot_values_dropped", "hot_pairs_dropped", "refined_pairs")
    found = [
        Key(name, wording.keys.get(name, name.replace("_", " ")), *(int(counts.get(what, 0)) for what in names))
        for name, counts in blocking.items()
    ]
    return tuple(sorted(found, key=lambda key: (-key.pairs - key.refined_pairs, key.key)))


def expected(told: Mapping[str, Any] | None) -> Expected | None:
    """The recall to expect, as the ledger has it; None where it has none."""
    if not told or not told.get("by_fields"):
        return None
    rows = tuple(Recall(tuple(row["fields"]), int(row["accounts"]), Decimal(str(row["recall"]))) for row in told["by_fields"])
    whole = told.get("recall")
    return Expected(
        None if whole is None else Decimal(str(whole)), rows,
        tuple((name, None if share is None else Decimal(str(share))) for name, share in sorted(told.get("has", {}).items())),
    )  # fmt: skip
