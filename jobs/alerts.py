"""Alerts of a run: its tables beside those of the run that was published last. Tasks read them (`jobs.news`); here numbers are compared,
and what changed is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import acknowledged, inventory, news
from jobs.runner import Receipt, Task
from jobs.setup import Setup
from jobs.step_tasks import RunAll
from skiptrace.alerts.detect import Known, changes
from skiptrace.alerts.digests import differing
from skiptrace.alerts.night import NEEDED, REPORTS, Night
from skiptrace.alerts.rules import AlertRules, holding_rules, load, passing_rules
from skiptrace.alerts.telling import tell
from skiptrace.columns import of_accounts
from skiptrace.results import Run, latest
from skiptrace.rulebook import loading as rulebook
from skiptrace.schema import ACCOUNTS, ALERTS, ALERTS_HELD, ALERTS_TOLD, CHANGED
from skiptrace.schema.working import DEATHS
from skiptrace.store.places import Place
from skiptrace.store.tables import read_table, read_tables, write_table
from skiptrace.vocabulary import AWAY

EXPORT = "alerts"
"""The name under which a source's `exports` may let its values leave in the files of alerts."""
TABLES = (*NEEDED, "situations")
Refs = Mapping[str, Sequence[dict[str, Any]]]


class Side:
    """The tables of one run: files of each by name, one per partition of accounts. `run_id`: of a run that is published; `since`: of the
    run that this one is compared with."""

    def __init__(self, setup: Setup, run_all: RunAll, refs: Refs, since: str, run_id: str | None = None) -> None:
        self.refs, self._setup, self._run_all, self._since, self._run_id = refs, setup, run_all, since, run_id
        self._receipts: list[Receipt] = []

    def digests(self) -> pa.Table:
        """account_id, p_any_channel, digest (uint64) of every account."""
        given = {"limits": self._setup.project.alerts.changed(), "verify": self._run_id is not None}
        self._receipts = self._tasks("digests", given)
        return pa.concat_tables(read_table(receipt["digests"]) for receipt in self._receipts)

    def night(self, changed: dict[str, Any], accounts: pa.Array, rules: AlertRules) -> Night:
        """The tables of some accounts, which are those of the file `changed`; with the evidence of their points where this is the later
        night. After `digests`."""
        cut = self._tasks("cut", {"changed": changed, "later": self._run_id is None})
        tables = {name: pa.concat_tables(read_table(receipt[name]) for receipt in cut) for name in NEEDED}
        sheet = None
        if "situations" in self.refs:
            told = read_tables([receipt["told"] for receipt in self._receipts], news.sheet_of(rules))
            sheet = of_accounts(told, accounts)
        return Night(tables["accounts"], tables["contact_points"], tables["decisions"], sheet, self._reports(accounts))

    def _tasks(self, what: str, given: dict[str, Any]) -> list[Receipt]:
        side = "before" if self._run_id is not None else "after"
        name = f"{news.FOLDER}-{what}-{side}-{self._since}"
        tasks = []
        for number in range(len(self.refs["accounts"])):
            tables = {table: self.refs[table][number] for table in TABLES if table in self.refs}
            arguments = {"work": str(self._setup.work), "number": number, "side": side, "tables": tables, **given}
            place = f"what changed, {side}, partition {number}"
            key = f"{name}-{number:05d}-{self._setup.run_key[:8]}"
            tasks.append(Task(key, f"jobs.news:{what}", self._setup.receipt(name, number), arguments, place=place))
        return self._run_all(news.FOLDER, tasks)

    def _reports(self, accounts: pa.Array) -> pa.Table:
        """Which sources report a death; a published run does not keep it."""
        told = of_accounts(read_tables(list(self.refs.get("deaths", ())), DEATHS, ["account_id", "reported_by"]), accounts)
        rows = pc.list_parent_indices(told["reported_by"].combine_chunks())
        names = pc.list_flatten(told["reported_by"].combine_chunks())
        return pa.table([told["account_id"].combine_chunks().take(rows), pa.repeat("deceased", len(rows)), names], schema=REPORTS)


def published_refs(run: Run) -> Refs:
    """The files of a published run, where they lie; tables that it did not keep are not among them."""
    entries = {**run.ledger["tables"], **run.ledger.get("evidence", {})}
    return {name: [ref.plain() for ref in run.files(name)] for name in entries}


def alerts(setup: Setup, runs: Place, refs: Refs, run_all: RunAll) -> dict[str, Any]:
    """ALERTS, ALERTS_HELD and ALERTS_TOLD of a run whose table files are `refs`, against the run published last; `told`: what its
    ledger says of them."""
    rules = load().with_limits(setup.project.alerts.changed())
    found, memory, compared = CHANGED.empty(), ALERTS_TOLD.empty(), None
    total = sum(ref["rows"] for ref in refs["accounts"])
    if pointed(runs):
        run = latest(runs.parent)
        compared, known = run.run_id, published_refs(run)
        before, after = Side(setup, run_all, known, run.run_id, run.run_id), Side(setup, run_all, refs, run.run_id)
        changed = _ours(setup, differing(before.digests(), after.digests(), rules.limits), run)
        if "alerts_told" in known:
            memory = run.table("alerts_told")
        if len(changed):
            found = _changes(setup, before, after, changed, rules)
    ids = pa.concat_arrays([found["account_id"].combine_chunks(), memory["account_id"].combine_chunks()]).unique()
    told = tell(found, memory, acknowledged.load(setup.private), _people(refs, ids), rules, setup.as_of, total)
    tables = {"alerts": (told.alerts, ALERTS), "alerts_held": (told.held, ALERTS_HELD), "alerts_told": (told.told, ALERTS_TOLD)}
    written = {name: [write_table(table, spec, setup.work / name, "part-00000").plain()] for name, (table, spec) in tables.items()}
    ids = pa.chunked_array([*told.alerts["account_id"].chunks, *told.held["account_id"].chunks], pa.string())
    met = pc.count_distinct(ids).as_py()
    return written | {"told": {"compared_with": compared, "alerts": len(told.alerts), "held": len(told.held), "accounts": met}}


def _changes(setup: Setup, before: Side, after: Side, changed: pa.Array, rules: AlertRules) -> pa.Table:
    """CHANGED of the accounts `changed`."""
    spec = news.CHANGED_ACCOUNTS
    file = write_table(pa.table([changed], names=list(spec.names)), spec, setup.work / news.FOLDER, "changed").plain()
    book, limits = rulebook.load(), {one.name: one.exports for one in setup.project.source}
    shut = [name for name, exports in limits.items() if exports is not None and EXPORT not in exports]
    known = Known(passing_rules(book, rules), holding_rules(book, rules), setup.record_sources, shut)
    return changes(before.night(file, changed, rules), after.night(file, changed, rules), rules, known, setup.as_of)


def _people(refs: Refs, ids: pa.Array) -> pa.Table:
    """account_id, consumer_id, balance of some accounts."""
    named = ["account_id", "consumer_id", "balance"]
    if not len(ids):
        return ACCOUNTS.empty().select(named)
    return pa.concat_tables(of_accounts(read_table(ref, named), ids) for ref in refs["accounts"])


def _ours(setup: Setup, changed: pa.Array, run: Run) -> pa.Array:
    """The accounts of which something may be told: not those that were no longer the buyer's by the last run, and are not now."""
    away = inventory.away(setup)
    if not len(away) or "account_state" not in run.columns("accounts"):
        return changed
    before = run.table("accounts", ["account_id", "account_state"])
    gone = before.filter(pc.is_in(before["account_state"], pa.array(AWAY)))["account_id"].combine_chunks()
    return changed.filter(pc.invert(pc.and_(pc.is_in(changed, away), pc.is_in(changed, gone))))


def pointed(runs: Place) -> bool:
    """Whether a run was ever published here: `runs/latest` is there, be it whole or not."""
    latest_ = runs / "latest"
    return latest_.is_file() or latest_.is_symlink()
