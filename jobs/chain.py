"""What changes from run to run: a chain of numbered states, each put if absent, of which the last one holds.

Two runs at once lose nothing of each other: whoever finds its number taken looks at the state that took it and adds to that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from skiptrace.errors import SafeToRerun
from skiptrace.store.commit import put_bytes, read_json, with_digest
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, entries

STATE = re.compile(r"state-([0-9]{6,})\.json")
"""Names of the states, in order."""
_TRIES = 50

Content = dict[str, Any]


def last(folder: Place, before: Callable[[], Content]) -> tuple[int, Content]:
    """The number of the last state and what it says; 0 and what `before` says where there is none.

    Raises SafeToRerun (exit 75) where others write states all the time."""
    for _ in range(_TRIES):
        number = max(_states(folder), default=0)
        if not number:
            return 0, before()
        try:
            return number, read_json(folder / _name(number))
        except FileNotFoundError:  # another run has dropped it, as there are later ones
            continue
    raise _busy(folder)


def add(
    folder: Place, before: Callable[[], Content], added: Callable[[Content], Content], named_by: Callable[[Content], set[str]]
) -> None:
    """Put the state that `added` makes of the last one, unless it is the same; then drop the earlier ones and the files in the
    folder that only they named (`named_by`). Raises as `last`."""
    for _ in range(_TRIES):
        number, known = last(folder, before)
        content = added(known)
        if content == known:
            return
        if put_bytes(private_folder(folder) / _name(number + 1), with_digest(content)):
            _drop_before(folder, number, named_by)
            return
    raise _busy(folder)


def only_last(folder: Place, named_by: Callable[[Content], set[str]]) -> None:
    """Remove every state but the last one, and every file of the folder that it does not name: what was taken out is gone then. Only
    while nobody else writes to the project."""
    number = max(_states(folder), default=0)
    if number:
        named = {_name(number), *named_by(read_json(folder / _name(number)))}
        for place in entries(folder):
            if place.name not in named:
                place.unlink(missing_ok=True)


def kept(folder: Place, named_by: Callable[[Content], set[str]]) -> set[str] | None:
    """The names of the last two states (one may be being read) and of the files that they name; None, which is everything, where
    there is no state or one cannot be read."""
    states = sorted(place.name for place in entries(folder) if STATE.fullmatch(place.name))[-2:]
    try:
        found = {*states, *(name for one in states for name in named_by(read_json(folder / one)))}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found or None


def _drop_before(folder: Place, number: int, named_by: Callable[[Content], set[str]]) -> None:
    """Remove states before this one, and the files that only they named. A file that no state names may be one that another run
    is about to name."""
    still, old = set[str](), set[str]()
    for one in _states(folder):
        try:
            named = named_by(read_json(folder / _name(one)))
        except FileNotFoundError:  # another run drops them as well
            continue
        (still if one >= number else old).update(named)
        if one < number:
            (folder / _name(one)).unlink(missing_ok=True)
    for name in old - still:
        (folder / name).unlink(missing_ok=True)


def _states(folder: Place) -> list[int]:
    return [int(found[1]) for place in entries(folder) if (found := STATE.fullmatch(place.name))]


def _name(number: int) -> str:
    return f"state-{number:06d}.json"


def _busy(folder: Place) -> SafeToRerun:
    return SafeToRerun(f"other runs of this project write its ledger of {folder.name} all the time — run again")
