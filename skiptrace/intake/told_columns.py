"""Which names of a delivery's columns a message may tell: those of a header, and never the values of a first row that stands in its place.

A first row without digits and addresses looks like a header. What tells them apart is that somebody expects it: the mapping names one of
its columns, or they are numbered by the reader.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from skiptrace.project.suggestions import did_you_mean

_NUMBERED = re.compile(r"column_\d+")
NO_HEADER = "is its first row a header?"


def is_header(names: Iterable[str], expected: Collection[str]) -> bool:
    """Whether names of columns are surely names: one of them is among `expected` (in any case of letters), or all are numbered."""
    names, folded = list(names), {name.casefold() for name in expected}
    return any(name.casefold() in folded for name in names) or all(_NUMBERED.fullmatch(name) for name in names)


def nearest(name: str, names: Sequence[str], expected: Collection[str]) -> str:
    """What to do about a name that is none of a delivery's columns: the one that looks like it and the first of all, or, where the
    first row may be no header, how many there are."""
    if not is_header(names, expected):
        return f"none of its {len(names)} columns has a name of the mapping: {NO_HEADER}"
    shown = [known for known in names if known.isprintable()]
    listed = ", ".join(shown[:40]) + (", …" if len(shown) > 40 else "")
    return f"{did_you_mean(name, shown, ' ')} its columns: {listed}".strip()


def difference(other: Sequence[str], names: Sequence[str], said: str) -> str:
    """How the columns of a file differ from those of another (`other`): their names where both share one that the text of a mapping
    (`said`) names, else how many."""
    missing, extra = [name for name in other if name not in names], [name for name in names if name not in other]
    shared = [name for name in names if name in other]
    kinds = [("without", missing), ("with", extra)]
    expected = [name for name in shared if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said, re.IGNORECASE)]
    if shared and is_header(shared, expected):
        return "; ".join(f"{word} {', '.join(found[:10])}" for word, found in kinds if found)
    return "; ".join(f"{word} {len(found)} columns" for word, found in kinds if found) + f": {NO_HEADER}"
