"""`skiptrace check`: every problem of the project file, the rules and the delivered files at once; writes nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table
from jobs.cli.progress import watched

if TYPE_CHECKING:
    from jobs.pipeline import Options


@subcommand("check")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day to check for, such as 2026-06-30."
)
@click.option("--appraise", is_flag=True, help="Look at the tape before it is bought: fill, age, expected reach; one page.")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="The page; else appraisal.html.")
@click.pass_obj
def command(state: State, as_of: dt.datetime | None, appraise: bool, out: Path | None) -> None:
    """Check the project file, the rules and every delivered file, and show what a run would read.

    With --appraise the tape is also looked at before it is bought, by this project's own evidence: how full, valid, old and
    contaminated it is, what is out of time, and how much of the balance can be expected to be reached. Nothing is published."""
    folder = project_folder(state)
    from jobs.pipeline import Options, prepare

    if appraise:
        _appraise(state, folder, Options(as_of=as_of.date() if as_of else None), out or Path("appraisal.html"))
        return
    summary = prepare(folder, Options(as_of=as_of.date() if as_of else None)).summary()
    if state.json:
        show_json(summary)
    else:
        _show(summary)


def _appraise(state: State, folder: Path, options: Options, out: Path) -> None:
    from jobs import appraise

    with watched(state) as observe:
        found = appraise.appraise_project(folder, options, observe)
    appraise.write(found, out)
    if state.json:
        show_json(appraise.plain(found) | {"page": str(out)})
        return
    one = found.appraisal
    of = f" of {one.balance:,.2f}" if one.balance is not None else ""
    show_table(
        ("", "accounts", "balance"),
        [
            ("on the tape", f"{one.accounts:,}", f"{one.balance:,.2f}" if one.balance is not None else "unknown"),
            ("reachable, expected", f"{one.reachable:,.0f}", f"{one.reachable_balance:,.2f}{of}"),
            ("and permitted", f"{one.permitted:,.0f}", f"{one.permitted_balance:,.2f}"),
        ],
    )
    show(f"appraisal: {out}")


def _show(summary: dict[str, Any]) -> None:
    show(f"project {summary['project']}, as of {summary['as_of']}")
    show()
    deliveries = summary["deliveries"]
    rows = [(d["name"], d["kind"], len(d["files"]), d["rows"], d["partitions"]) for d in deliveries]
    show_table(("delivery", "kind", "files", "rows", "partitions"), rows)
    show()
    for delivery in deliveries:
        if delivery["read_as"]:
            paragraph(f"{delivery['name']}: read as {'; or as '.join(delivery['read_as'])}")
        if delivery["unreadable_rows"]:
            paragraph(f"{delivery['name']}: {delivery['unreadable_rows']:,} rows cannot be read and become rejects")
        if delivery["ignored_columns"]:
            paragraph(f"{delivery['name']}: not mapped, so not used: {', '.join(delivery['ignored_columns'])}")
    for warning in summary["warnings"]:
        paragraph(f"note: {warning}")
    show("nothing stands in the way of a run")
