"""Contact points and uses for the tests of this folder: rows are written as what differs from an ordinary row."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from skiptrace.schema import CHANNELS, CONTACT_POINTS, TAPE

_POINT = {
    "account_id": "A1", "point_id": "p-1", "kind": "phone", "value": "+12065550123", "rank": 1, "origin": "reference",
    "sources": [], "independent_sources": 1, "p_current": 0.6, "p_right_party": 0.9, "line_type": "unknown",
    "shared_by": 0, "status": "unknown", "street": "N MAIN ST", "point_kind": None, "relations": [], "flags": [], "zones": [],
    "evidence": [],
}  # fmt: skip
_USE = {
    "account_id": "A1", "point_id": "p-1", "channel": "voice", "rank": 1, "p_reach": 0.3, "p_reach_low": 0.2,
    "p_reach_high": 0.4, "grade": "C", "reasons": [], "decision": "permitted",
}  # fmt: skip


def points(*rows: dict[str, Any]) -> pa.Table:
    """CONTACT_POINTS; an ordinary one is a number of A1 that is likely theirs and likely current."""
    return pa.Table.from_pylist([{**_POINT, **row} for row in rows], schema=CONTACT_POINTS.arrow)


def uses(*rows: dict[str, Any]) -> pa.Table:
    """CHANNELS; an ordinary one is a permitted call."""
    return pa.Table.from_pylist([{**_USE, **row} for row in rows], schema=CHANNELS.arrow)


def tape(*rows: dict[str, Any]) -> pa.Table:
    """TAPE; an ordinary row is account A1 that says nothing."""
    return pa.Table.from_pylist([{"account_id": "A1", "identity": 0, **row} for row in rows], schema=TAPE.arrow)
