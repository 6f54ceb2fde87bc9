"""Why an account is in no row of an export: every one of the run that is not exported, with one reason."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping

import duckdb
import pyarrow as pa

from skiptrace.export.evaluation import engine

SPEC = pa.schema([("account_id", pa.string()), ("reason", pa.string())])

_WHY = """
WITH away AS (SELECT a.account_id, a.holds FROM accounts a ANTI JOIN exported e ON e.account_id = a.account_id),
judged AS (
    SELECT d.account_id, d.channel, d.decision,
        CASE WHEN d.decision = 'stopped' AND len(d.stopped_by) > 0 THEN d.stopped_by[1]
            WHEN d.decision = 'stopped' AND len(d.steps_required) > 0 THEN 'step:' || d.steps_required[1]
            WHEN d.decision = 'stopped' THEN 'no_reason_given'
            WHEN d.valid_until IS NULL THEN 'no_last_day' WHEN d.valid_until < $as_of THEN 'expired'
            ELSE 'not_in_profile' END AS reason
    FROM decisions d SEMI JOIN away USING (account_id) WHERE list_contains($channels, d.channel)),
counted AS (
    SELECT account_id, reason, count(*) AS uses, bool_and(decision = 'stopped') AS stopped FROM judged GROUP BY ALL),
decided AS (SELECT account_id, first(reason ORDER BY stopped, uses DESC, reason) AS reason FROM counted GROUP BY account_id)
SELECT a.account_id, coalesce(t.reason, 'held:' || a.holds[1], d.reason, 'no_point') AS reason
FROM away a LEFT JOIN told t USING (account_id) LEFT JOIN decided d USING (account_id) ORDER BY a.account_id
"""


def not_exported_accounts(
    tables: Mapping[str, pa.Table],
    exported: pa.Array | pa.ChunkedArray,
    told: Mapping[str, str],
    channels: Collection[str],
    as_of: datetime.date,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> pa.Table:
    """account_id and reason (string) of every account of `tables` (accounts with `holds`, decisions) that is not among
    `exported`, sorted: what the export itself said of it (`told`), else `held:` and the rule that holds it, else what most
    of its uses on `channels` are stopped by (a rule id, `step:` and a step, `no_reason_given`) or what keeps an open one out
    (`expired`, `no_last_day`, `not_in_profile`), else `no_point`: it has no point for these channels."""
    given = {
        "accounts": tables["accounts"].select(["account_id", "holds"]), "decisions": tables["decisions"],
        "exported": pa.table({"account_id": exported}),
        "told": pa.table([pa.array(list(told), pa.string()), pa.array(list(told.values()), pa.string())], schema=SPEC),
    }  # fmt: skip
    with engine(connection, given) as held:
        found = held.sql(_WHY, params={"as_of": as_of, "channels": list(channels)}).to_arrow_table()
    return found.cast(SPEC)
