"""What is otherwise than in the run that was published before, by the ledger: shares, chances, rows and links of sources."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from skiptrace.report.figures import NOTHING, few, is_small, share

MOST: Final = 60
"""Columns of sources that the page shows; those that changed less are counted."""
HALF: Final = 5
"""The tenth from which a chance is at least one half."""
_CHANNELS: Final = {"sms": "SMS", "email": "e-mail"}
_WORTH_TELLING: Final = Decimal("0.001")


@dataclass(frozen=True)
class Shift:
    """A figure then and now, as texts; as parts of a whole where it is one, for a bar. `index`: how far a distribution has moved, the
    population stability index beyond what chance gives samples of these sizes."""

    name: str
    then: str
    now: str
    parts: tuple[Decimal, Decimal] | None = None
    index: Decimal | None = None

    @property
    def change(self) -> Decimal | None:
        """Of a part of a whole how much it changed."""
        return None if self.parts is None else self.parts[1] - self.parts[0]

    @property
    def size(self) -> Decimal:
        """How much it changed, up or down."""
        return abs(self.change or Decimal(0))

    @property
    def points(self) -> str:
        """The same in percentage points."""
        return NOTHING if self.change is None else f"{self.change * 100:+.1f}".replace("-0.0", "+0.0")


@dataclass(frozen=True)
class Drift:
    """Since the run before, of that day: shares that a bar shows, then columns of sources that changed most, and what was delivered
    and linked. `alike`: columns that are not shown."""

    run_id: str
    day: datetime.date
    shares: tuple[Shift, ...] = ()
    columns: tuple[Shift, ...] = ()
    alike: int = 0
    sources: tuple[tuple[str, str, str, str, str], ...] = ()


def figures(since: Mapping[str, Any]) -> Drift | None:
    """From the ledger's `since`: {run_id, as_of, quality: {name: {then, now, index}}, rows and linked: {source: [then, now]}}. None where
    there was no run before."""
    if not since:
        return None
    told = since.get("quality", {})
    shares = tuple(shift for name, plain in told.items() for shift in _shares(name, plain))
    columns = [shift for name, plain in told.items() if name.startswith("fill.") for shift in _share(_column(name), plain)]
    columns.sort(key=lambda shift: (-shift.size, shift.name))
    moved = [shift for shift in columns if shift.size >= _WORTH_TELLING][:MOST]
    return Drift(
        str(since["run_id"]), datetime.date.fromisoformat(since["as_of"]), shares, tuple(moved), len(columns) - len(moved),
        tuple(_sources(since.get("rows", {}), since.get("linked", {}))),
    )  # fmt: skip


def _shares(name: str, plain: Mapping[str, Any]) -> Iterator[Shift]:
    topic, _, rest = name.partition(".")
    if topic == "match_rate":
        yield from _share("Accounts linked", plain)
    elif topic == "alerts":
        yield from _share("Accounts with a change", plain)
    elif topic == "reach":
        halves = {when: _half(plain[when]["tenths"]) for when in ("then", "now")}
        title = f"Chance of one half or more by {_CHANNELS.get(rest, rest)}"
        yield from _share(title, halves, Decimal(str(plain["index"])).quantize(Decimal("0.001")))


def _half(tenths: Sequence[int]) -> dict[str, int]:
    return {"part": sum(tenths[HALF:]), "of": sum(tenths)}


def _share(name: str, plain: Mapping[str, Any], index: Decimal | None = None) -> Iterator[Shift]:
    """A part of a whole; nothing where one of the two wholes is empty or a part is a small group."""
    then, now = plain["then"], plain["now"]
    if then["of"] and now["of"] and not any(is_small(one["part"]) or is_small(one["of"] - one["part"]) for one in (then, now)):
        parts = (Decimal(then["part"]) / then["of"], Decimal(now["part"]) / now["of"])
        yield Shift(name, share(then["part"], then["of"]), share(now["part"], now["of"]), parts, index)


def _column(name: str) -> str:
    source, _, column = name.removeprefix("fill.").rpartition(".")
    return f"{source}: {column.replace('_', ' ')}"


def _sources(rows: Mapping[str, Any], linked: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    """Of each source rows then and now, accounts linked then and now."""
    for name in sorted({*rows, *linked}):
        told = [NOTHING if number is None else few(int(number)) for of in (rows, linked) for number in of.get(name, (None, None))]
        yield name, told[0], told[1], told[2], told[3]
