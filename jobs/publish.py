"""The publish step: one manifest that commits the run, then the report made from what was committed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from jobs import counted
from jobs.decided import RULEBOOK
from jobs.explain.keys import key_words
from jobs.prepare import Prepared
from jobs.runner import is_whole
from jobs.tape import intake_receipts
from skiptrace.alerts.rules import load as alert_rules
from skiptrace.compliance.screening import sentences
from skiptrace.errors import ConfigError, DamagedFile, Problem
from skiptrace.linkage import rules as linkage_rules
from skiptrace.project import PRIVATE
from skiptrace.report.facts import summarise
from skiptrace.report.model import ReportInput, Wording
from skiptrace.report.render import render
from skiptrace.results.run import Run, read_run
from skiptrace.rulebook import loading as rulebook
from skiptrace.schema import EVIDENCE_NAMES, PUBLISHED_NAMES, REJECTS
from skiptrace.store.commit import also_named, encode_json, flushed, point_to, put_bytes, replace_bytes
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, place_of, remove_tree
from skiptrace.store.tables import read_tables, write_table
from skiptrace.waterfall.priors import sentences as sentences_of_stops

LATEST = "latest"
LEDGER = "run.json"
RULEBOOKS = "rulebooks"
"""The private folder of the rules that runs were decided by."""


def gather_rejects(prepared: Prepared) -> dict[str, Any]:
    """REJECTS of every delivery as one file, in the order of the project file."""
    setup = prepared.setup
    refs = [receipt["rejects"] for delivery in prepared.deliveries for receipt in intake_receipts(setup, delivery.name)]
    return write_table(read_tables(refs, REJECTS), REJECTS, setup.work / "rejects", "part-00000").plain()


def commit(runs: Place, run_id: str, tables: Mapping[str, list[dict[str, Any]]], ledger: dict[str, Any]) -> Place:
    """Link every table file into the run's folder, keep the rulebook beside them, and put the ledger: that one create
    publishes the run."""
    folder = private_folder(runs / run_id)
    _keep_rules(runs.parent / PRIVATE, folder / RULEBOOK)
    listed: dict[str, dict[str, Any]] = {}
    for name in (*PUBLISHED_NAMES, *(name for name in EVIDENCE_NAMES if name in tables)):
        place = private_folder(folder / name)
        files = []
        for ref in tables[name]:
            source = place_of(ref["path"])
            target = place / source.name
            also_named(source, target)  # an earlier attempt may have been killed between this and the ledger; the name is its content
            if not is_whole(target, ref):
                target.unlink(missing_ok=True)
                problem = Problem(target.name, "", "is damaged", "run again: it is rebuilt")
                raise DamagedFile("a table changed after it was written", (problem,))
            files.append({**ref, "path": f"{name}/{target.name}"})
        flushed(place)
        listed[name] = {"rows": sum(ref["rows"] for ref in files), "files": files}
    evidence = {name: listed.pop(name) for name in EVIDENCE_NAMES if name in listed}
    put_bytes(folder / LEDGER, encode_json({**ledger, "tables": listed, "evidence": evidence}))
    return folder


def _keep_rules(private: Place, target: Place) -> None:
    """Keep the rules beside a run's tables. They are hardly ever others than the night before, and lie on a disk once."""
    book = rulebook.load()
    content = encode_json({"hash": book.hash, "files": dict(book.files)})
    kept = private_folder(private_folder(private) / RULEBOOKS) / f"{book.hash}.json"
    if not put_bytes(kept, content) and kept.read_bytes() != content:  # damaged: whoever runs next finds it whole
        replace_bytes(kept, content)
    if not target.is_file():
        also_named(kept, target)


def point_latest(runs: Place, run_id: str) -> None:
    """Let `runs/latest` name the run."""
    point_to(runs / LATEST, run_id)


def render_report(folder: Place, counts: pa.Table | None = None) -> Place:
    """Write `report.html` of a published run from its ledger and the counts of its tables, which are counted where no `counts` are given.
    The same run gives the same bytes."""
    run = read_run(folder.resolve())
    target = run.folder / "report.html"
    replace_bytes(target, render(figures_of(run, counts)).encode())
    return target


def figures_of(run: Run, counts: pa.Table | None = None) -> ReportInput:
    """Every figure of a published run's report. Raises as `jobs.counted.of_run` where no `counts` are given."""
    book = rulebook.load()
    rules = {name: (sentence, cited) for name, sentence, cited in sentences(book, [rule.id for rule in book.rules])}
    few = {name: run.table(name) for name in ("rejects", "alerts")}
    return summarise(few, run.ledger, rules, wording(), counted.of_run(run) if counts is None else counts)


def wording() -> Wording:
    """The rules of linkage and alerts in words."""
    linkage = linkage_rules.load()
    return Wording(
        {one.name: (one.missing, *(level.sentence for level in one.levels)) for one in linkage.comparisons},
        {key.name: key_words(key) for key in linkage.keys}, linkage.decision["linked"],
        {name: kind.sentence for name, kind in alert_rules().kinds.items()}, sentences_of_stops(),
    )  # fmt: skip


def published(runs: Place, run_id: str) -> Place | None:
    """The folder of a run that is published; None where it is not."""
    folder = runs / run_id
    return folder if (folder / LEDGER).is_file() else None


def clear(work: Place) -> None:
    """Remove a run's work folder: its tables are published, the rest must not lie about."""
    if work.parent.name != "work":
        raise ConfigError(f"{work.name}: not a work folder — nothing was removed; please report this line")
    remove_tree(work)
