"""`skiptrace keys`: the keys of an encrypted project ([encryption])."""

from __future__ import annotations

import datetime as dt

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import show, show_json, show_table


@click.group("keys")
def command() -> None:
    """Show the keys that the project's files are encrypted with, wrap them by another master, or destroy one."""


@command.add_command
@subcommand("list")
@click.pass_obj
def list_keys(state: State) -> None:
    """List masters and keys, and which of them this process has. No key is shown."""
    folder = project_folder(state)
    import os

    from jobs import keys
    from jobs.feedback import load_project
    from skiptrace.project import home_of

    told = keys.listed(load_project(folder, os.environ), home_of(folder).resolve())
    if state.json:
        show_json(told)
        return
    show_table(("role", "master"), list(told["masters"].items()))
    rows = [(key["for"], key["key"], key["made"], *key["roles"].values()) for key in told["keys"]]
    rows += [(key["for"], key["key"], f"destroyed {key['destroyed']}", "gone", "gone") for key in told["destroyed"]]
    show_table(("for", "key", "made", *told["masters"]), rows)


@command.add_command
@subcommand("rotate")
@click.pass_obj
def rotate(state: State) -> None:
    """Wrap every key anew with the masters that [encryption] names now; those before are needed a last time. No other file changes."""
    folder = project_folder(state)
    import os

    from jobs import audit, keys
    from jobs.feedback import load_project
    from jobs.locking import locked
    from skiptrace.project import PRIVATE, home_of
    from skiptrace.store.permissions import private_folder, refuse_unsafe

    project, home = load_project(folder, os.environ), home_of(folder).resolve()
    refuse_unsafe(home)
    with locked(private_folder(home / PRIVATE)):
        count = keys.rotate(project, home)
    audit.append(folder, {"action": "keys rotate", "about": ", ".join(sorted(set(keys.masters(project).values())))})
    told = {"keys": count, "masters": keys.masters(project)}
    show_json(told) if state.json else show(f"{count} keys wrapped anew; destroy the masters before, with every copy of them, when you may")


@command.add_command
@subcommand("destroy")
@click.argument("file", metavar="FILE")
@click.option("--by", metavar="WHO", required=True, help="Who asks for it.")
@click.option("--reason", metavar="TEXT", required=True, help="Why; no numbers or addresses of a person.")
@click.pass_obj
def destroy(state: State, file: str, by: str, reason: str) -> None:
    """Destroy the key of FILE of the portfolio: its accounts leave ledgers, alerts and exports, and no copy of its tables is ever read
    again."""
    folder = project_folder(state)
    import os

    from jobs import audit, keys, shredded
    from jobs.acknowledged import refuse_values
    from jobs.feedback import load_project
    from skiptrace.project import home_of

    refuse_values(by, reason)
    project = load_project(folder, os.environ)
    keys.require_known(project, home_of(folder).resolve(), file)
    audit.append(folder, {"action": "keys destroy", "about": file, "by": by, "reason": reason})
    done = shredded.destroy(folder, project, file, dt.datetime.now().astimezone())
    if state.json:
        show_json(done)
        return
    show(f"destroyed: key {done['key']} of {file}; take the file out of [portfolio] path before the next run")
    rows = [*((f"run {run}: {table}", count) for run, tables in done["runs"].items() for table, count in tables.items()),
            *((f"kept for later runs: {kind}", count) for kind, count in done["kept"].items())]  # fmt: skip
    if rows:
        show_table(("removed", "things or rows"), rows)


@command.add_command
@subcommand("encrypt")
@click.pass_obj
def encrypt(state: State) -> None:
    """Encrypt what the project wrote before it had [encryption]; what a run makes anew is removed instead."""
    folder = project_folder(state)
    from jobs.enciphered import encipher

    done = encipher(folder)
    if state.json:
        show_json(done)
        return
    show(f"encrypted: {done['files']:,} files of {len(done['runs'])} runs and what is kept beside them; {done['removed']} folders removed")
