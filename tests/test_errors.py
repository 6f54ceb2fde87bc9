"""Errors a person can act on: their exit codes are a contract, and they survive the way home from a worker."""

from __future__ import annotations

import pickle

import pytest

from skiptrace import errors
from skiptrace.errors import ConfigError, Problem, SkiptraceError

CODES = {
    "SkiptraceError": 1, "ConfigError": 2, "PermissionRefused": 2, "DataRefused": 3, "GateFailed": 4, "StoreUnavailable": 69,
    "SafeToRerun": 75, "UnsafePermissions": 78, "ContractError": 1, "TaskFailed": 1, "DamagedFile": 3, "DamagedJson": 3,
    "KeyRefused": 2, "KeyDestroyed": 2, "SetAside": 3, "OutOfMemory": 75,
}  # fmt: skip
CLASSES = {name: found for name, found in vars(errors).items() if isinstance(found, type) and issubclass(found, Exception)}


def test_exit_codes_are_those_the_command_line_documents() -> None:
    assert {name: found.exit_code for name, found in CLASSES.items()} == CODES
    assert all(issubclass(found, SkiptraceError) for found in CLASSES.values())


@pytest.mark.parametrize("name", sorted(CODES))
def test_an_error_survives_pickling(name: str) -> None:
    error = CLASSES[name]("it went wrong", (Problem("a.toml", "key", "is odd", "mend it"),))
    back = pickle.loads(pickle.dumps(error))  # noqa: S301  made here
    assert type(back) is CLASSES[name]
    assert (back.message, back.problems, str(back)) == (error.message, error.problems, str(error))


def test_a_message_says_where_what_and_how_to_mend() -> None:
    problems = (Problem("a.toml", "key", "is odd", "mend it"), Problem("b.toml", "", "is gone"))
    assert str(ConfigError("two problems", problems)) == "two problems\n  a.toml: key: is odd — mend it\n  b.toml: is gone"
    assert str(ConfigError("alone")) == "alone"


def test_problems_sort_by_file_and_place() -> None:
    found = [Problem("b", "a", "x"), Problem("a", "z", "x"), Problem("a", "b", "x")]
    assert [(problem.file, problem.place) for problem in sorted(found)] == [("a", "b"), ("a", "z"), ("b", "a")]
