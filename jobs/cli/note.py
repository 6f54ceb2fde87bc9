"""`skiptrace note`: what a person has taken note of, so that it is not told again."""

from __future__ import annotations

import datetime as dt

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import show, show_json


@subcommand("note")
@click.argument("account", metavar="ACCOUNT")
@click.option("--acknowledge", "kind", metavar="KIND", required=True, help="The kind of alert: moved, disconnected, new_stop, …")
@click.option("--by", metavar="WHO", required=True, help="Who takes note of it.")
@click.option("--reason", metavar="TEXT", help="Why; no numbers or addresses of a person.")
@click.pass_obj
def command(state: State, account: str, kind: str, by: str, reason: str | None) -> None:
    """Acknowledge an alert of an account: it stays quiet until the thing changes again."""
    folder = project_folder(state)
    from jobs.acknowledged import acknowledge
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.results import latest
    from skiptrace.store.permissions import private_folder, refuse_unsafe

    home = home_of(folder).resolve()
    refuse_unsafe(home)
    run = latest(folder)
    count = acknowledge(private_folder(home / PRIVATE), run, account, kind, by, reason, dt.datetime.now().astimezone())
    if state.json:
        show_json({"account_id": account, "kind": kind, "acknowledged": count, "run_id": run.run_id})
    else:
        show(f"noted: {count} {kind} {'alert' if count == 1 else 'alerts'} of this account; told again when it changes")
