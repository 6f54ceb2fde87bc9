"""`skiptrace export`: contact files of a published run written again, screened by the lists of the day; previews, and what comes
back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.completing import export_names, run_names
from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, say, show, show_json, show_table

if TYPE_CHECKING:
    from jobs.preview import Preview
    from skiptrace.results import Run


@subcommand("export")
@click.argument("name", metavar="NAME", required=False, shell_complete=export_names)
@click.option("--run", "run_id", metavar="RUN", default="latest", shell_complete=run_names,
              help="Export this run; the one published last otherwise.")  # fmt: skip
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day of the export: the project's, or today.")
@click.option("--deliver", is_flag=True, help="Send what was written to the outboxes of the project file.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, values masked; write nothing.")
@click.option("--profiles", is_flag=True, help="List the export profiles there are, with their limits and sources.")
@click.option(
    "--result-mapping", metavar="FILE", help="Print the [[source]] that reads FILE, the result file that NAME's platform sends back."
)
@click.pass_obj
def command(
    state: State, name: str | None, run_id: str, as_of: dt.datetime | None, deliver: bool, dry_run: bool, profiles: bool,
    result_mapping: str | None,
) -> None:  # fmt: skip
    """Write a contact file of a published run, or all of them, leaving out what today's lists stop."""
    if profiles:
        _profiles(state)
        return
    folder = project_folder(state)
    import os

    from jobs import delivering
    from jobs.cli.ended import tell_delivered
    from jobs.exports import write_exports
    from jobs.feedback import load_project
    from jobs.locking import locked
    from jobs.spilling import spilling
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.results import open_run
    from skiptrace.store.permissions import private_folder

    project = load_project(folder, os.environ)
    if result_mapping is not None:
        from jobs.exports import result_mapping as mapping_of

        if name is None:
            raise click.UsageError("say which export it is: skiptrace export NAME --result-mapping FILE")
        text = mapping_of(project, name, result_mapping)
        show_json({"export": name, "toml": text}) if state.json else show(text)
        return
    run = open_run(folder, run_id)
    day = as_of.date() if as_of else project.project.as_of or dt.datetime.now().astimezone().date()
    names = None if name is None else [name]
    if dry_run:
        from jobs.preview import preview

        _show_preview(state, preview(run, project, day, names))
        return
    private = private_folder(home_of(folder).resolve() / PRIVATE)
    with locked(private), spilling(private):
        found = write_exports(run, project, day, names)
        sent = delivering.deliver(run, project, names) if deliver else []
    if state.json:
        show_json({"run_id": run.run_id, "as_of": day, "exports": found, **({"delivered": sent} if deliver else {})})
    else:
        _tell(run, day, found)
        tell_delivered(sent)


def _profiles(state: State) -> None:
    from skiptrace.export.profiles import load_profiles

    found = load_profiles()
    if state.json:
        show_json(found)
        return
    rows = [(one.name, one.format, one.row, " ".join(one.channels), len(one.headers), one.sentence) for one in found.values()]
    show_table(("profile", "format", "row per", "channels", "columns", "what it is"), rows)
    for one in found.values():
        if one.limits_unverified:
            paragraph(f"{one.name}: not known from a source: {'; '.join(one.limits_unverified)}")
        for cited in one.cited:
            paragraph(f"{one.name}: {cited.address} ({cited.checked}): {cited.says}")


def _show_preview(state: State, found: list[Preview]) -> None:
    if state.json:
        show_json(found)
        return
    for one in found:
        show(f"{one.name} ({one.profile}): {one.rows:,} rows of {one.accounts:,} accounts, {one.files} file(s); nothing was written")
        show_table(one.headers, one.sample, 2)
        for reason, count in one.away.items():
            show(f"  {count:,} accounts in no row: {reason}")
        for change, cells in one.changed.items():
            show(f"  {sum(cells.values()):,} cells {change}: {', '.join(sorted(cells))}")
    if not found:
        say(state, "the project file has no [[export]]")


def _tell(run: Run, day: dt.date, found: list[dict[str, Any]]) -> None:
    from jobs.cli.ended import shown
    from skiptrace.store.places import place_of

    if not found:
        show("the project file has no [[export]]")
        return
    show(f"run {run.run_id}, decided for {run.ledger['as_of']}, exported for {day}")
    rows = [(one["name"], file["rows"], shown(place_of(one["folder"]) / file["file"])) for one in found for file in one["files"]]
    show_table(("export", "rows", "file"), rows)
    again = found[0]["screened_again"]
    if again["stopped"]:
        rules = ", ".join(f"{rule} {uses:,}" for rule, uses in again["stopped_by"].items())
        paragraph(f"lists and past contacts delivered since stop {again['stopped']:,} uses that the run left open: {rules}")
    for one in found:
        expired = sum(left["uses"] for left in one["not_exported"] if left["reason"] == "expired")
        if expired:
            paragraph(f"{one['name']}: {expired:,} uses are past their last day and left out; `skiptrace run` decides anew")
