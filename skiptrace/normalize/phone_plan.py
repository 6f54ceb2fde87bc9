"""The numbering plan of country code 1, compiled from the regular expressions in which the phone library states it.

The library decides what a number is by matching it against some 200 patterns of 25 regions, in order. Each pattern
becomes a diagram (see `digit_diagrams`), in which equal sets of numbers are one node.

`compile_plan` walks all diagrams and the library's tree of time zones at once, digit by digit. Two beginnings of numbers
that reach the same nodes have the same future, so some thousands of steps stand for all ten thousand million numbers.
After ten digits the library's own decision is repeated: the region (first that owns the leading digits or, where a
region states none, that knows a type for the number), the type in the library's order, the zones of the number's
beginning or, for numbers that stand nowhere in particular, of the whole country code. Seven digits turn out to settle
all of it; where they would not, the answer is `ASK`: the library itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberType
from phonenumbers.phonemetadata import PhoneNumberDesc
from phonenumbers.phonenumberutil import is_number_type_geographical
from phonenumbers.tzdata import TIMEZONE_DATA

from skiptrace.normalize.digit_diagrams import Diagrams

DIGITS = 10
DECISIVE = 7
"""Digits of a national number, and how many of its first ones decide all that the number can tell."""

INVALID, ASK, FIRST = 0, 1, 2
"""Entries of a plan: no such number; the first digits do not decide; FIRST + n is class n."""

_ORDER = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")
_TYPES = (*_ORDER, "fixed_line", "mobile")
_KINDS = ("premium", "toll_free", "shared_cost", "voip", "personal", "pager", "uan", "voicemail")
_PLACED = {
    "fixed": PhoneNumberType.FIXED_LINE,
    "mobile": PhoneNumberType.MOBILE,
    "fixed_or_mobile": PhoneNumberType.FIXED_LINE_OR_MOBILE,
}
"""Kinds whose numbers may stand in a place; the library says of which they do."""

SHORT = frozenset({(7, r"310\d{4}")})
"""Length and pattern of the only valid numbers without ten digits: they reach a subscriber from all of Canada."""


class PhoneClass(NamedTuple):
    """What a number tells: its kind (as in `phones.Phone`), its region and the sorted zones it may stand in."""

    kind: str
    region: str
    zones: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """`entries`, uint16[10**7]: INVALID, ASK or FIRST + class for each first seven digits. `classes`: what they mean.
    `ten_only`: whether no number of another length is valid, but those of `SHORT`."""

    entries: npt.NDArray[np.uint16]
    classes: tuple[PhoneClass, ...]
    ten_only: bool = True


class Region(NamedTuple):
    """A region's patterns. `leading`: None where the region owns what has a type. `types`: in the library's order,
    at their end fixed and mobile. An empty pattern accepts nothing."""

    name: str
    leading: str | None
    general: str
    types: tuple[str, ...]


def _pattern(description: PhoneNumberDesc | None) -> str:
    """The pattern of a description; empty where it is absent or says that no number has ten digits."""
    if description is None or (description.possible_length and DIGITS not in description.possible_length):
        return ""
    return description.national_number_pattern or ""


def library_regions() -> list[Region]:
    """The regions of country code 1 in the library's order, from the metadata of the installed library."""
    return [
        Region(
            name,
            stated.leading_digits,
            _pattern(stated.general_desc),
            tuple(_pattern(getattr(stated, key)) for key in _TYPES),
        )
        for name, stated in _metadata()
    ]


def _metadata() -> list[tuple[str, PhoneMetadata]]:
    stated = [(name, PhoneMetadata.metadata_for_region(name)) for name in COUNTRY_CODE_TO_REGION_CODE[1]]
    return [(name, each) for name, each in stated if each is not None]


def library_exceptions() -> set[tuple[int, str]]:
    """Length and pattern of each type of the installed library that knows numbers of more or fewer than ten digits."""
    described = [getattr(stated, key) for _, stated in _metadata() for key in _TYPES]
    return {
        (length, each.national_number_pattern)
        for each in described
        if each is not None
        for length in each.possible_length
        if length not in (DIGITS, -1)
    }


def compile_plan(regions: list[Region] | None = None, zones: Mapping[str, tuple[str, ...]] = TIMEZONE_DATA) -> Plan:
    """The plan of the installed library, or of other regions and zones (by the first digits with the country code).

    Raises ValueError where a pattern is not understood. Takes about a second.
    """
    walk = _Walk(library_regions() if regions is None else regions, zones)
    root = walk.node(walk.start, "1", walk.by_beginning.get("1", ()), 0)
    ten_only = regions is not None or library_exceptions() <= SHORT
    return Plan(np.concatenate(_spread(root, DECISIVE)), tuple(walk.classes), ten_only)


_Node = int | tuple["_Node", ...]


def _spread(node: _Node, depth: int) -> list[npt.NDArray[np.uint16]]:
    if isinstance(node, int):
        return [np.full(10**depth, node, np.uint16)]
    if depth == 0:
        return [np.full(1, ASK, np.uint16)]
    return [part for each in node for part in _spread(each, depth - 1)]


class _Walk:
    """All patterns and the tree of zones, walked together."""

    def __init__(self, regions: list[Region], zones: Mapping[str, tuple[str, ...]]) -> None:
        self.diagrams = Diagrams()
        self.by_beginning = {key: tuple(sorted({*names} - {"Etc/Unknown"})) for key, names in zones.items()}
        self.beginnings = {key[:length] for key in zones for length in range(1, len(key) + 1)}
        self._standing = {kind for kind, number in _PLACED.items() if is_number_type_geographical(number, 1)}
        self.classes: list[PhoneClass] = []
        self._places: dict[PhoneClass, int] = {}
        self._shared: dict[_Node, _Node] = {}
        self._known: dict[tuple[tuple[int, ...], str | None, tuple[str, ...], int], _Node] = {}
        slots: dict[int, int] = {}

        def slot(node: int) -> int:
            return slots.setdefault(node, len(slots))

        def place(pattern: str) -> int:
            return slot(self.diagrams.read(pattern) if pattern else 0)

        self._regions = []
        for region in regions:
            leading = None if region.leading is None else self.diagrams.begun(self.diagrams.read(region.leading), DIGITS)
            general, types = place(region.general), [place(each) for each in region.types]
            self._regions.append((region.name, None if leading is None else slot(leading), general, types))
        self.start = tuple(slots)

    def node(self, state: tuple[int, ...], beginning: str | None, zones: tuple[str, ...], depth: int) -> _Node:
        """What the numbers are that come after a beginning. `state`: each pattern's node; `beginning`: None once no
        longer one has zones of its own; `zones`: those of the longest beginning so far."""
        key = (state, beginning, zones, depth)
        if key not in self._known:
            self._known[key] = self._node(*key)
        return self._known[key]

    def _node(self, state: tuple[int, ...], beginning: str | None, zones: tuple[str, ...], depth: int) -> _Node:
        if not any(state):
            return INVALID
        if depth == DIGITS:
            return self._decide([self.diagrams.accepts(node) for node in state], zones)
        after = [self.diagrams.after(node) for node in state]
        children = []
        for digit in range(10):
            longer = None if beginning is None else f"{beginning}{digit}"
            longer = longer if longer in self.beginnings else None
            within = self.by_beginning.get(longer, zones) if longer else zones
            children.append(self.node(tuple(nodes[digit] for nodes in after), longer, within, depth + 1))
        first = children[0]
        if isinstance(first, int) and all(child == first for child in children):
            return first
        made = tuple(children)
        return self._shared.setdefault(made, made)

    def _decide(self, accepted: list[bool], zones: tuple[str, ...]) -> int:
        for name, leading, general, types in self._regions:
            kind = _kind([accepted[each] for each in types]) if accepted[general] else None
            if kind is not None if leading is None else accepted[leading]:
                if kind is None:
                    return INVALID
                found = PhoneClass(kind, name, zones if kind in self._standing else self.by_beginning.get("1", ()))
                if found not in self._places:
                    self._places[found] = FIRST + len(self.classes)
                    self.classes.append(found)
                return self._places[found]
        return INVALID


def _kind(accepted: list[bool]) -> str | None:
    for name, holds in zip(_KINDS, accepted, strict=False):
        if holds:
            return name
    fixed, mobile = accepted[len(_KINDS) :]
    if fixed:
        return "fixed_or_mobile" if mobile else "fixed"
    return "mobile" if mobile else None
