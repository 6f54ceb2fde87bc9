"""Figures of uses: channels, what stopped the rest, and which steps are waited for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import duckdb

from skiptrace.report.model import ChannelFigures, Step, Stop
from skiptrace.vocabulary import CHANNELS

PART: Final = {
    "channels_by": """
WITH best AS (
  SELECT account_id, channel, max(p_reach)::DECIMAL(18, 9) AS p,
         coalesce(max(p_reach) FILTER (decision <> 'stopped'), 0)::DECIMAL(18, 9) AS open_p,
         min(CASE decision WHEN 'permitted' THEN 1 WHEN 'conditional' THEN 2 ELSE 3 END) AS best
  FROM channels GROUP BY account_id, channel)
SELECT channel, count(*) AS accounts, count(*) FILTER (best = 1) AS permitted, count(*) FILTER (best = 2) AS conditional,
       count(*) FILTER (best = 3) AS stopped, sum(p) AS p, sum(open_p) AS open_p, sum(balance) FILTER (best < 3) AS balance,
       sum((open_p * balance)::DECIMAL(18, 2)) AS reached
FROM best JOIN book USING (account_id) GROUP BY channel
""",
    "stops_by": """
WITH stops AS (
  SELECT account_id, unnest(stopped_by) AS rule, len(stopped_by) = 1 AS alone
  FROM decisions WHERE decision = 'stopped'),
accounts_of AS (
  SELECT rule, sum(balance) AS balance FROM (SELECT DISTINCT rule, account_id FROM stops) JOIN book USING (account_id)
  GROUP BY rule)
SELECT rule, count(*) AS uses, count(DISTINCT account_id) AS accounts, count(*) FILTER (alone) AS alone,
       any_value(a.balance) AS balance
FROM stops JOIN accounts_of a USING (rule) GROUP BY rule
""",
    "steps_by": """
WITH waits AS (SELECT account_id, unnest(steps_required) AS step FROM decisions WHERE decision = 'stopped'),
accounts_of AS (
  SELECT step, sum(balance) AS balance FROM (SELECT DISTINCT step, account_id FROM waits) JOIN book USING (account_id)
  GROUP BY step)
SELECT step, count(*) AS uses, count(DISTINCT account_id) AS accounts, any_value(a.balance) AS balance
FROM waits JOIN accounts_of a USING (step) GROUP BY step
""",
    "uses_of": "SELECT count(*) AS uses, count(*) FILTER (decision = 'stopped') AS stopped FROM decisions",
}
_CHANNELS: Final = """
SELECT channel, sum(accounts), sum(permitted), sum(conditional), sum(stopped), sum(p), sum(open_p), sum(balance), sum(reached)
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
