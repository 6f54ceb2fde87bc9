"""`skiptrace explain`: why an account was linked, scored and permitted or stopped as it was."""

from __future__ import annotations

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import show_json
from skiptrace.vocabulary import CHANNELS


@subcommand("explain")
@click.argument("account", metavar="ACCOUNT")
@click.option("--point", metavar="VALUE", help="Only this contact point: its id, or a phone, e-mail or address.")
@click.option("--channel", type=click.Choice(CHANNELS), metavar="CH", help=f"Only this channel: {', '.join(CHANNELS)}.")
@click.option("--show-pii", is_flag=True, help="Show names, values and dates unmasked; needs --reason and is logged.")
@click.option("--reason", metavar="TEXT", help="Why personal values are looked at; kept in the audit log.")
@click.pass_obj
def command(
    state: State, account: str, point: str | None, channel: str | None, show_pii: bool, reason: str | None
) -> None:
    """Explain one account of the latest run: its links, contact points, scores and decisions."""
    reason = (reason or "").strip()
    if show_pii != bool(reason):
        raise click.UsageError("--show-pii and --reason TEXT go together: whoever looks at personal values says why")
    folder = project_folder(state)
    import os
    from dataclasses import replace

    from jobs.cli import audit
    from jobs.cli.explained import show_explanation
    from jobs.explain import explain
    from jobs.explain.delivered import delivered
    from skiptrace.results import latest

    run = latest(folder)
    found = explain(run, account, folder, point_text=point, channel=channel, show_pii=show_pii)
    found = replace(found, delivered=delivered(folder, account, run.ledger, os.environ, show_pii))
    if show_pii:
        audit.record(folder, account, reason, run.run_id)
    if state.json:
        show_json(found)
    else:
        show_explanation(found)
