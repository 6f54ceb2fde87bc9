"""Who says it: a row that a reseller copied has the voice of the row that it was copied from, and counts once.

Two origins that show one value are two voices, unless they also agree where independent ones would not: on an exact day
that is no end of a month or year, or on a misspelling. The buyer's own rows and outcomes are never copies: what a vendor
returns of them is a confirmation, and they are not its echo.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import number
from skiptrace.contacts.merging import NEVER, days


def voices(evidence: pa.Table, point: np.ndarray, misspelled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(voice: int64, echo: bool) of each row of EVIDENCE; of rows with one voice that are copies all but one are echoes.

    `point` of each row; `misspelled` says per row whether its spelling differs from the one that speaks for its place."""
    voice = number(evidence["origin"])
    echo = np.zeros(len(voice), bool)
    vendor = ~pc.is_in(evidence["source_kind"], pa.array(["portfolio", "dispositions"])).to_numpy(zero_copy_only=False)
    last, first = days(evidence["last_seen"]), days(pc.coalesce(evidence["first_seen"], evidence["last_seen"]))
    exact = np.flatnonzero(vendor & (last > NEVER) & ~_round(last))
    _pool(voice, echo, exact, (point[exact], last[exact], first[exact]))
    wrong = np.flatnonzero(vendor & misspelled)
    # the original is the oldest: a copy carries the day on which it was compiled
    wrong = wrong[np.argsort(last[wrong], kind="stable")]
    _pool(voice, echo, wrong, (point[wrong],))
    return voice, echo


def _round(day: np.ndarray) -> np.ndarray:
    """Days on which files are dated when only the month or year is known: the first and the last of a month."""
    month = day.astype("datetime64[D]").astype("datetime64[M]")
    first = month.astype("datetime64[D]").astype(np.int64)
    after = (month + 1).astype("datetime64[D]").astype(np.int64)
    found: np.ndarray = (day == first) | (day == after - 1)
    return found


def _pool(voice: np.ndarray, echo: np.ndarray, rows: np.ndarray, keys: tuple[np.ndarray, ...]) -> None:
    """Give all `rows` with equal keys the voice of the first; those of another origin than the first are its echoes."""
    order = np.lexsort((np.arange(len(rows)), *keys))
    rows = rows[order]
    new = np.ones(len(rows), bool)
    for key in keys:
        new[1:] &= key[order][1:] == key[order][:-1]
    new = ~new
    new[:1] = True
    first = rows[np.maximum.accumulate(np.where(new, np.arange(len(rows)), 0))]
    echo[rows[voice[rows] != voice[first]]] = True
    voice[rows] = voice[first]
