"""First names and their short forms, from the table of the `nicknames` package.

The table says which names a short form may stand for: BOB is one step from ROBERT. Only one step is followed. The
closure of all steps joins JACK to JACQUELINE and most of the table to one heap.
"""

from __future__ import annotations

from functools import lru_cache

from nicknames import NickNamer

from skiptrace.normalize.words import read_lists

_Variants = dict[str, frozenset[str]]


@lru_cache(maxsize=1)
def _table() -> tuple[_Variants, _Variants]:
    """(name -> the full names it may stand for, name -> its short forms), upper case."""
    source = NickNamer()

    def upper(lookup: dict[str, set[str]]) -> _Variants:
        return {name.upper(): frozenset(other.upper() for other in others) for name, others in lookup.items()}

    return upper(source.canonical_lookup), upper(source.nickname_lookup)


@lru_cache(maxsize=65_536)
def representatives(first: str) -> tuple[str, ...]:
    """The full names that a canonical first name may stand for, and the name itself, sorted. () for an empty name."""
    if not first:
        return ()
    full, _ = _table()
    return tuple(sorted({first, *full.get(first, ())}))


@lru_cache(maxsize=65_536)
def compatible(a: str, b: str) -> bool:
    """Whether two canonical first names can be one person's: equal, or both may stand for one full name.

    Empty names are compatible with nothing. Initials are not looked at here: they are a comparison of their own.
    """
    return bool(set(representatives(a)) & set(representatives(b)))


@lru_cache(maxsize=1)
def _homes() -> dict[str, str]:
    return {str(name): str(home) for name, home in read_lists("nicknames")["home"].items()}


def _step(name: str) -> str:
    """The name's home one step up: as `rules/words/nicknames.toml` says, else the full name with most short forms."""
    listed = _homes().get(name)
    if listed is not None:
        return listed
    full, short = _table()
    candidates = set(full.get(name, ())) - {name}
    if not candidates or short.get(name):
        candidates.add(name)
    return min(candidates, key=lambda other: (-len(short.get(other, ())), other))


@lru_cache(maxsize=65_536)
def group(first: str) -> str:
    """One stable representative of a canonical first name, for blocking keys: BOB, ROB and ROBERT give ROBERT.

    From the name, go up to the full name with the most short forms (ties: the first in sorted order; a name with short
    forms of its own is a candidate too), until a name stays where it is; a ring ends at its first name in sorted order.
    Common names whose place in the table is odd are listed in `rules/words/nicknames.toml`. A name outside the table
    is its own group. Names of one group need not be compatible, and compatible names may have two groups.
    """
    if not first:
        return ""
    path = [first]
    while (home := _step(path[-1])) not in path:
        path.append(home)
    return min(path[path.index(home) :])


@lru_cache(maxsize=1)
def listed() -> tuple[str, ...]:
    """Every name that the table or the list of homes knows, short or full, sorted. Any other name is its own group and
    compatible with itself alone."""
    full, short = _table()
    others = {name for names in (*full.values(), *short.values()) for name in names}
    return tuple(sorted({*full, *short, *others, *_homes(), *_homes().values()}))
