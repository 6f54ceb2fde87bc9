"""Before a cluster is given work: every worker must be the program that the driver is, and see the files that it sees."""

from __future__ import annotations

import platform
import uuid
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import skiptrace
from jobs.models import current_key
from jobs.setup import code_hash
from skiptrace.errors import ConfigError, Problem, SkiptraceError, StoreUnavailable
from skiptrace.ids import digest, file_digest
from skiptrace.plugins import rules_root
from skiptrace.store.commit import put_bytes
from skiptrace.store.places import Place, place_of

LIBRARIES = ("dask", "distributed", "pyarrow", "numpy", "numba", "duckdb")
SPOKEN = ("python", "dask", "distributed")
"""What scheduler and driver must have in common to understand each other."""
_MENDS = {
    "rules": "give every worker the same rules folder",
    "code": "install the same build of skiptrace everywhere",
    "model": "let every worker mount the same project folder",
}


def program() -> dict[str, str]:
    """What this process runs: versions, and hashes of the program and of the rules."""
    found = {"python": platform.python_version(), "skiptrace": skiptrace.__version__, **{name: version(name) for name in LIBRARIES}}
    files = [(str(path.relative_to(rules_root())), file_digest(path)) for path in sorted(rules_root().rglob("*")) if path.is_file()]
    return found | {"code": code_hash(), "rules": digest(files)}


def same_versions(scheduler: Mapping[str, Any]) -> None:
    """Compare what the scheduler tells of itself (as the cluster's library has it) with this process. Raises ConfigError (exit 2)."""
    theirs = {**scheduler["packages"], "python": scheduler["host"]["python"].rpartition(".final")[0] or scheduler["host"]["python"]}
    problems = tuple(
        Problem("scheduler", name, f"has {theirs.get(name)}, the driver {own}", "install the same version everywhere")
        for name, own in program().items() if name in SPOKEN and theirs.get(name) != own
    )  # fmt: skip
    if problems:
        raise ConfigError("the scheduler is of another version", problems)


def look(private: str, token: str) -> dict[str, str]:
    """What a worker tells: its program, the project's match model as it sees it, and that it reads and writes the project's files.

    `token` is a file in the project's private folder; what it holds is written back beside it. Raises StoreUnavailable where the
    worker does not see it."""
    folder = place_of(private)
    try:
        content = (folder / token).read_bytes()
        answer = folder / f"{token}.{uuid.uuid4().hex}"
        put_bytes(answer, content)
    except (OSError, SkiptraceError):
        raise StoreUnavailable("a worker cannot read and write the project's files — mount its folder at the same path there") from None
    return program() | {"model": current_key(folder) or "", "answer": answer.name}


def compare(told: Mapping[str, Any], private: Place) -> None:
    """Compare what workers told, by address, with this process. A worker that failed told an exception.

    Raises ConfigError (exit 2) with every difference, StoreUnavailable (69) where a worker does not see the project's files."""
    mine = program() | {"model": current_key(private) or ""}
    problems, blind = [], []
    for address, answer in sorted(told.items()):
        if isinstance(answer, StoreUnavailable):
            what = "is not seen, or cannot be written"
            blind.append(Problem(address, "project folder", what, "mount it at the same path on every worker"))
        elif isinstance(answer, BaseException):
            what = f"cannot run this program ({type(answer).__name__})"
            problems.append(Problem(address, "skiptrace", what, "install the same version of skiptrace and its rules there"))
        else:
            problems += [
                Problem(address, name, f"has {answer.get(name, 'none')[:16] or 'none'}, the driver {own[:16] or 'none'}",
                        _MENDS.get(name, "install the same version everywhere"))
                for name, own in mine.items() if answer.get(name) != own
            ]  # fmt: skip
    if problems:
        raise ConfigError("the cluster does not run the same program", tuple(problems))
    if blind:
        raise StoreUnavailable("a worker does not see the project's files", tuple(blind))
