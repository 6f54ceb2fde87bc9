"""The table of all numbers of country code 1: kind, region and time zones by the first seven digits.

`rules/words/phone_plan.csv` holds it as ranges of first seven digits, so that a new release of the phone library shows
as a readable difference; `phone_plan.toml` says which release it was compiled from, and lists the sets of zones.
`python -m skiptrace.normalize.phone_table` writes both anew.

The library stays what is right: under any other release the table is compiled from that release when it is first asked
for, which takes a second and gives the release's own answers.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import phonenumbers

from skiptrace.errors import ConfigError, Problem
from skiptrace.normalize.phone_plan import ASK, DECISIVE, FIRST, PhoneClass, Plan, compile_plan
from skiptrace.normalize.words import read_lists, read_rows
from skiptrace.plugins import rules_root

NAME = "phone_plan"
_EXCHANGES = 10 ** (DECISIVE - 3)


class PhoneTable(NamedTuple):
    """`rows[area[n // 10**7], n // 1000 % 10**4]` is the entry of the ten-digit number n (see `phone_plan.FIRST`).

    area: uint16[1000], the row of each area code. rows: uint16[number of different rows, 10**4]; area codes that are
    alike share one, so that the table stays in a processor's cache. classes: what the entries mean. ten_only: whether
    numbers of another length than ten digits are what the scanner takes them for (see `phone_plan.Plan`).
    """

    area: npt.NDArray[np.uint16]
    rows: npt.NDArray[np.uint16]
    classes: tuple[PhoneClass, ...]
    ten_only: bool


@lru_cache(maxsize=1)
def phone_table() -> PhoneTable:
    """The table of the installed phone library: the shipped one, compiled anew where the release differs.

    Raises ConfigError where the shipped files are damaged.
    """
    plan = read_plan() if shipped_release() == phonenumbers.__version__ else compile_plan()
    return fold_plan(plan)


def fold_plan(plan: Plan) -> PhoneTable:
    """A plan with equal area codes laid together."""
    by_area = plan.entries.reshape(1000, _EXCHANGES)
    places: dict[bytes, int] = {}
    area = np.array([places.setdefault(row.tobytes(), len(places)) for row in by_area], np.uint16)
    _, first = np.unique(area, return_index=True)
    return PhoneTable(area, np.ascontiguousarray(by_area[first]), plan.classes, plan.ten_only)


def shipped_release() -> str:
    """The release of the phone library that the shipped table was compiled from."""
    return str(read_lists(NAME).get("phonenumbers", ""))


def read_plan() -> Plan:
    """The shipped plan. Raises ConfigError where its files are damaged."""
    entries = np.zeros(10**DECISIVE, np.uint16)
    classes: dict[PhoneClass, int] = {}
    last = -1
    line = 1
    try:
        sets = [tuple(str(zone) for zone in zones) for zones in read_lists(NAME)["zones"]]
        for row in read_rows(NAME):
            line += 1
            found = PhoneClass(row["kind"], row["region"], sets[int(row["zones"])])
            begin, end = int(row["first"]), int(row["last"])
            if not last < begin <= end < entries.size:
                raise ValueError("the ranges are not in order")
            entries[begin : end + 1] = FIRST + classes.setdefault(found, len(classes))
            last = end
    except (LookupError, TypeError, ValueError) as error:
        problem = Problem(f"words/{NAME}.csv", f"line {line}", str(error), "make phone-table")
        raise ConfigError("the table of phone numbers cannot be read", (problem,)) from error
    return Plan(entries, tuple(classes))


def write_plan(plan: Plan, folder: Path) -> None:
    """Write a plan's two files. Raises ValueError where they cannot say what the plan says."""
    if (plan.entries == ASK).any() or not plan.ten_only:
        raise ValueError("seven digits do not decide every number, or other lengths are valid: the files cannot say so")
    sets = sorted({found.zones for found in plan.classes})
    places = {zones: place for place, zones in enumerate(sets)}
    starts = np.concatenate([[0], np.flatnonzero(np.diff(plan.entries.astype(np.int32))) + 1])
    ends = np.concatenate([starts[1:], [plan.entries.size]]) - 1
    lines = ["first,last,kind,region,zones"]
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        entry = int(plan.entries[first])
        if entry >= FIRST:
            found = plan.classes[entry - FIRST]
            lines.append(f"{first:07d},{last:07d},{found.kind},{found.region},{places[found.zones]}")
    (folder / f"{NAME}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    head = [
        "# Made by `make phone-table` from the phone library's own metadata; never edited by hand. phone_plan.csv: first",
        "# seven digits of a number of country code 1, from and to, with what they tell; `zones` counts the lists below.",
        f'phonenumbers = "{phonenumbers.__version__}"',
        "zones = [",
        *("  [" + ", ".join(f'"{zone}"' for zone in zones) + "]," for zones in sets),
        "]",
    ]
    (folder / f"{NAME}.toml").write_text("\n".join(head) + "\n", encoding="utf-8")


def main(folder: Path | None = None) -> None:
    """Compile the plan of the installed library and write its files (by default beside the other word tables)."""
    place = folder or rules_root() / "words"
    plan = compile_plan()
    write_plan(plan, place)
    sys.stdout.write(f"{NAME}: phonenumbers {phonenumbers.__version__}, {len(plan.classes)} classes, in {place}\n")


if __name__ == "__main__":
    main()
