"""`skiptrace note`: what a person has taken note of: an alert, so that it is not told again, or something doubtful that is right or not."""

from __future__ import annotations

import datetime as dt

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import show, show_json


@subcommand("note")
@click.argument("account", metavar="[ACCOUNT]", required=False)
@click.option("--acknowledge", "kind", metavar="KIND", help="The kind of alert of ACCOUNT: moved, disconnected, new_stop, …")
@click.option("--accept", metavar="NAME", help="The source or figure of the last run that is right, although it is doubtful.")
@click.option("--refuse", metavar="NAME", help="The source or figure of the last run that is not right: its exports are not written.")
@click.option("--by", metavar="WHO", required=True, help="Who takes note of it.")
@click.option("--reason", metavar="TEXT", help="Why; no numbers or addresses of a person.")
@click.pass_obj
def command(
    state: State, account: str | None, kind: str | None, accept: str | None, refuse: str | None, by: str, reason: str | None
) -> None:  # fmt: skip
    """Acknowledge an alert of ACCOUNT: it stays quiet until the thing changes again. Or say whether something is right for which exports
    are held; that is kept in the audit log."""
    name = accept if accept is not None else refuse
    if (account is None) != (kind is None) or sum(one is not None for one in (kind, accept, refuse)) != 1:
        raise click.UsageError("say ACCOUNT with --acknowledge KIND, or --accept NAME, or --refuse NAME")
    if name is not None and not reason:
        raise click.UsageError("say why with --reason: it is kept in the audit log")
    folder = project_folder(state)
    from jobs import gates, verdicts
    from jobs.acknowledged import acknowledge, refuse_values
    from jobs.cli import audit
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.results import latest
    from skiptrace.store.permissions import private_folder, refuse_unsafe

    home = home_of(folder).resolve()
    refuse_unsafe(home)
    run, private, now = latest(folder), private_folder(home / PRIVATE), dt.datetime.now().astimezone()
    if name is not None:
        word = "accept" if refuse is None else "refuse"
        refuse_values(by, reason)
        before, mine = gates.about(private, run, f"--{word}", name, refuse is None)
        audit.append(folder, {"action": f"note --{word}", "about": name, "by": by, "reason": reason, "run_id": run.run_id})
        verdicts.keep(private, name, before, mine, refuse is None, by, reason, now)
        told = "is right; the same command again writes what was held" if refuse is None else "is not right; its exports are not written"
        said = {"accept": "accepted", "refuse": "refused"}[word]
        show_json({said: name, "run_id": run.run_id}) if state.json else show(f'noted: "{name}" of run {run.run_id} {told}')
        return
    assert account is not None and kind is not None  # noqa: S101, PT018 - checked above
    count = acknowledge(private, run, account, kind, by, reason, now)
    if state.json:
        show_json({"account_id": account, "kind": kind, "acknowledged": count, "run_id": run.run_id})
    else:
        show(f"noted: {count} {kind} {'alert' if count == 1 else 'alerts'} of this account; told again when it changes")
