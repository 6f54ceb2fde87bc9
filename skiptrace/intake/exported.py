"""Which attempts of a result file are about something that left in an export, and which name what was never sent out.

A platform's file may name an account that it was never given: a mistyped number, another client's row. Such a row must not act. But
whoever asked not to be contacted is heard whatever we know of the row.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

NEVER = "never_exported"
"""The reason of a row about an account that left in no export on its channel; and the note on one that acts all the same."""
_CARRIED = pa.array(["sms", "email"])
"""Channels that carry the link to a portal: what left for the portal comes back as a message."""


ANY = "any"
"""In the place of a channel: the account was placed with a holder, who may use each."""


@dataclass(frozen=True)
class Exported:
    """What left in exports: `pairs` (account_id, channel or ANY: string; exported_on: date32, the first day), from which day on that is
    known (`since`), and the outcomes that are heeded all the same (`heeded`). A pair stands once."""

    pairs: pa.Table
    since: dt.date
    heeded: tuple[str, ...]

    def never(self, account: pa.Array, channel: pa.Array, occurred: pa.Array) -> pa.Array:
        """Which attempts (account_id, channel: string, occurred_at: a timestamp; parallel) are of a day from `since` on, on an
        account that had not left on their channel by that day: bool, never NULL."""
        day = occurred.cast(pa.date32())
        portal = pc.if_else(pc.is_in(channel, _CARRIED), "portal", channel)
        any_channel = pa.repeat(ANY, len(account))
        sent = pc.or_(pc.or_(self._by(account, channel, day), self._by(account, portal, day)), self._by(account, any_channel, day))
        judged = pc.fill_null(pc.greater_equal(day, pa.scalar(self.since, pa.date32())), False)
        return pc.and_(judged, pc.invert(sent))

    def _by(self, account: pa.Array, channel: pa.Array, day: pa.Array) -> pa.Array:
        """Which of these accounts had left on these channels by these days."""
        known = _keys(self.pairs["account_id"], self.pairs["channel"]).combine_chunks()
        place = pc.index_in(_keys(account, channel), known)
        first = self.pairs["exported_on"].combine_chunks().take(place)
        return pc.fill_null(pc.less_equal(first, day), False)

    def heeds(self, outcome: pa.Array) -> pa.Array:
        """Which outcomes act whatever is known of their row: bool, never NULL."""
        return pc.is_in(outcome, pa.array(self.heeded, pa.string()))


def _keys(account: pa.Array | pa.ChunkedArray, channel: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    return pc.binary_join_element_wise(account, channel, "\x1f")
