"""`skiptrace note`: what a person has taken note of: an alert, so that it is not told again, or a doubtful delivery that is right."""

from __future__ import annotations

import datetime as dt

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import show, show_json


@subcommand("note")
@click.argument("account", metavar="[ACCOUNT]", required=False)
@click.option("--acknowledge", "kind", metavar="KIND", help="The kind of alert of ACCOUNT: moved, disconnected, new_stop, …")
@click.option("--accept", "source", metavar="SOURCE", help="The source whose last delivery is right, although it is doubtful.")
@click.option("--by", metavar="WHO", required=True, help="Who takes note of it.")
@click.option("--reason", metavar="TEXT", help="Why; no numbers or addresses of a person.")
@click.pass_obj
def command(state: State, account: str | None, kind: str | None, source: str | None, by: str, reason: str | None) -> None:
    """Acknowledge an alert of ACCOUNT: it stays quiet until the thing changes again. Or accept a delivery for which exports are held."""
    if (account is None) != (kind is None) or (kind is None) == (source is None):
        raise click.UsageError("say ACCOUNT with --acknowledge KIND, or --accept SOURCE")
    folder = project_folder(state)
    from jobs.acknowledged import acknowledge
    from jobs.doubts import accept
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.results import latest
    from skiptrace.store.permissions import private_folder, refuse_unsafe

    home = home_of(folder).resolve()
    refuse_unsafe(home)
    run, private, now = latest(folder), private_folder(home / PRIVATE), dt.datetime.now().astimezone()
    if source is not None:
        accept(private, run, source, by, reason, now)
        told = f'noted: the delivery of "{source}" of run {run.run_id} is right; the same command again writes what was held'
        show_json({"accepted": source, "run_id": run.run_id}) if state.json else show(told)
        return
    assert account is not None and kind is not None  # noqa: S101, PT018 - checked above
    count = acknowledge(private, run, account, kind, by, reason, now)
    if state.json:
        show_json({"account_id": account, "kind": kind, "acknowledged": count, "run_id": run.run_id})
    else:
        show(f"noted: {count} {kind} {'alert' if count == 1 else 'alerts'} of this account; told again when it changes")
