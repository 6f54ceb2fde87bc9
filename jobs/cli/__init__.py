"""The command line: `skiptrace COMMAND`. Data goes to stdout, messages to stderr, and the exit code says how it ended.

One module per command. A module is imported only when its command is asked for, or when help lists it, and it imports
what is heavy inside the command's body, so that help comes at once.
"""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

import click
from click.shell_completion import shell_complete

import skiptrace
from jobs.cli.completing import VARIABLE
from jobs.cli.failures import describe_end
from jobs.cli.frame import State, shared_options
from jobs.exposure import guard

COMMANDS = (
    "demo", "init", "map", "doctor", "check", "plan", "run", "nightly", "waterfall", "export", "note", "explain", "review", "evaluate",
    "report", "diff", "sources", "model", "index", "rules", "runs", "forget", "keys", "backup", "restore", "migrate", "cluster",
    "completion",
)  # fmt: skip
"""In the order in which a newcomer meets them; each is the module `jobs.cli.<name>` with its `command`."""


class _Commands(click.Group):
    """The commands of COMMANDS, each imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"jobs.cli.{cmd_name}").command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with its whole first sentence, which click's own listing would cut off."""
        found = [(name, self.get_command(ctx, name)) for name in COMMANDS]
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(limit=200)) for name, one in found if one is not None])


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 a bug, 2 configuration or usage, 3 data refused, 4 a quality gate failed, "
    "69 store unavailable, 75 safe to rerun, 78 unsafe permissions.",
)
@shared_options(hidden=False)
@click.version_option(skiptrace.__version__, prog_name="skiptrace")
def skiptrace_group() -> None:
    """Find, score and screen lawful ways to reach the right person on purchased accounts."""


class _Interrupted(KeyboardInterrupt):
    """A signal asked the command to end. A type of its own: where a plain KeyboardInterrupt passes through generated code, the
    interpreter remembers it and ends by the signal, whatever exit code was decided."""


def _interrupt(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends a command as Ctrl-C does: what it started is ended, nothing half-written can be seen, exit code 75."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: a second one would break the tidying up
    _ASKED.append(number)
    raise _Interrupted


_ASKED: list[int] = []
"""Signals that asked this command to end. Libraries make errors of their own of an interruption that comes within their calls."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code. `arguments` without the program's name; the process's own if None.

    Every error ends here: as text on stderr, or with --json as one object on stdout."""
    guard()
    _ASKED.clear()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell's background jobs ignore it
            signal.signal(signal.SIGINT, _interrupt)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a dash that a terminal cannot show is no reason to stop
    if asked := os.environ.get(VARIABLE):
        return shell_complete(skiptrace_group, {}, "skiptrace", VARIABLE, asked)
    given = list(sys.argv[1:] if arguments is None else arguments)
    state = State(json="--json" in given)  # until the options are parsed: a usage error may come before that
    try:
        with skiptrace_group.make_context("skiptrace", given, obj=state) as context:
            skiptrace_group.invoke(context)
        sys.stdout.flush()
        return 0
    except BaseException as error:
        return describe_end(_Interrupted() if _ASKED else error, state)
