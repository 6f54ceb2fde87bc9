"""Which column of a tape is which canonical column: by the words of its header, believed only where its values have the shape.

Nothing is guessed in silence: what header and values do not settle together is a question, and a column that is left out is
said to be left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import duckdb

from skiptrace.normalize.words import read_lists
from skiptrace.onboard.headers import EXACT, IN_PART, Meaning, meanings
from skiptrace.onboard.shapes import Shape

SURE = 0.8
"""Confidence from which on nobody needs to be asked."""
SEVERAL = {"phones", "emails", "former_names"}
PLACES = ("address_line1", "address_line2", "city", "state", "postal_code", "country")
KEYS = frozenset({"account_id", "record_id"})
"""Canonical columns that name a row: what a tape calls the one may be the other of a source."""
_UNIQUE = 0.995


@dataclass(frozen=True)
class Proposed:
    """One canonical column: the tape's columns that it is made of, the SQL expressions, how sure (0 to 1), and why, for a person."""

    name: str
    columns: tuple[str, ...]
    expressions: tuple[str, ...]
    confidence: float
    why: str

    @property
    def sure(self) -> bool:
        """Whether it may be taken without asking."""
        return self.confidence >= SURE


@dataclass(frozen=True)
class Fit:
    """A column that may be a canonical column or a part of an address."""

    column: str
    meaning: Meaning
    confidence: float
    why: str


@dataclass
class Proposal:
    """A mapping in the making: canonical columns that are proposed, and the tape's columns that none of them uses."""

    mapped: dict[str, Proposed] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)


def shape_bar(name: str) -> tuple[str, float]:
    """(shape, least share) of a canonical column or part; ('', 0) where any value will do."""
    found = read_lists("columns")["shapes"].get(name)
    return (found[0], float(found[1])) if found else ("", 0.0)


def fits(headers: Sequence[str], shapes: Mapping[str, Shape], known: frozenset[str]) -> list[Fit]:
    """Every meaning of every header with how far its values bear it out. `known`: the canonical columns of the kind of delivery."""
    found = []
    for header in headers:
        for meaning in meanings(header):
            name = f"co_{meaning.name}" if meaning.whose == "co" else meaning.name
            if (not meaning.part and name not in known | KEYS) or (meaning.whose == "other" and meaning.score < EXACT):
                continue
            found.append(_fit(header, meaning, shapes[header]))
    return found


def _fit(header: str, meaning: Meaning, shape: Shape) -> Fit:
    kind, least = shape_bar(meaning.name)
    if not shape.filled:
        return Fit(header, meaning, meaning.score, "the name says so; the column is empty in this file")
    share = shape.share(kind) if kind else 1.0
    if share >= least:
        told = f"the name says so, and {share:.0%} of the values look like it" if kind else "the name says so"
        return Fit(header, meaning, meaning.score if meaning.score > IN_PART or share < 0.9 else 0.7, told)
    strict = meaning.name in read_lists("columns")["shapes"]["strict"]
    return Fit(
        header, meaning, meaning.score * (0.2 if strict else 0.4), f"the name says so, but only {share:.0%} of the values look like it"
    )


def propose(headers: Sequence[str], shapes: Mapping[str, Shape], known: frozenset[str], key: str) -> Proposal:
    """The mapping of a tape with a header. `key`: the canonical column that names a row, account_id or record_id."""
    every = fits(headers, shapes, known)
    proposal = Proposal()
    _key(proposal, every, shapes, key)
    for side in ("", "co"):
        mine = [one for one in every if (one.meaning.whose == "co") == (side == "co")]
        for name in sorted({one.meaning.name for one in mine if not one.meaning.part} - {*PLACES, *KEYS}):
            _plain(proposal, name, [one for one in mine if one.meaning.name == name and one.meaning.whose != "mailing"], side)
        place(proposal, [one for one in mine if one.meaning.part or one.meaning.name in PLACES], side)
    used = {column for one in proposal.mapped.values() for column in one.columns}
    proposal.unused = [header for header in headers if header not in used]
    return proposal


def _key(proposal: Proposal, every: Sequence[Fit], shapes: Mapping[str, Shape], key: str) -> None:
    """The row's own id: of the columns that may be it, one that every row has and no two share."""
    able = [one for one in every if one.meaning.name in KEYS and not one.meaning.part and one.meaning.whose in ("", "own")]

    def unique(one: Fit) -> bool:
        return shapes[one.column].filled >= _UNIQUE and shapes[one.column].distinct >= _UNIQUE

    if able:
        best = min(able, key=lambda one: (not unique(one), one.meaning.name != key, -one.confidence, one.meaning.order))
        told = "the name says so, and no two rows share a value" if unique(best) else "the name says so, but rows share values or lack one"
        add(proposal, key, (best.column,), best.confidence if unique(best) else best.confidence * 0.7, told)


def _plain(proposal: Proposal, name: str, able: Sequence[Fit], side: str) -> None:
    if not able:
        return
    ranked = sorted(able, key=lambda one: (-one.confidence, one.meaning.order))
    if name in SEVERAL:
        good = [one for one in ranked if one.confidence >= SURE] or ranked[:1]
        chosen = sorted(good, key=lambda one: one.meaning.order)
        why = chosen[0].why if len(chosen) == 1 else f"{len(chosen)} columns whose names and values say so"
        add(proposal, _named(name, side, len(chosen)), tuple(one.column for one in chosen), min(one.confidence for one in chosen), why)
    else:
        add(proposal, _named(name, side, 1), (ranked[0].column,), ranked[0].confidence, ranked[0].why)


def place(proposal: Proposal, able: Sequence[Fit], side: str) -> None:
    """The address: where the person lives if the tape says so, else where mail goes; all of it from one of the two."""
    street = [one for one in able if one.meaning.name in ("address_line1", "street_name") and one.confidence >= SURE]
    mail = bool(street) and all(one.meaning.whose == "mailing" for one in street)
    mine = [one for one in able if (one.meaning.whose == "mailing") == mail]

    def best(name: str, part: bool = False, but: str = "") -> Fit | None:
        found = [one for one in mine if one.meaning.name == name and one.meaning.part == part and one.column != but]
        return min(found, key=lambda one: (one.meaning.whose != "own", -one.confidence, one.meaning.order), default=None)

    house, line = best("house", part=True), best("address_line1")
    name = best("street_name", part=True, but=house.column if house else "")
    if house and house.confidence < SURE:
        house = None
    if line and house and line.column == house.column:
        line = None
    if name and house and (line is None or line.confidence < SURE or line.column == name.column):
        _composed(proposal, best, house, name, side)
    elif line:
        add(proposal, _named("address_line1", side, 1), (line.column,), line.confidence, line.why)
    unit = best("unit", part=True, but=house.column if house else "")
    kind = best("unit_type", part=True)
    line2 = best("address_line2", but=house.column if house else "")
    if unit and kind and (line2 is None or line2.column == unit.column):
        text = f"nullif(concat_ws(' ', {quoted(kind.column)}, {quoted(unit.column)}), '')"
        add(
            proposal,
            _named("address_line2", side, 1),
            (kind.column, unit.column),
            min(kind.confidence, unit.confidence),
            "put together of its parts",
            (text,),
        )
    elif line2:
        add(proposal, _named("address_line2", side, 1), (line2.column,), line2.confidence, line2.why)
    for column in ("city", "state", "postal_code", "country"):
        found = best(column)
        if found:
            add(proposal, _named(column, side, 1), (found.column,), found.confidence, found.why)


def _composed(proposal: Proposal, best: object, house: Fit, name: Fit, side: str) -> None:
    """A first address line of its parts."""
    parts = [house, *(_part(best, part) for part in ("house_fraction", "pre_direction")), name]
    parts += [_part(best, part) for part in ("street_type", "post_direction")]
    present = [one for one in parts if one is not None]
    text = f"nullif(concat_ws(' ', {', '.join(quoted(one.column) for one in present)}), '')"
    box = _part(best, "po_box")
    columns = tuple(one.column for one in present)
    if box is not None:
        text, columns = f"coalesce('PO BOX ' || {quoted(box.column)}, {text})", (*columns, box.column)
    add(proposal, _named("address_line1", side, 1), columns, min(house.confidence, name.confidence), "put together of its parts", (text,))


def _part(best: object, name: str) -> Fit | None:
    found: Fit | None = best(name, part=True)  # type: ignore[operator]
    return found


def _named(name: str, side: str, count: int) -> str:
    single = {"phones": "phone", "emails": "email"}.get(name, name) if count == 1 else name
    return f"{side}_{single}" if side else single


@lru_cache(maxsize=4096)
def quoted(column: str) -> str:
    """A column's name in SQL: bare where the engine reads it as a name, else in quotation marks."""
    words = duckdb.tokenize(column) if column.isascii() and column.isidentifier() else []
    bare = len(words) == 1 and words[0][1] == duckdb.token_type.identifier
    return column if bare else '"' + column.replace('"', '""') + '"'


def add(
    proposal: Proposal, name: str, columns: tuple[str, ...], confidence: float, why: str, expressions: tuple[str, ...] = ()
) -> None:  # fmt: skip
    """Propose a canonical column, unless one with more confidence is there."""
    known = proposal.mapped.get(name)
    if known is None or known.confidence < confidence:
        made = expressions or tuple(quoted(column) for column in columns)
        proposal.mapped[name] = Proposed(name, columns, made, round(confidence, 3), why)
