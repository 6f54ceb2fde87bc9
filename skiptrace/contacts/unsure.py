"""Records that may be the consumer's: likely, and not accepted. They make no contact point, but one that shows a number or a
mailbox that the consumer is known by is a further word for it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import number

UNSURE = "unsure"
"""The relation of evidence that came through such a record."""
KINDS = ("phone", "email")
"""What a further word is asked for. Where somebody lives is a matter of when it was seen, which a stranger must not move."""


def unsure(links: pa.Table, least: float) -> pa.ChunkedArray:
    """Which links are to records that may be the consumer's, from a probability of `least`: bool [n].

    `links`: status, relation (string), match_probability (double)."""
    open_yet = pc.and_(pc.not_equal(links["status"], "linked"), pc.equal(links["relation"], "same"))
    return pc.and_(open_yet, pc.greater_equal(links["match_probability"], least))


def corroborated(
    account: np.ndarray, relation: pa.ChunkedArray, link: np.ndarray, row: np.ndarray, sightings: pa.Table, own: pa.Table,
    known: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """(link, row) without what only such records show: pairs of a link and a row of `sightings` (kind, value).

    `account` (int64) and `relation` (string) of each link; `known`: (account, row of `own`) of what the consumers' own rows show."""
    maybe = pc.equal(relation, UNSURE).to_numpy(zero_copy_only=False)[link]
    if not maybe.any():
        return link, row
    value = number(pa.chunked_array([*sightings["value"].chunks, *own["value"].chunks], pa.string()))
    shown, bought = value[: len(sightings)][row], value[len(sightings) :][known[1]]
    width = int(value.max()) + 1
    sure = pc.equal(relation, "same").to_numpy(zero_copy_only=False)[link]
    point = account[link] * width + shown
    there = np.concatenate([point[sure], known[0] * width + bought])
    asked = pc.is_in(sightings["kind"], pa.array(KINDS)).to_numpy(zero_copy_only=False)[row]
    kept = ~maybe | (asked & np.isin(point, there))
    return link[kept], row[kept]
