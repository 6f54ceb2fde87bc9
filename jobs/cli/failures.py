"""How an invocation ends that did not end well: exit code, and what a person or a program is told.

An error of ours carries its own code and its text is safe. Of any other error only type and place are told, with
--debug the stack as well: lines of code, never the error's text, which may hold values of people's data.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Iterator

import click

from jobs.cli.frame import State
from jobs.cli.output import clean, show_json
from skiptrace.errors import SafeToRerun, SkiptraceError

BUG, USAGE = 1, 2
_EXTRA = re.compile(r"(unexpected extra arguments?) \(.*\)", re.DOTALL)
"""Words after the last argument may be parts of an address that lacked quotes: they are not repeated."""
_GIVEN = re.compile(r"""^(Invalid value[^:]*: )(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")( (?:is|does) not\b)""", re.DOTALL)
"""Nor is a value that an option cannot take: it may have been meant for another."""


def describe_end(error: BaseException, state: State) -> int:
    """Tell of the error and return the exit code. A reader of ours that went away is no error."""
    if isinstance(error, BrokenPipeError):
        _abandon_stdout()
        return 0
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else BUG
    if state.debug:
        for line in stack(error):
            click.echo(line, err=True)
    try:
        return _tell(error, state)
    except BrokenPipeError:
        _abandon_stdout()
        return BUG


def _tell(error: BaseException, state: State) -> int:
    if isinstance(error, KeyboardInterrupt | click.Abort):
        error = SafeToRerun("interrupted — safe to rerun: the same command goes on where it stopped")
    if isinstance(error, OSError):
        from jobs.runner import refused_by_disk

        error = refused_by_disk(error, "the project's disk") or error
    kind = type(error).__name__
    problems: list[dict[str, str]] = []
    if isinstance(error, SkiptraceError):
        code, message = error.exit_code, error.message
        problems = [{"file": p.file, "place": p.place, "what": p.what, "mend": p.mend} for p in error.problems]
        lines = [f"error: {message}", *(f"  {problem}" for problem in error.problems)]
    elif isinstance(error, click.ClickException):
        code, kind = USAGE, "UsageError"
        message = _GIVEN.sub(r"\1what was given\2", _EXTRA.sub(r"\1", error.format_message()))
        asked_nothing = isinstance(error, click.exceptions.NoArgsIsHelpError)  # its message is the help
        lines = [message if asked_nothing else f"error: {message}"]
        if isinstance(error, click.UsageError) and error.ctx is not None and not asked_nothing:
            lines.append(f"  see `{error.ctx.command_path} --help`")
    else:
        from jobs.runner import describe

        code, message = BUG, f"a bug of skiptrace: {describe(error)}"
        lines = [f"error: {message}", "  please report this line; --debug shows where in the program it arose"]
    if state.json:
        show_json({"error": {"kind": kind, "exit_code": code, "message": message, "problems": problems}})
        sys.stdout.flush()
    else:
        for line in lines:
            click.echo(clean(line), err=True)
    return code


def stack(error: BaseException) -> Iterator[str]:
    """The error's stack, outermost first, with those of the errors that led to it: type, places and lines of code."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    for one in reversed(chain):
        for frame in traceback.extract_tb(one.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}: {frame.line or ''}"
        yield type(one).__name__


def _abandon_stdout() -> None:
    """Let the interpreter's last flush go nowhere instead of failing a second time."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
