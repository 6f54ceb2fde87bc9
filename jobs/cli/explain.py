"""`skiptrace explain`: why an account was linked, scored and permitted or stopped as it was."""

from __future__ import annotations

from pathlib import Path

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table
from skiptrace.vocabulary import CHANNELS


@subcommand("explain")
@click.argument("account", metavar="ACCOUNT")
@click.option("--point", metavar="VALUE", help="Only this contact point: its id, or a phone, e-mail or address.")
@click.option("--channel", type=click.Choice(CHANNELS), metavar="CH", help=f"Only this channel: {', '.join(CHANNELS)}.")
@click.option("--held", is_flag=True, help="What is held about the person: every place, its source, days, purposes and recipients.")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write it as one page, readable by you alone.")
@click.option("--replace", "over", is_flag=True, help="Write over FILE where it is there already.")
@click.option("--show-pii", is_flag=True, help="Show names, values and dates unmasked; needs --reason and is logged.")
@click.option("--reason", metavar="TEXT", help="Why personal values are looked at; kept in the audit log.")
@click.pass_obj
def command(
    state: State, account: str, point: str | None, channel: str | None, held: bool, html: Path | None, over: bool, show_pii: bool,
    reason: str | None,
) -> None:  # fmt: skip
    """Explain one account of the latest run: its links, contact points, scores and decisions."""
    reason = (reason or "").strip()
    if show_pii != bool(reason):
        raise click.UsageError("--show-pii and --reason TEXT go together: whoever looks at personal values says why")
    if held and (point or channel):
        raise click.UsageError("--held tells of the whole account: leave --point and --channel out")
    if (over and html is None) or (held and html is not None):
        raise click.UsageError("--replace goes with --html, and --html not with --held")
    folder = project_folder(state)
    if held:
        _held(state, folder, account, show_pii, reason)
        return
    import os
    from dataclasses import replace

    from jobs import audit
    from jobs.cli.ended import shown
    from jobs.cli.explained import show_explanation
    from jobs.explain import explain, page
    from jobs.explain.basis import basis_of
    from jobs.explain.delivered import delivered
    from skiptrace.results import latest

    run = latest(folder)
    found = explain(run, account, folder, point_text=point, channel=channel, show_pii=show_pii)
    tape = delivered(folder, account, run.ledger, os.environ, show_pii)
    found = replace(found, delivered=tape, basis=basis_of(found, folder, os.environ))
    if show_pii:
        audit.record(folder, account, reason, run.run_id)
    if html is not None:
        page.write(found, html, over)
    if state.json:
        show_json(found if html is None else {"run_id": found.run_id, "account_id": account, "masked": found.masked, "html": str(html)})
    elif html is not None:
        show(f"explanation: {shown(html)}")
    else:
        show_explanation(found)


def _held(state: State, folder: Path, account: str, show_pii: bool, reason: str) -> None:
    import datetime as dt

    from jobs import audit
    from jobs.explain.held import held

    found = held(folder, account, dt.datetime.now().astimezone().date(), show_pii)
    if show_pii:
        audit.record(folder, account, reason, "--held")
    if state.json:
        show_json({"account_id": account, "masked": not show_pii, "held": found})
        return
    rows = [(one.kind, one.where, one.what, one.source, one.file, one.row, one.first, one.last, ", ".join(one.purposes)) for one in found]
    show_table(("kind", "where", "what", "source", "file", "row", "first", "last", "purposes"), rows)
    if not show_pii:
        paragraph("Personal values are masked; --show-pii --reason TEXT shows them and is logged.")
