"""What persons said of what was doubtful in a run: that it is right, or that it is not. A file each under `.skiptrace/accepted/`, put if
absent and never changed; of several about one thing the last one counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from jobs.acknowledged import refuse_values
from skiptrace.ids import digest
from skiptrace.store.commit import put_bytes, read_json, with_digest
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, entries

FOLDER = "accepted"
Plain = Mapping[str, Any]


def keep(private: Place, about: str, before: Plain | None, now: Plain, right: bool, by: str, reason: str | None, at: dt.datetime) -> bool:
    """Keep what somebody says `about` a source or figure: whether what it is `now` is right. before: what it was compared with. Returns
    whether that is news. Raises ConfigError (exit 2) for a name or reason that looks as if it held a value of a person."""
    refuse_values(by, reason)
    said = [one for one in load(private) if one["source"] == about and one["now"] == now]
    if said and said[-1]["right"] == right:
        return False
    note = {"source": about, "before": before, "now": now, "right": right, "turn": len(said)}
    content = {**note, "by": by, "reason": reason, "at": at.isoformat(timespec="seconds")}
    put_bytes(private_folder(private / FOLDER) / f"note-{digest(note)}.json", with_digest(content))
    return True


def load(private: Place) -> list[dict[str, Any]]:
    """What was said in a project, the first first: source, before, now, right, turn, by, reason, at."""
    found = [read_json(place) for place in entries(private / FOLDER) if place.name.startswith("note-")]
    whole: list[dict[str, Any]] = [{"right": True, "turn": 0, **one} for one in found]
    return sorted(whole, key=lambda one: (one["source"], one["turn"], one["at"], digest(one)))


def basis(said: Sequence[Plain], about: str, trusted: Plain) -> Plain:
    """What something is compared with, where somebody took a later state of it for right."""
    mine = [one for one in said if one["source"] == about]
    for _ in mine:
        trusted = next((one["now"] for one in mine if one["before"] == trusted and _holds(mine, one)), trusted)
    return trusted


def taken(said: Sequence[Plain], about: str, now: Plain) -> bool:
    """Whether somebody took what is now for right."""
    mine = [one for one in said if one["source"] == about and one["now"] == now]
    return bool(mine) and bool(mine[-1]["right"])


def refused(said: Sequence[Plain], run_id: str) -> dict[str, Plain]:
    """What of a run somebody said is not right, and did not take back, by what it is about."""
    last = {one["source"]: one for one in said if one["now"].get("run_id") == run_id}
    return {about: one for about, one in last.items() if not one["right"]}


def _holds(mine: Sequence[Plain], one: Plain) -> bool:
    return bool(one["right"]) and not any(other["now"] == one["now"] and other["turn"] > one["turn"] for other in mine)
