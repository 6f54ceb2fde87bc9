"""Whether a published run still is what was published: every file that its manifest and those of its exports name, hashed again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from jobs.decided import RULEBOOK, rulebook_of
from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.results import Run
from skiptrace.store.places import Place, digest_of, entries, size_of

_MANIFEST = ".manifest.json"


@dataclass(frozen=True)
class Verified:
    """What was found: files and bytes that were read, and what is wrong with any of them."""

    files: int
    bytes: int
    problems: tuple[Problem, ...]


def verify(run: Run) -> Verified:
    """Read every file of a published run, its evidence, its rules, its exports (of a run that is not kept whole those that are there yet)
    and what its manifest was before, and compare length and
    SHA-256 with what was written. Copies on this machine are not believed: an object is fetched anew."""
    problems, files, total = [], 0, 0
    for name, size, sha256 in (*_tables(run), *_exports(run), *_predecessors(run)):
        files, total = files + 1, total + size
        what = wrong(run.folder / name, size, sha256)
        if what:
            problems.append(Problem(f"{run.run_id}/{name}", "", what, "restore it from a copy, or purge this run and run again"))
    try:
        rulebook_of(run)
    except (ConfigError, DataRefused) as refused:
        what = next((one.what for one in refused.problems if isinstance(refused, DataRefused)), "is not what was written")
        problems.append(Problem(f"{run.run_id}/{RULEBOOK}", "", what, "restore it from a copy, or purge this run and run again"))
    return Verified(files + 1, total + (size_of(run.folder / RULEBOOK) or 0), tuple(problems))


def _tables(run: Run) -> Iterator[tuple[str, int, str]]:
    for table in (*run.ledger["tables"].values(), *run.ledger.get("evidence", {}).values()):
        for file in table["files"]:
            yield _inside(str(file["path"])), int(file["bytes"]), str(file["sha256"])


def _predecessors(run: Run) -> Iterator[tuple[str, int, str]]:
    """What the manifest was before people were taken out of the run, or it was migrated."""
    for note in run.ledger.get("rewritten", ()):
        name = f"run-{str(note['predecessor'])[:16]}.json"
        yield name, size_of(run.folder / name) or 0, str(note["predecessor"])


def _exports(run: Run) -> Iterator[tuple[str, int, str]]:
    for folder in entries(run.folder / "exports"):
        for place in entries(folder) if not folder.is_symlink() else []:
            if place.name.endswith(_MANIFEST):
                for file in _listed(place):
                    if not run.thinned or _is_there(folder / _inside(str(file["file"]))):
                        yield f"exports/{folder.name}/{_inside(str(file['file']))}", int(file["bytes"]), str(file["sha256"])


def _is_there(place: Place) -> bool:
    return place.is_symlink() or size_of(place) is not None


def _listed(manifest: Place) -> list[dict[str, Any]]:
    try:
        content = json.loads(manifest.read_bytes())
        left = content.get("not_exported_accounts")
        return [*content["files"], *([left] if left else [])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        problem = Problem(manifest.name, "", "is missing or damaged", "write the export again: `skiptrace export`")
        raise DataRefused("the manifest of an export cannot be read", (problem,)) from None


def wrong(place: Place, size: int, sha256: str) -> str:
    """What is wrong with a file; nothing where it is as it was written."""
    try:
        if place.is_symlink():
            return "is a link, which nothing of ours is"
        if size_of(place) != size:
            return "is gone" if size_of(place) is None else "is not as long as it was written"
        return "" if digest_of(place) == sha256 else "is not what was written"
    except OSError:
        return "cannot be read"


def _inside(text: str) -> str:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts:
        problem = Problem("run.json", "", "a path leads out of the run", "restore the run from a backup")
        raise DataRefused("a run cannot be trusted", (problem,))
    return text
