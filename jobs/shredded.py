"""`skiptrace keys destroy`: a file of the portfolio becomes unreadable, wherever a copy of its tables lies.

First what other keys encrypt and what lies in clear is cleared of its accounts: ledgers, alerts, exports, readings of results. Then the
key goes. A kill in between leaves the key, and the same command goes on; afterwards nobody can read the accounts to look for them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import exported, keys, outcomes, own_rows, register, rewritten, unremembered
from jobs.leftovers import collect
from jobs.locking import locked
from jobs.night import base as night
from jobs.runner import files_of
from jobs.waterfall import log, requesting
from skiptrace.project import PRIVATE, Project, home_of
from skiptrace.store import points
from skiptrace.store.permissions import private_folder, refuse_unsafe
from skiptrace.store.places import Place
from skiptrace.store.tables import label_of, read_table


@dataclass(frozen=True)
class Accounts:
    """The accounts of a portfolio, as what is taken out of tables."""

    ids: pa.Array

    def others(self, table: pa.Table) -> pa.Table:
        """The rows of a table that name none of them."""
        if "account_id" not in table.column_names or not len(self.ids):
            return table
        return table.filter(pc.invert(pc.is_in(table["account_id"], self.ids)))

    def without(self, table: pa.Table, name: str, gone_points: list[pa.Array]) -> tuple[pa.Table, bool]:
        """See `jobs.rewritten.Taking`."""
        kept = self.others(table)
        return kept, len(kept) < len(table)


def destroy(folder: Path, project: Project, file: str, at: dt.datetime) -> dict[str, Any]:
    """Destroy the key of a file of the portfolio, with what else says of its accounts. What went: by run and table, and of ledgers. Doing
    it twice changes nothing.

    Raises ConfigError (exit 2) where there is no such key, KeyRefused (2) where one cannot be had, SafeToRerun (75) where a run is under
    way."""
    home = home_of(folder).resolve()
    refuse_unsafe(home)
    private = private_folder(home / PRIVATE)
    with locked(private):
        known = keys.require_known(project, home, file)
        went: dict[str, Any] = {"runs": {}, "kept": {}}
        if not known:
            went = _cleared(home, private, keys.label_of(file))
            points.passed("before-destroyed")
        key = keys.destroy(project, home, file, at)
        collect(home, at, young=dt.timedelta(0), unfinished=dt.timedelta(0))
    return {"file": file, "key": key, **went}


def _cleared(home: Place, private: Place, label: str) -> dict[str, Any]:
    published = list(own_rows.published(home))
    ids = [pa.array([], pa.string())]
    for run in published:
        for name in run.ledger["tables"] | run.ledger.get("evidence", {}):
            for ref in run.files(name) if name in ("accounts", "decisions") else ():
                if label_of(ref) == label:
                    ids.append(read_table(ref, ["account_id"])["account_id"].combine_chunks())
    gone, runs = Accounts(pa.concat_arrays(ids).unique()), {}
    kept = unremembered.drop(private, lambda place: (_names(place, gone), {}))
    kept |= {kind: unremembered.remove_all(private / kind) for kind in (night.FOLDER, unremembered.WORK)}
    for ledger in (outcomes, register, exported):
        kept[ledger.FOLDER] = int(ledger.keep_only(private, gone.others))
    kept[log.FOLDER] = int(requesting.keep_only(private, gone.others))
    kept["notes"] = unremembered.drop_notes(private, lambda account: bool(pc.is_in(pa.array([account]), gone.ids)[0].as_py()))
    for run in published:
        if took := rewritten.rewrite(run.folder, gone, "the key of a portfolio was destroyed"):
            runs[run.run_id] = took
    return {"runs": runs, "kept": {kind: count for kind, count in kept.items() if count}}


def _names(place: Place, gone: Accounts) -> bool:
    """Whether the reading of a delivery says anything of these accounts."""
    for receipt in unremembered.receipts_of(place):
        for name in unremembered.BY_ACCOUNT:
            if list(files_of(receipt.get(name))) and len(gone.ids):
                table = read_table(receipt[name], ["account_id"])
                if len(gone.others(table)) < len(table):
                    return True
    return False

