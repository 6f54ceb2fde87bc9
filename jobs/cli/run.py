"""`skiptrace run`: everything from the portfolio to the report and the contact files."""

from __future__ import annotations

import datetime as dt

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import say
from jobs.cli.progress import watched
from skiptrace.vocabulary import STEPS


@subcommand("run")
@click.option(
    "--from",
    "from_step",
    type=click.Choice(STEPS),
    metavar="STEP",
    help=f"Work again from this step on: {', '.join(STEPS)}.",
)
@click.option(
    "--to",
    "to_step",
    type=click.Choice(STEPS),
    metavar="STEP",
    help="Stop after this step, before anything is published.",
)
@click.option("--resume", metavar="RUN", help="Go on with this run, and with no other.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day the run believes it is, such as 2026-06-30.",
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Read the first N rows of the portfolio only.")
@click.option(
    "--scheduler", metavar="ADDR", help="auto, sync, threads, processes, or an address such as tls://host:8786."
)
@click.option("--no-exports", is_flag=True, help="Leave the contact files out.")
@click.pass_obj
def command(
    state: State,
    from_step: str | None,
    to_step: str | None,
    resume: str | None,
    as_of: dt.datetime | None,
    limit: int | None,
    scheduler: str | None,
    no_exports: bool,
) -> None:
    """Link, score and screen the portfolio; publish tables, report and contact files."""
    if from_step and to_step and STEPS.index(from_step) > STEPS.index(to_step):
        raise click.UsageError("--from names a step that comes after that of --to")
    folder = project_folder(state)
    from jobs.attended import attended
    from jobs.cli.ended import tell
    from jobs.pipeline import Options, run

    options = Options(
        as_of=as_of.date() if as_of else None,
        scheduler=scheduler,
        limit=limit,
        exports=not no_exports,
        resume=resume,
        from_step=from_step,
        to_step=to_step,
    )
    if limit:
        say(state, f"only the first {limit:,} rows of the portfolio are read")
    with watched(state) as observe, attended(folder, "run", observe) as attempt:
        outcome = run(folder, options, attempt.observe)
        attempt.ended(outcome)
    tell(state, folder, outcome)
