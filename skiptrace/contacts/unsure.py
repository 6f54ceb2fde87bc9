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


def corroborating(evidence: pa.Table) -> pa.Table:
    """EVIDENCE without what only such records show, of `account`, `kind` and `value`."""
    through = pc.equal(evidence["relation"], UNSURE).to_numpy(zero_copy_only=False)
    if not through.any():
        return evidence
    value = number(evidence["value"])
    point = evidence["account"].to_numpy() * (int(value.max()) + 1) + value
    same = pc.equal(evidence["relation"], "same").to_numpy(zero_copy_only=False)
    kind = pc.is_in(evidence["kind"], pa.array(KINDS)).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(~through | (kind & np.isin(point, point[same])))
    return evidence.take(pa.array(rows))
