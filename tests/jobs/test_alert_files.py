from __future__ import annotations

import csv
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from jobs import alert_files
from skiptrace.schema import ALERTS

ROWS = [
    {
        "account_id": "=A1", "kind": "disconnected", "after": "+12535550101 (disconnected)", "delta_p": -0.51239, "rank": 2,
        "worth": 10.0, "accounts": 1,
        "consumer_id": "c-1", "balance": Decimal("12.50"), "since": dt.date(2026, 7, 1), "more": 1, "may_leave": False,
        "evidence": [{"source": "header", "seen": dt.date(2026, 6, 1)}, {"source": "RULE-1", "seen": None}],
    },
    {
        "account_id": "A2", "kind": "moved", "before": "12 ELM ST, TACOMA, WA 98402", "after": "9 OAK AVE, TACOMA, WA 98402", "rank": 1,
        "accounts": 1, "may_leave": True,
    },
    {"account_id": None, "kind": "reach_up", "after": "held: 60 of 100 accounts at once", "rank": 3, "accounts": 60, "may_leave": True},
]  # fmt: skip


def test_both_files_by_rank_with_what_may_leave(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([{name: row.get(name) for name in ALERTS.names} for row in ROWS], schema=ALERTS.arrow)
    assert not alert_files.written(tmp_path)
    alert_files.write(tmp_path, table)
    assert alert_files.written(tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "alerts.jsonl").read_text().splitlines()]
    with (tmp_path / "alerts.csv").open(newline="") as file:
        cells = list(csv.DictReader(file))
    assert tuple(cells[0]) == tuple(lines[0]) == alert_files.COLUMNS
    assert [line["rank"] for line in lines] == [1, 2, 3]
    assert lines[0]["after"] == cells[0]["after"] == "9 OAK AVE, TACOMA, WA 98402"
    assert lines[1]["after"] == "+1•••••••••• (disconnected)"
    assert cells[1]["after"] == "'" + lines[1]["after"]
    assert lines[1]["delta_p"] == float(cells[1]["delta_p"]) == -0.5124
    assert (lines[1]["account_id"], cells[1]["account_id"]) == ("=A1", "'=A1")  # a spreadsheet must not take it for a formula
    assert lines[1]["evidence"] == [{"source": "header", "seen": "2026-06-01"}, {"source": "RULE-1", "seen": None}]
    assert cells[1]["evidence"] == "header 2026-06-01; RULE-1"
    assert lines[1]["sentence"].startswith("A number of the consumer")
    assert (cells[2]["account_id"], lines[2]["accounts"]) == ("", 60)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("text", "shown"),
    [("not reported", "not reported"), ("reported at a@example.com", "reported at a@•••••••••••"),
     ("9 OAK AVE, TACOMA, WA 98402", "9 " + "•" * 25), ("a@example.com (active)", "a@••••••••••• (active)")],
)  # fmt: skip
def test_a_value_is_hidden_and_the_words_beside_it_are_not(text: str, shown: str) -> None:
    row = {**ROWS[0], "before": text}
    table = pa.Table.from_pylist([{name: row.get(name) for name in ALERTS.names}], schema=ALERTS.arrow)
    assert alert_files.told(table)[0]["before"] == shown


def test_a_night_without_alerts_has_files_with_their_header(tmp_path: Path) -> None:
    alert_files.write(tmp_path, ALERTS.empty())
    assert (tmp_path / "alerts.csv").read_text().count("\n") == 1
    assert (tmp_path / "alerts.jsonl").read_text() == ""
