"""Lessons: what the scores knew of a use on the day before, beside what then came of the attempts on it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import codes, combine, number
from skiptrace.grouping import matches
from skiptrace.reach.fitting import Lessons
from skiptrace.reach.scorecards import Scorecard
from skiptrace.reach.scoring import sigmoid, uses_of, weigh
from skiptrace.schema import Column, Table
from skiptrace.schema.delivered import FLAG, INSTANT, TEXT, WORD

LESSONS = Table(
    "lessons", "One attempt beside what was known of its use before it.",
    (
        Column("channel", WORD, "The channel.", nullable=False),
        Column("consumer_id", TEXT, "The consumer.", "key", nullable=False),
        Column("occurred_at", INSTANT, "When the attempt began, UTC.", nullable=False),
        Column("source", WORD, "Name of the delivery that told it.", nullable=False),
        Column("area", WORD, "State of the consumer's likeliest address; NULL where none is known."),
        Column("debt_years", pa.int32(), "Whole years since the charge-off; NULL where it is not known."),
        Column("shipped", pa.float64(), "Log-odds of the scorecard as shipped.", nullable=False),
        Column("current", pa.float64(), "Log-odds that the point is current.", nullable=False),
        Column("in_force", pa.float64(), "p_reach of the scorecard in force.", nullable=False),
        Column("said", pa.list_(pa.int8()), "Band of each feature that holds, from 1; 0 for none.", nullable=False),
        Column("reached", FLAG, "Whether the consumer was reached.", nullable=False),
    ),
)  # fmt: skip
COVERED = Table(
    "covered", "Accounts of one area and age of debt, and how many have a use on a channel.",
    (
        Column("channel", WORD, "The channel.", nullable=False),
        Column("area", WORD, "State of the likeliest address; NULL where none is known."),
        Column("debt_years", pa.int32(), "Whole years since the charge-off; NULL where it is not known."),
        Column("accounts", pa.int64(), "Accounts.", nullable=False),
        Column("with_use", pa.int64(), "Those with a use on the channel.", nullable=False),
    ),
)  # fmt: skip
DAYS_A_YEAR = 365.25


def lessons(
    points: pa.Table, tried: pa.Table, accounts: pa.Table, cards: tuple[Scorecard, ...], known_on: dt.date
) -> pa.Table:  # fmt: skip
    """LESSONS of the attempts `tried` (ATTEMPTS) on CONTACT_POINTS as they were known on a day.

    `accounts`: account_id, consumer_id, area and debt_years. An attempt on a point that was not known that day teaches
    nothing; an attempt of one account of a consumer is about the point wherever that account shows it."""
    found = [LESSONS.empty()]
    for card in cards:
        uses = points.filter(pa.array(uses_of(points, card)))
        some = tried.filter(pc.equal(tried["channel"], card.channel))
        use, attempt = _joined(uses, some)
        weighed = weigh(uses, card, known_on, every=True)
        force = weighed if card.learned is not None else weigh(uses, card, known_on)
        place = pa.array(pc.index_in(uses["account_id"], accounts["account_id"].combine_chunks()).to_numpy()[use])
        of_account = accounts.take(place)
        taken = some.take(pa.array(attempt))
        size = weighed.said.shape[1]
        said = pa.ListArray.from_arrays(
            pa.array(np.arange(len(use) + 1, dtype=np.int32) * size), pa.array(weighed.said[use].ravel().astype(np.int8))
        )
        found.append(
            pa.table(
                {
                    "channel": taken["channel"], "consumer_id": of_account["consumer_id"], "occurred_at": taken["occurred_at"],
                    "source": taken["source"], "area": of_account["area"], "debt_years": of_account["debt_years"],
                    "shipped": weighed.shipped[use], "current": weighed.current[use], "in_force": sigmoid(force.odds)[use],
                    "said": said, "reached": taken["reached"],
                }
            ).cast(LESSONS.arrow)
        )  # fmt: skip
    return pa.concat_tables(found)


def _joined(uses: pa.Table, tried: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """(row of `uses`, row of `tried`) of the same account, kind and value; of several spellings each matches its own."""
    columns = [pa.chunked_array([*uses[name].chunks, *tried[name].chunks], pa.string()) for name in ("account_id", "kind", "value")]
    key = number(combine(columns, len(uses) + len(tried)))
    attempt, use = matches(key[len(uses) :], key[: len(uses)])
    return use, attempt


def covered(points: pa.Table, accounts: pa.Table, cards: tuple[Scorecard, ...]) -> pa.Table:
    """COVERED of the accounts of a partition; `points` and `accounts` as for `lessons`."""
    found = [COVERED.empty()]
    for card in cards:
        having = points["account_id"].filter(pa.array(uses_of(points, card))).unique()
        has = pc.is_in(accounts["account_id"], having).cast(pa.int64())
        told = accounts.select(["area", "debt_years"]).append_column("has", has)
        told = told.group_by(["area", "debt_years"]).aggregate([([], "count_all"), ("has", "sum")])
        channel = pa.repeat(card.channel, len(told))
        columns = [channel, told["area"], told["debt_years"], told["count_all"], told["has_sum"]]
        found.append(pa.table(columns, names=list(COVERED.names)).cast(COVERED.arrow))
    return pa.concat_tables(found)


def of_channel(table: pa.Table, channel: str) -> tuple[Lessons, pa.Table]:
    """What `fitting` learns from, and the rows of LESSONS, of one channel; in an order that depends on the content alone."""
    some = table.filter(pc.equal(table["channel"], channel))
    order = [(name, "ascending") for name in ("consumer_id", "occurred_at", "source", "shipped", "reached")]
    some = some.sort_by(order)
    said = np.array(some["said"].to_pylist(), np.int64).reshape(len(some), -1) if len(some) else np.zeros((0, 0), np.int64)
    consumer = codes(some["consumer_id"])[1]
    shipped, current = (some[name].to_numpy() for name in ("shipped", "current"))
    moment = some["occurred_at"].cast(pa.int64()).to_numpy()
    reached = some["reached"].combine_chunks().to_numpy(zero_copy_only=False).astype(bool)
    return Lessons(shipped, current, said, reached, consumer, moment), some
