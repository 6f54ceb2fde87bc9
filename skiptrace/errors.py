"""The errors a person can act on, each with the exit code that the command line documents.

A message says where (file, key, column, row number) and how to mend it, and never holds a value of a person's data.
Anything that is not one of these classes is a bug of ours and ends with exit code 1.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One finding about a file: the file, the place in it (key, line or column), what is wrong, and the mend."""

    file: str
    place: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        where = f"{self.file}: {self.place}" if self.place else self.file
        return f"{where}: {self.what}" + (f" — {self.mend}" if self.mend else "")


class SkiptraceError(Exception):
    """Base of every error that a person can mend. `exit_code` is what the process ends with."""

    exit_code = 1

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  {problem}" for problem in self.problems)])

    def __reduce__(self) -> tuple[type[SkiptraceError], tuple[str, tuple[Problem, ...]]]:
        return type(self), (self.message, self.problems)  # workers send errors home by pickle


class ConfigError(SkiptraceError):
    """The project file, a rule file or the command line is wrong. Nothing was read or written."""

    exit_code = 2


class PermissionRefused(ConfigError):
    """A source may not be used for the purposes of this run."""


class KeyRefused(ConfigError):
    """A key is missing, another one, or may not be used by this process: what it encrypts cannot be read or written."""


class KeyDestroyed(KeyRefused):
    """The key was destroyed on purpose: what it encrypted is gone for good."""


class DataRefused(SkiptraceError):
    """Input data cannot be used, or counts do not reconcile. Nothing is published."""

    exit_code = 3


class DamagedFile(DataRefused):
    """A file that the program wrote itself is gone, torn or changed. What made it must be made again."""


class DamagedJson(DamagedFile, ValueError):
    """The same of a small file of ours, which is no JSON or does not agree with its own digest."""


class SetAside(DataRefused):
    """Tasks whose workers died again and again. All others of their step are done; nothing is published."""


class GateFailed(SkiptraceError):
    """A quality gate failed: tables are kept, nothing is exported."""

    exit_code = 4


class StoreUnavailable(SkiptraceError):
    """The place where a project lives cannot be read or written."""

    exit_code = 69


class SafeToRerun(SkiptraceError):
    """Stopped without harm: a lock is held, a scheduler is gone, a person interrupted. The same command goes on."""

    exit_code = 75


class OutOfMemory(SafeToRerun):
    """A task did not get the memory that it asked for."""


class UnsafePermissions(SkiptraceError):
    """A folder or file of ours could be read or replaced by other users."""

    exit_code = 78


class ContractError(SkiptraceError):
    """A table does not have the shape that the schema promises: a bug of ours, never of the data."""

    exit_code = 1


class TaskFailed(SkiptraceError):
    """A task met an error of ours. Carries type and place of the error, never its text: texts hold values."""

    exit_code = 1
