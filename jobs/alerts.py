"""Alerts of a run: its tables beside those of the run that was published last, read file by file; most accounts are never opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import acknowledged, inventory
from jobs.setup import Setup
from skiptrace.alerts.detect import Known, changes
from skiptrace.alerts.digests import COLUMNS, Digests, differing, facts_named
from skiptrace.alerts.night import EVIDENCE, NEEDED, REPORTS, Night
from skiptrace.alerts.rules import AlertRules, holding_rules, load, passing_rules
from skiptrace.alerts.telling import tell
from skiptrace.columns import of_accounts
from skiptrace.results import Run, latest
from skiptrace.results.run import WORDS
from skiptrace.rulebook import loading as rulebook
from skiptrace.schema import ALERTS, ALERTS_HELD, ALERTS_TOLD, CHANGED
from skiptrace.schema.working import DEATHS
from skiptrace.store.places import Place
from skiptrace.store.tables import FileRef, read_batches, read_tables, write_table
from skiptrace.vocabulary import AWAY

ROWS = 1 << 17
"""Rows that are read at a time."""
EXPORT = "alerts"
"""The name under which a source's `exports` may let its values leave in the files of alerts."""
Refs = Mapping[str, Sequence[dict[str, Any]]]


class Side:
    """The tables of one run: files of each by name, one per partition of accounts."""

    def __init__(self, refs: Refs) -> None:
        self.refs = refs
        self._told: list[pa.Table] | None = None  # rows of the fact sheet that report something, once `digests` has read it

    def digests(self, rules: AlertRules) -> pa.Table:
        """account_id, p_any_channel, digest (uint64) of every account; every file is hashed again before it is read."""
        parts, facts = [], ["account_id", "point_id", *facts_named(rules)]
        self._told = []
        for number in range(len(self.refs["accounts"])):
            accounts = pa.concat_tables(self._pieces("accounts", number, COLUMNS["accounts"])).unify_dictionaries()
            digests = Digests(accounts, rules.limits)
            for piece in self._pieces("contact_points", number, COLUMNS["contact_points"]):
                digests.add_points(piece)
            for piece in self._pieces("decisions", number, COLUMNS["decisions"]):
                digests.add_uses(piece)
            if "situations" in self.refs:
                self._told += [digests.add_facts(piece) for piece in self._pieces("situations", number, facts)]
            parts.append(digests.table)
        return pa.concat_tables(parts)

    def night(self, accounts: pa.Array, rules: AlertRules, later: bool) -> Night:
        """The tables of some accounts; with the evidence of their points where this is the `later` night."""
        points = (*NEEDED["contact_points"], *EVIDENCE) if later else NEEDED["contact_points"]
        sheet = None
        if "situations" in self.refs:
            facts = ("account_id", "point_id", *facts_named(rules))
            sheet = of_accounts(pa.concat_tables(self._told), accounts) if self._told else self.some("situations", facts, accounts)
        return Night(
            self.some("accounts", NEEDED["accounts"], accounts), self.some("contact_points", points, accounts),
            self.some("decisions", NEEDED["decisions"], accounts), sheet, self._reports(accounts),
        )  # fmt: skip

    def some(self, name: str, columns: Sequence[str], accounts: pa.Array) -> pa.Table:
        """Some columns of the rows of some accounts."""
        files, known = range(len(self.refs[name])), self._told is not None
        some = [of_accounts(piece, accounts) for number in files for piece in self._pieces(name, number, columns, verify=not known)]
        return pa.concat_tables(some).unify_dictionaries()

    def _pieces(self, name: str, number: int, columns: Sequence[str], verify: bool = True) -> Iterator[pa.Table]:
        yield from read_batches(FileRef(**self.refs[name][number]), columns, ROWS, WORDS, verify)

    def _reports(self, accounts: pa.Array) -> pa.Table:
        """Which sources report a death; a published run does not keep it."""
        told = of_accounts(read_tables(list(self.refs.get("deaths", ())), DEATHS, ["account_id", "reported_by"]), accounts)
        rows = pc.list_parent_indices(told["reported_by"].combine_chunks())
        names = pc.list_flatten(told["reported_by"].combine_chunks())
        return pa.table([told["account_id"].combine_chunks().take(rows), pa.repeat("deceased", len(rows)), names], schema=REPORTS)


def published_side(run: Run) -> Side:
    """A published run as a side; tables that it did not keep are not among its files."""
    entries = {**run.ledger["tables"], **run.ledger.get("evidence", {})}
    return Side({
        name: [{**file, "path": str(run.folder / file["path"])} for file in entry["files"]] for name, entry in entries.items()
    })  # fmt: skip


def alerts(setup: Setup, runs: Place, refs: Refs) -> dict[str, Any]:
    """ALERTS, ALERTS_HELD and ALERTS_TOLD of a run whose table files are `refs`, against the run published last; `told`: what its
    ledger says of them."""
    rules = load().with_limits(setup.project.alerts.changed())
    after, found, memory, compared = Side(refs), CHANGED.empty(), ALERTS_TOLD.empty(), None
    named = ["account_id", "consumer_id", "balance"]
    total = sum(ref["rows"] for ref in refs["accounts"])
    if pointed(runs):
        run = latest(runs.parent)
        before, compared = published_side(run), run.run_id
        changed = _ours(setup, differing(before.digests(rules), after.digests(rules), rules.limits), run)
        if "alerts_told" in before.refs:
            memory = run.table("alerts_told")
        if len(changed):
            book, limits = rulebook.load(), {one.name: one.exports for one in setup.project.source}
            shut = [name for name, exports in limits.items() if exports is not None and EXPORT not in exports]
            nights = before.night(changed, rules, later=False), after.night(changed, rules, later=True)
            known = Known(passing_rules(book, rules), holding_rules(book, rules), setup.record_sources, shut)
            found = changes(*nights, rules, known, setup.as_of)
    ids = pa.concat_arrays([found["account_id"].combine_chunks(), memory["account_id"].combine_chunks()]).unique()
    people = after.some("accounts", named, ids)
    noted = acknowledged.load(setup.private)
    told = tell(found, memory, noted, people, rules, setup.as_of, total)
    tables = {"alerts": (told.alerts, ALERTS), "alerts_held": (told.held, ALERTS_HELD), "alerts_told": (told.told, ALERTS_TOLD)}
    written = {name: [write_table(table, spec, setup.work / name, "part-00000").plain()] for name, (table, spec) in tables.items()}
    return written | {"told": {"compared_with": compared, "alerts": len(told.alerts), "held": len(told.held)}}


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
