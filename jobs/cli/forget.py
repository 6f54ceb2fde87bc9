"""`skiptrace forget`: the person of an account leaves the project for good."""

from __future__ import annotations

import datetime as dt

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table


@subcommand("forget")
@click.argument("account", metavar="ACCOUNT")
@click.option("--by", metavar="WHO", required=True, help="Who asks for it.")
@click.option("--reason", metavar="TEXT", required=True, help="Why; no numbers or addresses of a person.")
@click.pass_obj
def command(state: State, account: str, by: str, reason: str) -> None:
    """Remove the person of ACCOUNT from every table, ledger, index and export, with a tombstone so that nobody brings them back."""
    folder = project_folder(state)
    from jobs import audit
    from jobs.forgotten import forget

    done = forget(folder, account, by, reason, dt.datetime.now().astimezone())
    audit.forget(folder, account, done.tombstone, reason)
    if state.json:
        show_json(done.plain())
        return
    lead = "forgotten" if done.new else "was forgotten before"
    show(f"{lead}: {done.accounts:,} {'account' if done.accounts == 1 else 'accounts'}, tombstone {done.tombstone}")
    rows = [*((f"kept for later runs: {kind}", count) for kind, count in done.removed.items()),
            *((f"run {run}: {table}", count) for run, tables in done.runs.items() for table, count in tables.items())]  # fmt: skip
    if rows:
        show_table(("removed", "things or rows"), rows)
    for one in done.same_consumer:
        paragraph(f"account {one} was the same consumer and does not say the same person: it stays; forget it too if it is theirs")
    for one in done.opted_out:
        paragraph(f"account {one} shows a point on which this person opted out: put that on a suppression list, for the word is gone")
    for name in done.exports:
        paragraph(f"exported before and removed here: {name}; what has left is where it went")
    for held in done.inputs:
        places = ", ".join(map(str, held.rows[:10])) + (" …" if len(held.rows) > 10 else "")
        paragraph(f"still in your file {held.file} ({held.source}): {'row' if len(held.rows) == 1 else 'rows'} {places}")
    for source in done.unread:
        paragraph(f'"{source}" could not be looked into: see whether the person is in its files')
