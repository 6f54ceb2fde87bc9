"""The word lists of the sample project as arrays: names with nicknames, streets, places and area codes.

Read from `rules/words/demo_*.csv`, which were written for this project; cities, ZIP codes and area codes are real so
that checks of state against ZIP pass, streets are not.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from skiptrace.plugins import rules_root

Text = npt.NDArray[np.object_]
"""Strings, None where empty."""
Whole = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Flags = npt.NDArray[np.bool_]
Random = np.random.Generator


@dataclass(frozen=True)
class Words:
    """Word lists; `*_share` are cumulative shares for drawing, all arrays are parallel to the list they describe."""

    first: Text
    first_sex: Whole  # 0 male, 1 female
    first_share: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]  # over all names, by sex
    nicknames: Text  # flat list
    nickname_start: Whole  # of each first name, into `nicknames`
    nickname_count: Whole
    last: Text
    last_share: npt.NDArray[np.float64]
    street: Text
    street_share: npt.NDArray[np.float64]
    city: Text
    state: Text
    postal: Text
    place_area: Whole  # of each place, row of `area_code`
    place_share: npt.NDArray[np.float64]
    state_number: Whole  # of each place: states numbered in alphabetical order
    area_code: Whole
    area_state: Whole  # of each area code: the state's number, -1 where no place of the list is in it
    states: tuple[str, ...]


def draw(share: npt.NDArray[np.float64], count: int, rng: Random) -> Whole:
    """`count` positions drawn by cumulative share."""
    return np.minimum(np.searchsorted(share, rng.random(count), side="right"), len(share) - 1).astype(np.int64)


def texts(values: list[str] | list[str | None]) -> Text:
    """A list as an object array."""
    out = np.empty(len(values), object)
    out[:] = values
    return out


def present(values: Text) -> Flags:
    """Which values are not None."""
    return np.array([value is not None for value in values], np.bool_)


def _rows(name: str) -> list[dict[str, str]]:
    with (rules_root() / "words" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _cumulative(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    total: npt.NDArray[np.float64] = np.cumsum(weights) / weights.sum()
    return total


@cache
def load() -> Words:
    """Every word list, read once. Raises OSError or KeyError where a list is missing or has other columns."""
    names = _rows("demo_names.csv")
    first = [row for row in names if row["kind"] == "first"]
    last = [row for row in names if row["kind"] == "last"]
    sex = np.array([int(row["sex"] == "F") for row in first], np.int64)
    weight = np.array([float(row["weight"]) for row in first])
    nicknames = [row["nicknames"].split() for row in first]
    count = np.array([len(found) for found in nicknames], np.int64)
    streets, places, areas = _rows("demo_streets.csv"), _rows("demo_places.csv"), _rows("demo_area_codes.csv")
    states = tuple(sorted({row["state"] for row in places}))
    number = {state: n for n, state in enumerate(states)}
    area_state = np.array([number.get(row["state"], -1) for row in areas], np.int64)
    area_row = {row["area_code"]: n for n, row in enumerate(areas)}
    state_number = np.array([number[row["state"]] for row in places], np.int64)
    # States are as populous as they have area codes, so that every number can come from its owner's state.
    codes, shared = np.bincount(area_state[area_state >= 0]), np.bincount(state_number)
    return Words(
        first=texts([row["name"] for row in first]),
        first_sex=sex,
        first_share=(_cumulative(weight * (sex == 0)), _cumulative(weight * (sex == 1))),
        nicknames=texts([name for found in nicknames for name in found]),
        nickname_start=np.cumsum(count) - count,
        nickname_count=count,
        last=texts([row["name"] for row in last]),
        last_share=_cumulative(np.array([float(row["weight"]) for row in last])),
        street=texts([row["street"] for row in streets]),
        street_share=_cumulative(np.array([float(row["weight"]) for row in streets])),
        city=texts([row["city"] for row in places]),
        state=texts([row["state"] for row in places]),
        postal=texts([row["zip"] for row in places]),
        place_area=np.array([area_row[row["area_code"]] for row in places], np.int64),
        place_share=_cumulative((codes / shared)[state_number]),
        state_number=state_number,
        area_code=np.array([int(row["area_code"]) for row in areas], np.int64),
        area_state=area_state,
        states=states,
    )


def stream(seed: int, stage: str) -> Random:
    """The random stream of one stage: a change in one stage leaves the draws of the others alone."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, crc32(stage.encode())])))
