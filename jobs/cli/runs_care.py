"""`skiptrace runs resume | verify | gc | purge`: what is done about runs after they were begun."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path

import click

from jobs.cli.completing import run_names
from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table
from jobs.cli.progress import watched
from skiptrace.errors import ConfigError, DataRefused, Problem


@subcommand("resume")
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option("--scheduler", metavar="ADDR", help="auto, sync, threads, processes, or an address such as tls://host:8786.")
@click.pass_obj
def resume(state: State, run_id: str | None, scheduler: str | None) -> None:
    """Go on with the one run that was begun and not published, for the day and the rows that it was begun with."""
    folder = project_folder(state)
    from jobs.cli.ended import tell
    from jobs.leftovers import run_id_of, unfinished_runs
    from jobs.pipeline import Options, run
    from skiptrace.project import home_of

    waiting = {run_id_of(plan): plan for plan in unfinished_runs(home_of(folder)).values()}
    if run_id is None and not waiting:
        show_json({"resumed": None}) if state.json else show("no run is unfinished: there is nothing to go on with")
        return
    chosen = run_id or next(iter(waiting))
    if chosen not in waiting or (run_id is None and len(waiting) > 1):
        what = "is no unfinished run" if run_id else "is unclear: several are unfinished"
        mend = f"name one of {', '.join(sorted(waiting))}" if waiting else "`skiptrace run` begins one"
        raise ConfigError("which run to go on with?", (Problem("runs", run_id or "RUN", what, mend),))
    plan = waiting[chosen]
    options = Options(as_of=dt.date.fromisoformat(plan["as_of"]), limit=plan.get("limit"), scheduler=scheduler, resume=chosen)
    with watched(state) as observe:
        outcome = run(folder, options, observe)
    tell(state, folder, outcome)


@subcommand("verify")
@click.argument("run_id", metavar="RUN", default="latest", shell_complete=run_names)
@click.option("--everything", is_flag=True, help="Every published run, and what the project keeps for its next ones.")
@click.pass_obj
def verify(state: State, run_id: str, everything: bool) -> None:
    """Read every file of a published run again (the latest if left out) and compare it with what was written; the lines of the audit log
    must follow from each other."""
    folder = project_folder(state)
    from jobs import audit
    from jobs.own_rows import published
    from jobs.verified import verify as verify_run
    from jobs.verified_project import verify_project
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.results import open_run

    home = home_of(folder).resolve()
    chosen = list(published(home)) if everything else [open_run(folder, run_id)]
    found = [verify_run(run) for run in chosen] + ([verify_project(home / PRIVATE)] if everything else [])
    found.append(audit.verified(folder))
    name = "the project" if everything else f"run {chosen[0].run_id}"
    if problems := tuple(problem for one in found for problem in one.problems):
        raise DataRefused(f"{name} is not what was {'written' if everything else 'published'}", problems)
    files, size = sum(one.files for one in found), sum(one.bytes for one in found)
    if state.json:
        show_json({"run_id": None if everything else chosen[0].run_id, "files": files, "bytes": size, "state": "whole"})
    else:
        show(f"{name} is whole: {files:,} files, {size / 1e6:,.1f} MB, each as it was written")


@subcommand("gc")
@click.option("--dry-run", is_flag=True, help="Only show what would be removed.")
@click.option("--older-than", type=click.FloatRange(min=0), metavar="HOURS", default=6.0, show_default=True,
              help="Leave alone whatever was changed since: it may be a run's that is under way.")  # fmt: skip
@click.option("--unfinished", type=click.FloatRange(min=0), metavar="DAYS", default=14.0, show_default=True,
              help="Remove the work of a run that nobody went on with for so long.")  # fmt: skip
@click.pass_obj
def gc(state: State, dry_run: bool, older_than: float, unfinished: float) -> None:
    """Remove what killed attempts left behind, and what is no evidence of runs that are not kept whole ([retention] runs), the files
    of their exports after [retention] exports_days. What a run that is kept, or one under way, needs stays."""
    folder = project_folder(state)
    from jobs.leftovers import collect
    from jobs.locking import locked
    from jobs.retained import exports_kept, kept_whole
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.store import cache
    from skiptrace.store.permissions import private_folder, refuse_unsafe

    home, now = home_of(folder).resolve(), dt.datetime.now().astimezone()
    refuse_unsafe(home)
    ages = (dt.timedelta(hours=older_than), dt.timedelta(days=unfinished))
    with locked(private_folder(home / PRIVATE)):
        found = collect(home, now, *ages, dry=dry_run, keep=kept_whole(folder), exports_days=exports_kept(folder))
    if not dry_run:
        cache.tidy()
    kinds = sorted({one.kind for one in found})
    rows = [(kind, sum(one.kind == kind for one in found), sum(one.bytes for one in found if one.kind == kind)) for kind in kinds]
    if state.json:
        show_json({"removed": not dry_run, "leftovers": found})
    elif not found:
        show("nothing is left over")
    else:
        show_table(("would be removed" if dry_run else "removed", "files", "bytes"), rows)


@subcommand("purge")
@click.argument("run_id", metavar="[RUN]", required=False, shell_complete=run_names)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--even-latest", is_flag=True, help="Purge it although it is the run published last.")
@click.option("--policy", is_flag=True, help="Purge what contracts, licences and [retention] do not let the project keep any longer.")
@click.option("--dry-run", is_flag=True, help="With --policy: only show what would go.")
@click.pass_obj
def purge(state: State, run_id: str | None, yes: bool, even_latest: bool, policy: bool, dry_run: bool) -> None:
    """Remove a published run for good, with its report and contact files; or, with --policy, whatever may not be kept any longer."""
    if policy == (run_id is not None) or (policy and even_latest) or (dry_run and not policy):
        raise click.UsageError("say RUN, or --policy, which may be tried with --dry-run")
    folder = project_folder(state)
    if policy:
        _by_policy(state, folder, yes, dry_run)
        return
    from jobs.locking import locked
    from jobs.purged import purge as purge_run
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.results import open_run
    from skiptrace.store.permissions import private_folder, refuse_unsafe

    home = home_of(folder).resolve()
    refuse_unsafe(home)
    run = open_run(home, str(run_id))
    if not yes:
        paragraph(f"run {run.run_id}, as of {run.ledger.get('as_of')}, with its tables, report and contact files")
        click.confirm("remove it for good?", abort=True, err=True)
    with locked(private_folder(home / PRIVATE)):
        size = purge_run(home, run, even_latest)
    show_json({"purged": run.run_id, "bytes": size}) if state.json else show(f"run {run.run_id} is gone ({size / 1e6:,.1f} MB)")


def _by_policy(state: State, folder: Path, yes: bool, dry_run: bool) -> None:
    from jobs.policy import apply

    today = dt.datetime.now().astimezone().date()
    found = apply(folder, today, dry=True)
    rows = [*((f"of sources that ended: {kind}", count) for kind, count in found.readings.items()),
            *((f"run {run}: {table}", count) for run, tables in found.evidence.items() for table, count in tables.items()),
            *((f"run {run}: all of it", 1) for run in found.runs)]  # fmt: skip
    if not state.json:
        for one in found.sources:
            paragraph(f'"{one.source}" {one.why}')
        if rows:
            show_table(("would be removed" if dry_run else "removed", "things or rows"), rows)
        else:
            show("nothing has to go")
    if rows and not dry_run:
        if not yes:
            click.confirm("remove it for good?", abort=True, err=True)
        apply(folder, today)
    if state.json:
        show_json({"removed": bool(rows) and not dry_run, **asdict(found)})
