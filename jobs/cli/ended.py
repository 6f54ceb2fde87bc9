"""What is said after a run: how many accounts, linked, reachable, permitted, and where the report is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.frame import State
from jobs.cli.output import clean, show, show_json, show_table
from skiptrace.errors import GateFailed

if TYPE_CHECKING:
    from jobs.pipeline import Outcome
    from skiptrace.results import Run
    from skiptrace.store.places import Place


def figures(run: Run) -> dict[str, int]:
    """Accounts of a run: all, `linked` to a record, `reachable` by a scored use, `permitted` one by the rules."""
    import pyarrow.compute as pc

    accounts = run.table("accounts", ["linked_records", "channel_order"])
    return {
        "accounts": accounts.num_rows,
        "linked": pc.sum(pc.greater(accounts["linked_records"], 0)).as_py() or 0,
        "reachable": pc.count_distinct(run.table("channels", ["account_id"])["account_id"]).as_py(),
        "permitted": pc.sum(pc.greater(pc.list_value_length(accounts["channel_order"]), 0)).as_py() or 0,
    }


def summary(outcome: Outcome) -> dict[str, Any]:
    """A run that ended as one object: ids, places, figures, counts of rows, warnings. No personal value."""
    from jobs.delivering import delivered
    from skiptrace.results.run import read_run

    ledger = outcome.ledger
    head: dict[str, Any] = {"run_id": outcome.run_id, "fresh": outcome.fresh}
    if "tables" not in ledger:
        return head | {"published": False, "stopped_after": ledger.get("stopped_after")}
    run = read_run(outcome.folder)
    sent = delivered(outcome.folder.parent.parent, outcome.run_id)
    return head | {
        "published": True,
        **({"exports_held": [vars(problem) for problem in outcome.held]} if outcome.held else {}),
        "folder": str(outcome.folder),
        "report": str(outcome.folder / "report.html"),
        "as_of": ledger.get("as_of"),
        **figures(run),
        "counts": ledger.get("counts", {}),
        "alerts": ledger.get("alerts", {}),
        **({"delivered": sent} if sent else {}),
        **({"night": ledger["night"]} if "night" in ledger else {}),
        "warnings": list(dict.fromkeys((*ledger.get("warnings", ()), *outcome.warnings))),
    }


def tell(state: State, project: Path, outcome: Outcome) -> None:
    """Print the summary of a run that ended well. Ends with exit code 4 where its exports are held."""
    told = summary(outcome)
    if state.json:
        show_json(told)
    else:
        _tell(told, project, outcome)
    if outcome.held:
        if not state.json:
            click.echo(clean(f"error: the tables of run {outcome.run_id} are published; its exports are held"), err=True)
            for problem in outcome.held:
                click.echo(clean(f"  {problem}"), err=True)
        raise click.exceptions.Exit(GateFailed.exit_code)


def _tell(told: dict[str, Any], project: Path, outcome: Outcome) -> None:
    if not told["published"]:
        show(
            f"run {outcome.run_id} stopped after the step {told['stopped_after']} and published nothing;"
            " `skiptrace run` goes on"
        )
        return
    if not outcome.fresh:
        show(f"run {outcome.run_id} was already published: inputs, rules and model are the same, so nothing was done")
    rows = [
        ("accounts", told["accounts"], ""),
        ("linked", told["linked"], "to at least one record of the same person"),
        ("reachable", told["reachable"], "by at least one scored use of a contact point"),
        ("permitted", told["permitted"], "by the contact rules in at least one such use"),
    ]
    if told["alerts"].get("compared_with"):
        rows.append(("alerts", told["alerts"]["alerts"], f"of changes since run {told['alerts']['compared_with']}"))
    show_table((f"run {outcome.run_id}", "", ""), rows)
    for warning in told["warnings"]:
        show(f"note: {warning}")
    tell_delivered(told.get("delivered", []))
    show(f"report: {shown(latest_report(project, outcome))}")


def tell_delivered(sent: list[dict[str, Any]]) -> None:
    """Print what was delivered, by its receipts."""
    if sent:
        rows = [(one["outbox"], one["file"], one["rows"], one["sealed"] or "no") for one in sent]
        show_table(("delivered to", "file", "rows", "encrypted"), rows)


def latest_report(project: Path, outcome: Outcome) -> Place:
    """The report's path, by the short name `runs/latest` where that is this run."""
    short = project / "runs" / "latest"
    named = os.readlink(short) if short.is_symlink() and isinstance(outcome.folder, Path) else ""
    return (short if named == outcome.run_id else outcome.folder) / "report.html"


def shown(path: Place) -> str:
    """A path as it is easiest to open: relative where it lies below the current folder. Links in it are kept."""
    if not isinstance(path, Path):
        return str(path)
    text = os.path.relpath(path)
    return str(path.absolute()) if text.startswith("..") else text
