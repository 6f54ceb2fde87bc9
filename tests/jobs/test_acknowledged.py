from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pyarrow as pa
import pytest

from jobs import acknowledged
from skiptrace.errors import ConfigError
from skiptrace.results import Run
from skiptrace.schema import ALERTS_TOLD
from skiptrace.store.tables import write_table

AT = dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC)
TOLD = {
    "account_id": "A4",
    "topic": "status",
    "thing": "p-1",
    "told_kind": "disconnected",
    "told_state": "disconnected",
    "since": AT.date(),
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run that told of a dead number."""
    table = pa.Table.from_pylist([{name: TOLD.get(name) for name in ALERTS_TOLD.names}], schema=ALERTS_TOLD.arrow)
    ref = write_table(table, ALERTS_TOLD, tmp_path / "run" / "alerts_told", "part").plain()
    entry = {"rows": 1, "files": [{**ref, "path": f"alerts_told/{Path(ref['path']).name}"}]}
    return Run("run", tmp_path / "run", {"tables": {}, "evidence": {"alerts_told": entry}})


def test_an_acknowledgement_holds_no_value_and_is_put_once(run: Run, tmp_path: Path) -> None:
    assert len(acknowledged.load(tmp_path)) == 0
    for who in ("Pat", "Kim"):
        assert acknowledged.acknowledge(tmp_path, run, "A4", "disconnected", who, "spoke to the vendor", AT) == 1
    (file,) = (tmp_path / acknowledged.FOLDER).iterdir()
    assert json.loads(file.read_text())["by"] == "Pat"
    assert acknowledged.load(tmp_path).to_pylist() == [{"account_id": "A4", "topic": "status", "thing": "p-1", "state": "disconnected"}]


@pytest.mark.parametrize(
    ("kind", "by", "reason", "what"),
    [
        ("disconected", "Pat", None, 'did you mean "disconnected"'),
        ("moved", "Pat", None, "no alert moved was told"),
        ("disconnected", "Pat", "call 253-555-1148", "--reason"),
        ("disconnected", "pat@example.com", None, "--by"),
        ("disconnected", "Pat", "x" * 201, "more than 200 letters"),
    ],
)
def test_what_cannot_be_acknowledged(run: Run, tmp_path: Path, kind: str, by: str, reason: str | None, what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        acknowledged.acknowledge(tmp_path, run, "A4", kind, by, reason, AT)
    assert not (tmp_path / acknowledged.FOLDER).exists()


def test_a_run_of_an_earlier_version_has_nothing_to_acknowledge(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to acknowledge"):
        acknowledged.acknowledge(tmp_path, Run("run", tmp_path, {"tables": {}}), "A4", "moved", "Pat", None, AT)
