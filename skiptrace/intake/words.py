"""Words of closed lists: the spellings of deliveries to the words of the vocabulary, by the tables of
`rules/words/`."""

from __future__ import annotations

import re
from functools import lru_cache

from skiptrace.normalize.words import read_lists


def folded(text: str) -> str:
    """Lower case, with one "_" for every run of anything that is no ASCII letter or digit."""
    return re.sub(r"[^a-z0-9]+", "_", text[:200].casefold()).strip("_")


@lru_cache(maxsize=32)
def spellings(name: str) -> dict[str, str]:
    """Folded spelling to our word, for a list of `rules/words/delivered.toml`."""
    return {spelling: word for word, others in read_lists("delivered")[name].items() for spelling in (word, *others)}


@lru_cache(maxsize=1)
def outcome_codes() -> dict[str, dict[str, str]]:
    """Folded code to canonical outcome, by folded system; the codes that hold in any system are under ''."""
    found: dict[str, dict[str, str]] = {"": {}}
    for outcome, entry in sorted(read_lists("dispositions").items()):
        for word in (outcome, *entry["words"]):
            found[""][word] = outcome
        for system, codes in entry.get("systems", {}).items():
            found.setdefault(system, {}).update(dict.fromkeys(codes, outcome))
    return found


def outcome(code: str, system: str) -> str | None:
    """The canonical outcome of a system's code; the system's own list goes before the common words. None: not
    mapped."""
    by_system = outcome_codes()
    return by_system.get(folded(system), {}).get(folded(code)) or by_system[""].get(folded(code))
