"""A partition's tables of tonight: rows of the last run of the accounts that stayed as they were, and fresh rows of the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.night.base import DIGESTS
from jobs.night.rescreened import parts_with
from jobs.night.touched import whole
from jobs.setup import read_plan
from skiptrace.columns import by_accounts, of_accounts
from skiptrace.schema import CHANNELS, CONTACT_POINTS, Table
from skiptrace.schema.working import DEATHS
from skiptrace.store.tables import read_table, read_tables, write_table

TABLES = {"points": ("contact_points", CONTACT_POINTS), "channels": ("channels", CHANNELS), "deaths": ("deaths", DEATHS)}
"""What is merged: by the name that steps give it, what the last run calls it, and its columns."""
BEFORE = "stopped"
"""The decision of every use until it is screened."""


def partition(
    work: str, number: int, base: dict[str, Any], digests: dict[str, Any], touched: list[dict[str, Any]],
    fresh: dict[str, list[dict[str, Any]]],
) -> dict[str, Any]:  # fmt: skip
    """CONTACT_POINTS with `shared_by`, CHANNELS before any decision and DEATHS of partition `number`, as the steps enrich and score leave
    them. fresh: files of these tables of the accounts `touched`."""
    setup, stem = read_plan(work), f"part-{number:05d}"
    here = read_tables([digests], DIGESTS, ["account_id"])["account_id"].combine_chunks()
    anew = pc.is_in(here, whole(touched))
    ordered = here.take(pc.sort_indices(here))  # as accounts stand in every table of a partition
    stayed, again = here.filter(pc.invert(anew)), here.filter(anew)
    found = {}
    for name, (before, spec) in TABLES.items():
        rows = pa.concat_tables([_before(base, before, spec, stayed), _of(fresh[name], spec, again)])
        if name == "channels":
            rows = rows.set_column(rows.column_names.index("decision"), "decision", pa.repeat(BEFORE, len(rows)))
        found[name] = write_table(by_accounts(rows, ordered), spec, setup.work / "merged" / before, stem).plain()
    return {**found, "anew": len(again)}


def _before(base: dict[str, Any], name: str, spec: Table, ids: pa.Array) -> pa.Table:
    """The rows of some accounts in a table of the last run; only the files that have any are read."""
    return _of([base[name][part] for part in parts_with(base, ids)], spec, ids)


def _of(refs: Sequence[dict[str, Any]], spec: Table, ids: pa.Array) -> pa.Table:
    found = [spec.empty()]
    for ref in refs:
        rows = read_table(ref).select(list(spec.names)).cast(spec.arrow)
        found.append(of_accounts(rows, ids))
    return pa.concat_tables(found)
