"""`skiptrace completion`: the script by which a shell completes commands, options and names."""

from __future__ import annotations

import click

from jobs.cli.completing import VARIABLE
from jobs.cli.frame import State, subcommand
from jobs.cli.output import show_json

SHELLS = ("bash", "zsh", "fish")


@subcommand("completion")
@click.argument("shell", metavar="SHELL", type=click.Choice(SHELLS))
@click.pass_obj
def command(state: State, shell: str) -> None:
    """Print the script by which SHELL (bash, zsh or fish) completes commands, options, and names of exports, sources and runs.

    For bash: eval "$(skiptrace completion bash)" in ~/.bashrc."""
    from click.shell_completion import get_completion_class

    from jobs.cli import skiptrace_group

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows all of SHELLS
    script = kind(skiptrace_group, {}, "skiptrace", VARIABLE).source()
    show_json({"shell": shell, "script": script}) if state.json else click.echo(script, nl=False)
