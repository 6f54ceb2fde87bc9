"""The reference of the command line, from the commands themselves, and of exit codes, from the errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from jobs.cli import skiptrace_group
from skiptrace import errors
from skiptrace.errors import SkiptraceError

_CODES: Final = {
    0: "Done, or done already.", 1: "A bug of the program: please report the line it prints.",
    2: "The project file, a rule file or the command line is wrong; nothing was read or written.",
    3: "Data is refused, or counts do not reconcile; nothing is published.",
    4: "A quality gate failed: tables are published, nothing is exported.", 69: "A disk or store is unavailable.",
    75: "Safe to run again: the same command goes on where it stopped.", 78: "Permissions are unsafe: others could read or replace files.",
}  # fmt: skip


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that call it, groups before what they hold."""
    context = click.Context(skiptrace_group)
    for name in skiptrace_group.list_commands(context):
        one = skiptrace_group.get_command(context, name)
        if one is not None:
            yield from _within(name, one)


def _within(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        for name, one in command.commands.items():
            yield from _within(f"{words} {name}", one)


def codes() -> dict[int, str]:
    """What each exit code means; every error of the program has one of them."""
    mine = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SkiptraceError)]
    unknown = sorted({kind.exit_code for kind in mine} - set(_CODES))
    if unknown:
        raise KeyError(f"exit codes without a sentence: {unknown}")
    return dict(_CODES)


def page() -> str:
    """The page: options of every command, the commands, exit codes."""
    lines = ["# Commands", "", "`skiptrace [OPTIONS] COMMAND`. The first options stand before or after any command.", ""]
    lines += _options(skiptrace_group)
    for words, command in commands():
        lines += ["", f"## `skiptrace {words}`", "", _help(command), ""]
        if isinstance(command, click.Group):
            lines += [f"`skiptrace {words} {' | '.join(command.commands)}`"]
            continue
        lines += [f"`skiptrace {' '.join([words, *_arguments(command)])}`", ""]
        lines += _options(command)
    lines += ["", "## Exit codes", "", "| code | |", "|---|---|"]
    lines += [f"| {code} | {sentence} |" for code, sentence in codes().items()]
    return "\n".join(lines) + "\n"


def _help(command: click.Command) -> str:
    return " ".join(line.strip() for line in (command.help or "").replace("\n\n", "\n").splitlines())


def _arguments(command: click.Command) -> list[str]:
    return [one.make_metavar(click.Context(command)) for one in command.params if isinstance(one, click.Argument)]


def _options(command: click.Command) -> list[str]:
    found = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    if not found:
        return []
    lines = ["| option | |", "|---|---|"]
    for one in found:
        named = ", ".join(f"`{name}`" for name in (*one.opts, *one.secondary_opts))
        value = "" if one.is_flag or one.count else f" {one.make_metavar(click.Context(command))}"
        default = f" ({one.default} where left out)" if one.show_default and one.default is not None and not one.is_flag else ""
        lines.append(f"| {named}{value.replace('|', ' or ')} | {one.help}{default} |")
    return lines
