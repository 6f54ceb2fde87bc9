"""`skiptrace runs`: the published runs of a project, and those that were begun."""

from __future__ import annotations

from typing import Any

import click

from jobs.cli.completing import run_names
from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table
from jobs.cli.runs_care import gc, purge, resume, verify
from jobs.cli.runs_health import health

_HELD = ("accounts", "balance", "open", "closed", "recalled", "transferred", "permitted", "placed")

_TOLD = {
    "events": "in all", "new": "told for the first time", "still_to_come": "still to come",
    "of_unknown": "of accounts or portfolios that are unknown",
    "of_another_portfolio": "that name another portfolio than the account's",
    "reopened_never_stopped": "accounts reopened that were never stopped",
}  # fmt: skip


@click.group("runs")
def command() -> None:
    """List, show, verify or purge published runs; say whether nights go well; go on with one that was killed; remove what was left over."""


@subcommand("list")
@click.pass_obj
def _list(state: State) -> None:
    """List the published runs, oldest first."""
    folder = project_folder(state)
    from skiptrace.errors import SkiptraceError
    from skiptrace.results import latest, runs

    found = runs(folder)
    try:
        last = latest(folder).run_id
    except SkiptraceError:  # no run yet, or the pointer is damaged: the list is what a person needs then
        last = ""
    if state.json:
        show_json({"runs": [summary.plain() | {"latest": summary.run_id == last} for summary in found]})
    elif not found:
        show("no run is published yet: `skiptrace run`")
    else:
        rows = [(s.run_id, s.as_of, *(s.rows.get(name) for name in ("accounts", "links", "contact_points")),
                 "latest" if s.run_id == last else "evidence only" if s.thinned else "") for s in found]  # fmt: skip
        show_table(("run", "as of", "accounts", "links", "contact points", ""), rows)


@subcommand("show")
@click.argument("run_id", metavar="RUN", default="latest", shell_complete=run_names)
@click.pass_obj
def _show(state: State, run_id: str) -> None:
    """Show the ledger of RUN (the latest if left out): rows in and out, tables, versions, times."""
    folder = project_folder(state)
    from skiptrace.results import open_run

    run = open_run(folder, run_id)
    if state.json:
        show_json(run.ledger)
        return
    ledger = run.ledger
    show(f"run {run.run_id} of {ledger.get('name', '')}, as of {ledger.get('as_of', '')}")
    show()
    show_table(
        ("delivery", "rows in", "used", "filtered", "rejected"),
        [_counted(name, count) for name, count in ledger.get("counts", {}).items()],
    )
    show()
    show_table(
        ("table", "rows", "files"), [(name, run.rows(name), len(ledger["tables"][name]["files"])) for name in run.names]
    )
    held = ledger.get("inventory", {}).get("portfolios", [])
    if len(held) > 1 or any(one["open"] < one["accounts"] or one.get("placed") for one in held):
        show()
        show_table(("portfolio", *_HELD), [(one["portfolio_id"] or "(none named)", *(one.get(name) for name in _HELD)) for one in held])
        if (further := ledger["inventory"]["further"])["portfolios"]:
            paragraph(f"and {further['portfolios']:,} further portfolios with {further['accounts']:,} accounts")
    told = ledger.get("account_events", {})
    if told:
        paragraph("account events: " + ", ".join(f"{told[name]:,} {words}" for name, words in _TOLD.items() if told.get(name)))
    for one in ledger.get("feedback", ()):
        rejected = "".join(f", {rows:,} rejected: {reason}" for reason, rows in one["rejected"].items())
        paragraph(f"results of {one['export']}: {one['rows']:,} rows of {one['files']:,} files, {one['attempts']:,} attempts{rejected}")
    if holders := ledger.get("placements", {}).get("placed"):
        paragraph("placed: " + ", ".join(f"{count:,} with {holder}" for holder, count in holders.items()))
    timings = ledger.get("timings", {})
    if timings:
        show()
        rows = [
            (step, t.get("seconds"), round(t["peak_bytes"] / 1e6) if "peak_bytes" in t else None)
            for step, t in timings.items()
        ]
        show_table(("step", "seconds", "peak MB"), rows)
    show()
    for kind in ("versions", "hashes"):
        paragraph(f"{kind}: " + ", ".join(f"{name} {value}" for name, value in sorted(ledger.get(kind, {}).items())))
    for warning in ledger.get("warnings", ()):
        paragraph(f"note: {warning}")


def _counted(name: str, count: dict[str, Any]) -> tuple[str, int, int, int, int]:
    return (
        name,
        count.get("rows_in", 0),
        count.get("rows_out", 0),
        count.get("filtered", 0),
        sum(count.get("rejected", {}).values()),
    )


for _one in (_list, _show, health, resume, verify, gc, purge):
    command.add_command(_one)
