"""Writing the exports of a published run: screened again by the lists of the day, limited to what its sources allow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import alert_files, delivering, doubts, exported, gates, lineage, placed, publish, putback
from jobs.again import TABLES, Again, screen_again
from jobs.lists import Lists, lists_now
from jobs.parts import parts_of
from jobs.permission import require_usable
from jobs.publish import render_report
from jobs.setup import Setup
from skiptrace.errors import ConfigError, DataRefused, GateFailed, Problem
from skiptrace.export.holding import for_holder
from skiptrace.export.lineage import for_export
from skiptrace.export.model import Profile
from skiptrace.export.profiles import load_profile
from skiptrace.export.results import source_text
from skiptrace.export.rows import needed_columns
from skiptrace.export.write import wanted, write_export
from skiptrace.project import PRIVATE, Project, home_of
from skiptrace.project.model import Export
from skiptrace.project.suggestions import did_you_mean
from skiptrace.results import Run
from skiptrace.results.run import read_run
from skiptrace.rulebook.loading import load as load_rulebook
from skiptrace.schema import DECISIONS
from skiptrace.store import folders
from skiptrace.store.commit import read_json
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place


def write_exports(run: Run, project: Project, as_of: dt.date, names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Write the exports of the project with these names, or all, from the tables of a published run; returns their receipts with
    what screening again came to.

    Raises ConfigError (exit 2) for a name that is none and for a day before the run's; PermissionRefused (exit 2) where a source
    may not be used any more; DataRefused (exit 3) where a required list is missing, empty or stale, and where every decision of
    the run is past its last day; GateFailed (exit 4) where what was delivered is doubtful, or what came of
    it (`jobs.doubts`, `jobs.gates`). Nothing is written then."""
    chosen, again, lists = ready_exports(run, project, as_of, names)
    if not chosen:
        return []
    private = home_of(project.file).resolve() / PRIVATE
    if why := (*doubts.held(run, project, private, lists.arrived, as_of), *gates.held(run, project.gates, private)):
        raise GateFailed(f"the exports of run {run.run_id} are held; nothing was written", why)
    place = private_folder(run.folder / "exports")
    told, receipts = again.plain(as_of, lists), []
    holders, rulebook = placed.assigned(run, project, lists.placements, as_of), load_rulebook()
    for export in chosen:
        profile, target = load_profile(export.profile), place / export.name
        tables = tables_for(again, profile, project, export, holders)
        with folders.replaced(target, last=f"{export.name}.manifest.json") as written:
            more = {"screened_again": told, "purposes": lineage.told(project, export, rulebook)}
            receipt = write_export(profile, tables, written, export.name, as_of, more)
            exported.add(private, export.name, receipt.sent, as_of, export.holder)
        receipts.append(receipt.plain() | {"folder": str(target), "screened_again": told})
    return receipts


def ready_exports(
    run: Run, project: Project, as_of: dt.date, names: Sequence[str] | None
) -> tuple[list[Export], Again, Lists]:
    """The exports of these names, or all, with what screening again came to and by which lists. Raises as `write_exports`."""
    chosen = [_named(project, name) for name in names] if names is not None else list(project.export)
    if not chosen:
        return [], Again(run, DECISIONS.empty(), {}, 0), Lists(None, None, ())
    _in_time(run, as_of)
    require_usable(project, load_rulebook(), as_of)
    lists = lists_now(project, home_of(project.file).resolve() / PRIVATE, as_of)
    return chosen, screen_again(run, lists, as_of), lists


def _named(project: Project, name: str) -> Export:
    """An export of the project. Raises ConfigError (exit 2) with a suggestion where there is none of that name."""
    known = {export.name: export for export in project.export}
    if name not in known:
        mend = did_you_mean(name, list(known)) or f"there are {', '.join(known)}" if known else "add an [[export]] to the project file"
        raise ConfigError("no such export", (Problem(project.file.name, "export", f'"{name}" is not an export', mend),))
    return known[name]


def result_mapping(project: Project, name: str, path: str) -> str:
    """The `[[source]]` blocks, as TOML, that deliver a result file of an export: see `skiptrace.export.results`.

    Raises ConfigError (exit 2) for a name that is none, and for a profile that states no result file."""
    export = _named(project, name)
    profile = load_profile(export.profile)
    if profile.result is None:
        problem = Problem(f"{profile.name}.toml", "result", "is missing", "describe the file that comes back in [result]")
        raise ConfigError("this profile states no result file", (problem,))
    return source_text(profile.result, name, path, profile.accounts, project.project.purposes)


def tables_for(again: Again, profile: Profile, project: Project, export: Export, holders: pa.Table) -> Iterator[dict[str, pa.Table]]:
    """The published tables as they hold now and as far as sources and `holders` (see `jobs.placed.assigned`) let them leave in this
    export, part by part."""
    limits = lineage.limits(project, export)
    columns: dict[str, Sequence[str]] = dict(needed_columns(wanted(profile)))
    if again.decisions.num_rows:
        columns = {name: again.run.columns(name) for name in TABLES}
    elif any(exports is not None for exports in limits.values()):
        columns["contact_points"] = sorted({*columns["contact_points"], "origin", "sources"})
    for part in parts_of(again.run, columns):
        held = again.holding(part)
        decisions = for_holder(held["decisions"], holders, export.holder)
        yield {**held, "decisions": for_export(decisions, held["contact_points"], limits, export.name)}


def _in_time(run: Run, as_of: dt.date) -> None:
    """Refuse a day on which no decision of the run may be used."""
    day = dt.date.fromisoformat(str(run.ledger["as_of"]))
    if as_of < day:
        what = f"the run decided for {day}, and the export is for {as_of}"
        raise ConfigError("this run decides for a later day", (Problem("run.json", "as_of", what, "choose another run or day"),))
    found = [part["decisions"] for part in parts_of(run, {"decisions": ["account_id", "decision", "valid_until"]})]
    open_until = pa.concat_tables(part.filter(pc.not_equal(part["decision"], "stopped")).select(["valid_until"]) for part in found)
    last = pc.max(open_until["valid_until"]).as_py()
    if last is not None and last < as_of:
        what = f"{len(open_until):,} uses were open, the last of them until {last}; the export is for {as_of}"
        problem = Problem(run.run_id, "valid_until", what, "decide anew: `skiptrace run`")
        raise DataRefused("every decision of this run is past its last day, and nothing was written", (problem,))


def complete(
    folder: Place, project: Project, as_of: dt.date, exports: bool, counts: pa.Table | None = None
) -> tuple[Problem, ...]:  # fmt: skip
    """Make what a published run still lacks: its report, of its `counts` where tasks counted it, its exports, and their delivery. Returns
    why exports are held: nothing where they are not. Raises as `write_exports` and `delivering.deliver`."""
    if not (folder / "report.html").is_file():
        render_report(folder, counts)
    run = read_run(folder.resolve())
    if exports and putback.NAME in run.ledger["evidence"]:
        putback.write(folder / "exports" / putback.NAME, run.table(putback.NAME))
    told = alert_files.written(folder / "exports" / alert_files.NAME)
    lacking = any(not (folder / "exports" / e.name / f"{e.name}.manifest.json").is_file() for e in project.export)
    if not exports or (told and not lacking and not delivering.waits(run, project)):
        return ()
    private = home_of(project.file).resolve() / PRIVATE
    held = doubts.held(run, project, private, {}, as_of)
    if held:
        held = doubts.held(run, project, private, lists_now(project, private, as_of).arrived, as_of)
    if held := (*held, *gates.held(run, project.gates, private)):
        return held
    if not told:
        alert_files.write(folder / "exports" / alert_files.NAME, run.table("alerts"))
    if lacking:
        write_exports(run, project, as_of)
    delivering.deliver(run, project)
    return ()


def finish(done: Place, setup: Setup, exports: bool) -> tuple[Problem, ...]:
    """Make what a published run still lacks after a kill between its manifest and its end, and clear its work. Returns as `complete`.

    Raises ConfigError where the run that is published there was made from other inputs: ids hold a part of the key; and where only its
    evidence is kept."""
    known = read_json(done / publish.LEDGER).get("run_key")
    if known != setup.run_key:
        problem = Problem(publish.LEDGER, "run_key", "is that of other inputs", f"remove it first: `skiptrace runs purge {done.name}`")
        raise ConfigError(f"run {done.name} is published already, from other inputs", (problem,))
    if read_run(done).thinned:
        mend = f"run for another day; `skiptrace runs purge {done.name}` lets it be made anew"
        problem = Problem(done.name, "", "was published, and only the evidence of its decisions is kept ([retention] runs)", mend)
        raise ConfigError("this run was published long ago", (problem,))
    publish.point_latest(done.parent, done.name)
    why = complete(done, setup.project, setup.as_of, exports)
    publish.clear(setup.work)
    return why
