"""Taking steps of a run again, though they are done (`skiptrace run --from`): what must go first."""

from __future__ import annotations

from typing import Final

from jobs.night.steps import FOLDERS
from jobs.publish import published
from jobs.setup import Setup
from skiptrace.errors import ConfigError
from skiptrace.store.places import Place, entries, remove_tree
from skiptrace.vocabulary import STEPS

_OF_ENRICH: Final = ("share", "digests", "sought", "handed", "touched", "shared", "merge")
_PARTS_OF: Final = {
    "intake": ("survey", "verdict", "inventory", "learn", "consumers", *_OF_ENRICH), "index": ("learn", "consumers", *_OF_ENRICH),
    "link": ("learn", "consumers", *_OF_ENRICH), "enrich": _OF_ENRICH,
}  # fmt: skip
"""Receipts that a step has besides those of its own name, and of the steps after it."""
_OF_ALL: Final = ("counts", "news")
"""Receipts of what is made from the tables when all of them are there."""


def forget(setup: Setup, target: Place, step: str) -> None:
    """Drop the receipts of a step and of all after it, and what an attempt at publishing left in `target`, the run's folder.

    Raises ConfigError where the run is published: it is never changed."""
    if published(target.parent, target.name) is not None:
        raise ConfigError(f"run {target.name} is published and never changed; its steps cannot be run again — leave --from out")
    remove_tree(target)
    dropped = {*STEPS[STEPS.index(step) :], *_PARTS_OF.get(step, ()), *_OF_ALL}
    for receipt in (setup.work / "receipts").glob("*.json"):
        if receipt.name.split("-")[0] in dropped:
            receipt.unlink()
    for folder in entries(setup.work) if step in _PARTS_OF else ():
        if folder.name.startswith(FOLDERS):
            remove_tree(folder)
