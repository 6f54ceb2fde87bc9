from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.outcome_files import read_outcomes
from skiptrace.errors import ConfigError, DataRefused
from skiptrace.schema.working import PAST_EVENTS
from tests.jobs.projects import Finished

HEAD = "event_id,account_id,channel,value,outcome_code,occurred_at,system"
ROWS = (
    "e1,0040000001,call,(206) 555-0123,RPC,2026-06-01T10:00:00Z,dialer",
    "e2,0040000001,voice,206-555-0123,NIS,2026-06-02T10:00:00Z,dialer",
    "e3,0040000001,voice,2065550123,no such code,2026-06-02T10:00:00Z,dialer",
    "e4,0040000001,voice,2065550123,RPC,2031-01-01T10:00:00Z,dialer",
    "e5,,voice,2065550123,RPC,2026-06-01T10:00:00Z,dialer",
    "e6,0040000001,pigeon,2065550123,RPC,2026-06-01T10:00:00Z,dialer",
)


def test_a_file_is_read_as_a_delivery_is(finished: Finished, tmp_path: Path) -> None:
    file = tmp_path / "June calls.csv"
    file.write_text("\n".join([HEAD, *ROWS]))
    table, counts = read_outcomes(file, finished.setup)
    assert table.schema.equals(PAST_EVENTS.arrow)
    told = [(row["event_id"], row["channel"], row["value"], row["outcome"], row["source"]) for row in table.to_pylist()]
    assert told == [
        ("e1", "voice", "+12065550123", "right_party", "june_calls"), ("e2", "voice", "+12065550123", "not_in_service", "june_calls"),
    ]  # fmt: skip
    assert (counts["file"], counts["rows"], counts["used"]) == ("June calls.csv", 6, 2)
    assert sum(counts["rejected"].values()) == 4
    assert {"unmapped_outcome", "account_id_missing", "unknown_channel"} < set(counts["rejected"])


def test_parquet_without_a_system_will_do(finished: Finished, tmp_path: Path) -> None:
    names = HEAD.split(",")[:-1]
    columns = list(zip(*(row.split(",")[:-1] for row in ROWS[:2]), strict=True))
    pq.write_table(pa.table(dict(zip(names, map(list, columns), strict=True))), tmp_path / "calls.parquet")
    table, counts = read_outcomes(tmp_path / "calls.parquet", finished.setup)
    assert (len(table), counts["rejected"]) == (2, {})
    assert table["system"].null_count == 2


def test_what_is_no_file_of_outcomes_is_refused(finished: Finished, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not there"):
        read_outcomes(tmp_path / "none.csv", finished.setup)
    lacking = tmp_path / "lacking.csv"
    lacking.write_text("event_id,account_id\ne1,A\n")
    with pytest.raises(ConfigError, match="outcome_code"):
        read_outcomes(lacking, finished.setup)
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    with pytest.raises((ConfigError, DataRefused)):
        read_outcomes(empty, finished.setup)
