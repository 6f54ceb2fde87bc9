"""Figures of uses: channels, what stopped the rest, and which steps are waited for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.report.model import ChannelFigures, Step, Stop
from skiptrace.report.owed import Owed
from skiptrace.report.placed import Places
from skiptrace.vocabulary import CHANNELS

BEST: Final = """
SELECT account, channel, max(p_reach) AS chance, max(p_reach) FILTER (decision <> 'stopped') AS open_chance,
       max(p_reach_low) FILTER (decision <> 'stopped') AS low, max(p_reach_high) FILTER (decision <> 'stopped') AS high,
       min(CASE decision WHEN 'permitted' THEN 1 WHEN 'conditional' THEN 2 ELSE 3 END) AS best
FROM channels GROUP BY account, channel
"""
"""Of each account and channel the best chance and the best decision: the table `best` of what follows."""
PART: Final = {
    "channels_by": """
WITH exact AS (
  SELECT account, channel, best, chance::DECIMAL(18, 9) AS p, coalesce(open_chance, 0)::DECIMAL(18, 9) AS open_p,
         coalesce(low, 0)::DECIMAL(18, 9) AS open_low, coalesce(high, 0)::DECIMAL(18, 9) AS open_high FROM best)
SELECT channel, count(*) AS accounts, count(*) FILTER (best = 1) AS permitted, count(*) FILTER (best = 2) AS conditional,
       count(*) FILTER (best = 3) AS stopped, sum(p) AS p, sum(open_p) AS open_p, sum(open_low) AS open_low, sum(open_high) AS open_high,
       sum(balance) FILTER (best < 3) AS balance, sum((open_p * balance)::DECIMAL(18, 2)) AS reached
FROM exact JOIN book USING (account) GROUP BY channel
""",
    "reach_by": """
SELECT channel, least(floor(chance * 10), 9)::INTEGER AS tenth, count(*) AS accounts FROM best GROUP BY ALL
""",
    "uses_of": "SELECT count(*) AS uses, count(*) FILTER (decision = 'stopped') AS stopped FROM decisions",
}
_CHANNELS: Final = """
SELECT channel, sum(accounts), sum(permitted), sum(conditional), sum(stopped), sum(p), sum(open_p), sum(open_low), sum(open_high),
       sum(balance), sum(reached)
FROM channels_by GROUP BY channel
"""
_STOPS: Final = """
SELECT rule, sum(uses), sum(accounts), sum(alone), sum(balance) FROM stops_by
GROUP BY rule ORDER BY sum(accounts) DESC, sum(uses) DESC, rule
"""
_STEPS: Final = """
SELECT step, sum(uses), sum(accounts), sum(balance) FROM steps_by
GROUP BY step ORDER BY sum(accounts) DESC, sum(uses) DESC, step
"""
_COUNTS: Final = "SELECT coalesce(sum(uses), 0), coalesce(sum(stopped), 0) FROM uses_of"


def met(decisions: pa.Table, places: Places, owed: Owed) -> dict[str, pa.Table]:
    """The columns `stops_by` and `steps_by` of COUNTS: uses and accounts that each rule stopped, and that wait for each step.

    `decisions`: decision (words), stopped_by and steps_required (lists of words), each word once in a list; `places`: of each row its
    account. Counted with small integers: what is stopped is stopped by several rules, so these lists are the longest of a run."""
    stopped = pc.equal(decisions["decision"], "stopped").to_numpy()
    named = {"stops_by": ("rule", "stopped_by"), "steps_by": ("step", "steps_required")}
    return {name: _met(word, decisions[lists], stopped, places, owed) for name, (word, lists) in named.items()}


def _met(word: str, lists: pa.ChunkedArray, stopped: np.ndarray, places: Places, owed: Owed) -> pa.Table:
    lengths = pc.list_value_length(lists).to_numpy()
    if not stopped.all():
        lists, lengths, places = lists.filter(pa.array(stopped)), lengths[stopped], places[stopped]
    encoded = pc.list_flatten(lists).dictionary_encode().unify_dictionaries()
    words = encoded.chunk(0).dictionary if encoded.num_chunks else pa.array([], pa.string())
    code = pa.chunked_array([chunk.indices for chunk in encoded.chunks], pa.int32()).to_numpy()
    seen = np.zeros((len(words), len(owed.cents)), bool)
    seen[code, np.repeat(places, lengths)] = True
    alone = code[(np.cumsum(lengths) - lengths)[lengths == 1]]
    balances = [Decimal(int(owed.cents[one].sum())).scaleb(-2) if owed.known[one].any() else None for one in seen]
    return pa.table({
        word: words, "uses": np.bincount(code, minlength=len(words)), "accounts": seen.sum(axis=1),
        "alone": np.bincount(alone, minlength=len(words)), "balance": pa.array(balances, pa.decimal128(38, 2)),
    })  # fmt: skip


def channels(book: duckdb.DuckDBPyConnection) -> tuple[ChannelFigures, ...]:
    """Each channel that has a use, in the vocabulary's order."""
    found = {row[0]: ChannelFigures(*row) for row in book.sql(_CHANNELS).fetchall()}
    return tuple(found[name] for name in CHANNELS if name in found)


def stops(book: duckdb.DuckDBPyConnection, rules: Mapping[str, tuple[str, str]]) -> tuple[Stop, ...]:
    """Each rule that stopped a use, the one that met most accounts first, with its sentence and citation."""
    return tuple(Stop(rule, *rules.get(rule, ("", "")), *figures) for rule, *figures in book.sql(_STOPS).fetchall())


def steps(book: duckdb.DuckDBPyConnection) -> tuple[Step, ...]:
    """Each step that is waited for, the one that holds up most accounts first."""
    return tuple(Step(*row) for row in book.sql(_STEPS).fetchall())


def counts(book: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Decided uses, and how many of them are stopped."""
    decided, stopped = book.sql(_COUNTS).fetchall()[0]
    return int(decided), int(stopped)
