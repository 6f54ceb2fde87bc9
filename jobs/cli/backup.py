"""`skiptrace backup`: what of a project cannot be computed again, as one file."""

from __future__ import annotations

import click

from jobs.cli.frame import State, project_folder, subcommand
from jobs.cli.output import show, show_json


@subcommand("backup")
@click.argument("file", metavar="FILE")
@click.option("--with-key", is_flag=True, help="Put the key of the tokens into it as well, in clear: whoever has both can test a guess.")
@click.pass_obj
def command(state: State, file: str, with_key: bool) -> None:
    """Write what cannot be computed again (outcomes, register, models, tombstones, notes, logs, published runs) to FILE."""
    folder = project_folder(state)
    from jobs.backup import backup

    created, told = backup(folder, file, with_key)
    if state.json:
        show_json({**told, "created": created})
    else:
        show(f"{'written' if created else 'there already, the same'}: {told['file']}, {told['files']:,} files, SHA-256 {told['sha256']}")
