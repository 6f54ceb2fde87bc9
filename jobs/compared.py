"""Two published runs beside each other: what differs in sum, and which accounts changed and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from skiptrace.results import Run
from skiptrace.sql import query

COLUMNS: Final = (
    "account_id", "consumer_id", "locate_status", "best_channel", "p_any_channel", "expected_value", "balance", "holds", "linked_records",
)  # fmt: skip
LEAST_STEP = 0.1
"""Change of the chance to reach somebody from which on an account counts as changed."""
_SUMS: Final = """
SELECT locate_status AS name, count(*) AS accounts, sum(balance) AS balance FROM accounts GROUP BY locate_status
"""
_WHOLE: Final = """
SELECT count(*) AS accounts, count(*) FILTER (linked_records > 0) AS linked, count(*) FILTER (best_channel IS NOT NULL) AS permitted,
    count(*) FILTER (len(holds) > 0) AS held, sum(p_any_channel::DECIMAL(18, 9))::DOUBLE AS reached, sum(balance) AS balance,
    sum(expected_value) AS expected_value
FROM accounts
"""
_CHANNELS: Final = """
SELECT channel AS name, count(DISTINCT account_id) AS accounts FROM uses WHERE decision <> 'stopped' GROUP BY channel
"""
_RULES: Final = """
SELECT rule AS name, count(DISTINCT account_id) AS accounts FROM (
    SELECT account_id, unnest(stopped_by) AS rule FROM decisions) GROUP BY rule
"""
_CHANGED: Final = """
WITH sides AS (
    SELECT coalesce(b.account_id, a.account_id) AS account_id, b.account_id IS NULL AS came, a.account_id IS NULL AS went,
        b.locate_status AS status_before, a.locate_status AS status_after, b.best_channel AS channel_before,
        a.best_channel AS channel_after, b.p_any_channel AS p_before, a.p_any_channel AS p_after, b.holds AS holds_before,
        a.holds AS holds_after, b.consumer_id IS DISTINCT FROM a.consumer_id AS other_consumer
    FROM before b FULL JOIN after a ON a.account_id = b.account_id)
SELECT account_id, CASE WHEN came THEN ['came'] WHEN went THEN ['went'] ELSE list_filter([
        CASE WHEN status_before <> status_after THEN 'status' END,
        CASE WHEN channel_before IS DISTINCT FROM channel_after THEN 'channel' END,
        CASE WHEN abs(p_before - p_after) >= {step} THEN 'reach' END,
        CASE WHEN list_sort(holds_before) <> list_sort(holds_after) THEN 'holds' END,
        CASE WHEN other_consumer THEN 'consumer' END], lambda x: x IS NOT NULL) END AS changed,
    status_before, status_after, channel_before, channel_after, p_before, p_after, holds_before, holds_after
FROM sides WHERE len(changed) > 0 ORDER BY account_id
"""
_WHY: Final = """
WITH ids AS (SELECT account_id FROM changed),
was AS (SELECT account_id, unnest(stopped_by) AS rule FROM stops_before SEMI JOIN ids USING (account_id)),
now AS (SELECT account_id, unnest(stopped_by) AS rule FROM stops_after SEMI JOIN ids USING (account_id)),
came AS (SELECT account_id, list(DISTINCT rule ORDER BY rule) AS rules FROM now ANTI JOIN was USING (account_id, rule) GROUP BY account_id),
gone AS (SELECT account_id, list(DISTINCT rule ORDER BY rule) AS rules FROM was ANTI JOIN now USING (account_id, rule) GROUP BY account_id)
SELECT c.*, coalesce(came.rules, []) AS stops_new, coalesce(gone.rules, []) AS stops_gone
FROM changed c LEFT JOIN came USING (account_id) LEFT JOIN gone USING (account_id) ORDER BY account_id
"""
_MOVES: Final = """
SELECT status_before AS "from", status_after AS "to", count(*) AS accounts FROM changed
WHERE status_before <> status_after GROUP BY ALL ORDER BY accounts DESC, "from", "to"
"""


class Compared:
    """Two runs: `changed` is a row per account that changed, came or went, with the rules that stop any use of it only now (`stops_new`)
    and only then (`stops_gone`); `plain` the rest, in sum."""

    def __init__(self, before: Run, after: Run) -> None:
        """Raises as `Run.table` where a run is damaged, or of one only the evidence is kept."""
        sides = [run.table("accounts", [name for name in COLUMNS if name in run.columns("accounts")]) for run in (before, after)]
        self._runs, self._sides = (before, after), sides
        self._stops = [run.table("decisions", ["account_id", "stopped_by"]) for run in self._runs]
        changed = query(_CHANGED.format(step=LEAST_STEP), {"before": sides[0], "after": sides[1]})
        self.changed = query(_WHY, {"changed": changed, "stops_before": self._stops[0], "stops_after": self._stops[1]})

    def plain(self) -> dict[str, Any]:
        """As a JSON object: both runs, what they were made with that differs, sums, accounts by status, by channel and by rule of both,
        how many changed in what, and from which status to which."""
        ledgers = [run.ledger for run in self._runs]
        whole = [query(_WHOLE, {"accounts": side}).to_pylist()[0] for side in self._sides]
        uses = [run.table("channels", ["account_id", "channel", "decision"]) for run in self._runs]
        kinds: dict[str, int] = {}
        for words in self.changed["changed"].to_pylist():
            for word in words:
                kinds[word] = kinds.get(word, 0) + 1
        return {
            "runs": [{"run_id": run.run_id, "as_of": run.ledger.get("as_of")} for run in self._runs],
            "made_with": _differing(ledgers[0].get("hashes", {}), ledgers[1].get("hashes", {})),
            "deliveries": _differing(*(_delivered(ledger) for ledger in ledgers)),
            "sums": {name: [_number(one[name]) for one in whole] for name in whole[0]},
            "by_status": _beside(_SUMS, "accounts", self._sides), "by_channel": _beside(_CHANNELS, "uses", uses),
            "by_rule": _beside(_RULES, "decisions", self._stops), "changed": dict(sorted(kinds.items())),
            "accounts_changed": len(self.changed), "moves": query(_MOVES, {"changed": self.changed}).to_pylist(),
        }  # fmt: skip


def _beside(text: str, name: str, sides: list[pa.Table]) -> dict[str, list[int]]:
    """Accounts of both sides by name, 0 where a side has none."""
    found = [{row["name"]: row["accounts"] for row in query(text, {name: side}).to_pylist()} for side in sides]
    return {key: [side.get(key, 0) for side in found] for key in sorted({*found[0], *found[1]})}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))


def _delivered(ledger: Mapping[str, Any]) -> dict[str, Any]:
    """What was read of each delivery: its files' hashes."""
    found = {"portfolio": ledger.get("portfolio", {}), **{one["name"]: one for one in ledger.get("sources", ())}}
    return {name: sorted(str(file.get("sha256")) for file in one.get("files", ())) for name, one in found.items()}


def _number(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float) else str(value)
