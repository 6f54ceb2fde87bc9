"""What outcomes taught the scorecards of a project: learned by `skiptrace model train-reach`, kept with its provenance, used by
every later run. Without one, the scorecards are those that come with the program."""

from __future__ import annotations

from typing import Any

from skiptrace.errors import DataRefused, Problem
from skiptrace.ids import digest
from skiptrace.reach import scorecards, taught
from skiptrace.reach.scorecards import Scorecard
from skiptrace.store.commit import put_json, read_json, replace_bytes
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place

FOLDER, CURRENT = "models", "current-reach"


def current_key(private: Place) -> str | None:
    """The key of the learned scorecards in use; None where the shipped ones are."""
    try:
        return (private / FOLDER / CURRENT).read_bytes().decode(errors="replace").strip() or None
    except OSError:
        return None


def model_file(private: Place, key: str) -> Place:
    """Where the learned scorecards with this key are."""
    return private / FOLDER / f"reach-{key}.json"


def cards_of(private: Place, key: str | None) -> tuple[Scorecard, ...]:
    """The scorecards of the program, with what the file of this key taught them.

    Raises DataRefused where the file cannot be read, ConfigError where it does not fit the program's scorecards."""
    if key is None:
        return scorecards.load()
    file = model_file(private, key)
    return taught.taught(scorecards.load(), read(file), file.name)


def read(file: Place) -> dict[str, Any]:
    """A file of learned scorecards. Raises DataRefused where it is missing or damaged."""
    try:
        return read_json(file)
    except (OSError, ValueError):
        problem = Problem(file.name, "", "is missing or damaged", "learn anew: `skiptrace model train-reach`, or go back with --shipped")
        raise DataRefused("the learned scorecards cannot be read", (problem,)) from None


def judged(private: Place, key: str | None) -> dict[str, Any]:
    """How learned chances held up on people and days that were not learned from, by channel: `bands` and `ece`, as
    `skiptrace.reach.judging` gives them. Empty for the scorecards of the program, and where an earlier version learned."""
    if key is None:
        return {}
    told = {channel: one.get("learned") or {} for channel, one in read(model_file(private, key)).get("report", {}).items()}
    return {channel: {name: one[name] for name in ("bands", "ece")} for channel, one in sorted(told.items()) if "bands" in one}


def keep(private: Place, content: dict[str, Any]) -> str:
    """Store learned scorecards under a key made of their content, and make them those of later runs. Returns the key."""
    key = digest("reach", content)
    private_folder(private / FOLDER)
    put_json(model_file(private, key), content)
    adopt(private, key)
    return key


def adopt(private: Place, key: str | None) -> None:
    """Make learned scorecards that are there those of later runs; None: the shipped ones again."""
    replace_bytes(private_folder(private / FOLDER) / CURRENT, ((key or "") + "\n").encode())
