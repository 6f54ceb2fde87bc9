"""Attempts: the events of past contacts, told apart and read as "the consumer was reached" or "was not".

One attempt may leave several events (sent, delivered, opened). What the words mean per channel is in
`rules/reachability/learning.toml`; an attempt that they say nothing of is no attempt here.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import codes, combine, number
from skiptrace.grouping import begins
from skiptrace.reach.teaching import Teaching
from skiptrace.schema.working import ATTEMPTS, PAST_EVENTS

SECONDS_A_DAY = 86_400


def attempts(events: pa.Table, teaching: Teaching, as_of: dt.date) -> pa.Table:
    """ATTEMPTS of PAST_EVENTS up to `as_of`, sorted by account, channel, point and moment.

    The furthest event of an attempt decides: a message that was delivered and then opened reached the consumer."""
    known = pc.is_in(events["channel"], pa.array(sorted(teaching.channels), pa.string()))
    early = pc.less_equal(events["occurred_at"].cast(pa.date32()), pa.scalar(as_of))
    events = events.filter(pc.and_(pc.and_(known, early), pc.is_valid(events["value"])))
    if not len(events):
        return ATTEMPTS.empty()
    names, code = codes(events["outcome"])
    stage = np.array([teaching.stages.get(name, 0) for name in names])[code]
    events = events.append_column("stage", pa.array(stage))
    order = [(name, "ascending") for name in ("account_id", "channel", "kind", "value", "occurred_at", "stage", "event_id")]
    events = events.sort_by(order)
    use = number(combine([events[name] for name in ("account_id", "channel", "kind", "value")], len(events)))
    first = np.zeros(len(events), bool)
    first[begins(use)] = True
    stage, second = events["stage"].to_numpy(), events["occurred_at"].cast(pa.int64()).to_numpy()
    channels, channel = codes(events["channel"])
    within = np.array([teaching.channels[name].within_days * SECONDS_A_DAY for name in channels])[channel]
    first[1:] |= (stage[1:] <= stage[:-1]) | (np.diff(second) >= within[1:])
    starts = np.flatnonzero(first)
    reached, missed, presumed = _said(events, teaching)
    telling_row = np.where(reached | missed | presumed, np.arange(len(events)), -1)
    last = np.maximum.reduceat(telling_row, starts)
    now = (as_of - dt.date(1970, 1, 1)).days * SECONDS_A_DAY
    days = (now - second[starts]) // SECONDS_A_DAY
    wait = np.array([teaching.channels[name].after_days for name in channels])[channel[starts]]
    # A return comes sooner than its absence can be known: younger attempts would be all returns, so none of them counts.
    told = np.flatnonzero((last >= 0) & (days >= wait))
    found = events.take(pa.array(starts[told])).append_column("reached", pa.array(~missed[last[told]]))
    return found.select(list(ATTEMPTS.names)).cast(ATTEMPTS.arrow)


def _said(events: pa.Table, teaching: Teaching) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether each event reached, missed, or may be presumed to have reached the consumer: bool [n] each."""
    texts, code = codes(combine([events["channel"], events["outcome"]], len(events)))
    parts = [text.split("\x1f") for text in texts]
    labels = [(teaching.channels[channel], outcome) for channel, outcome in parts]
    reached = np.array([outcome in label.reached for label, outcome in labels])[code]
    missed = np.array([outcome in label.missed for label, outcome in labels])[code]
    return reached, missed, np.array([outcome == label.presumed for label, outcome in labels])[code]


def telling(events: pa.Table, teaching: Teaching) -> pa.Table:
    """The rows of PAST_EVENTS whose outcome says something of an attempt: what a project keeps to learn from later."""
    words = {outcome for one in teaching.channels.values() for outcome in (*one.reached, *one.missed, one.presumed) if outcome}
    return events.filter(pc.is_in(events["outcome"], pa.array(sorted(words), pa.string()))).select(list(PAST_EVENTS.names))
