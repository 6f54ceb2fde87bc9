"""`skiptrace nightly`: the run on today's files, made from the last one by computing anew only the accounts that could differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import show
from jobs.cli.progress import watched


@subcommand("nightly")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day the run believes it is, such as 2026-06-30.")
@click.option("--scheduler", metavar="ADDR", help="auto, sync, threads, processes, or an address such as tls://host:8786.")
@click.option("--no-exports", is_flag=True, help="Leave the contact files out.")
@click.pass_obj
def command(state: State, as_of: dt.datetime | None, scheduler: str | None, no_exports: bool) -> None:
    """Run on what changed since the last run; the tables are those of a full run on the same files."""
    folder = project_folder(state)
    from jobs.attended import attended
    from jobs.cli.ended import tell
    from jobs.pipeline import Options, run

    options = Options(as_of=as_of.date() if as_of else None, scheduler=scheduler, exports=not no_exports, nightly=True)
    with watched(state) as observe, attended(folder, "nightly", observe) as attempt:
        outcome = run(folder, options, attempt.observe)
        attempt.ended(outcome)
    if not state.json and outcome.fresh:
        for line in told(outcome.ledger.get("night")):
            show(line)
    tell(state, folder, outcome)


def told(night: Mapping[str, Any] | None) -> list[str]:
    """What a night's part of the ledger says, in sentences."""
    from jobs.night.touched import REASONS

    if night is None:
        return []
    if "why_all" in night:
        return [f"all accounts were computed anew: {night['why_all']}"]
    lines = [f"computed anew since run {night['since']}: {night['accounts_anew']:,} accounts"]
    lines += [f"  {count:,} {REASONS[name]}" for name, count in night["by_reason"].items() if count]
    return [*lines, f"screened anew: {night['screened_anew']:,} accounts; the decisions about the others were dated anew"]
