from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from jobs import register
from jobs.explain import consumer, explain
from skiptrace.errors import ConfigError
from skiptrace.results import latest
from skiptrace.schema.working import NAMED_CONSUMERS
from tests.jobs.published import publish

ROWS = (
    ("c-new", "living", None, 1), ("c-old", "living", None, 1), ("c-older", "living", None, 1),
    ("c-older", "merged", "c-old", 2), ("c-old", "merged", "c-new", 3), ("c-gone", "living", None, 3), ("c-gone", "closed", None, 4),
)  # fmt: skip


@pytest.fixture
def private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    columns = list(zip(*ROWS, strict=True))
    days = [dt.date(2026, 6, night) for night in columns[3]]
    table = pa.table([*columns[:3], days, pa.array(columns[3], pa.int32())], schema=NAMED_CONSUMERS.arrow)
    monkeypatch.setattr(register, "log", lambda place, name: table)
    return tmp_path


def test_a_consumer_is_told_with_what_became_it(private: Path) -> None:
    assert consumer.told(private, "c-new") == ("known by this id since 2026-06-01", "c-old was merged into it on 2026-06-03")
    assert consumer.told(private, "c-never") == ()


def test_whoever_asks_for_a_consumer_is_told_its_accounts_and_what_became_of_it(private: Path, tmp_path: Path) -> None:
    publish(tmp_path / "project")
    run = latest(tmp_path / "project")
    account, theirs = run.table("accounts", ["account_id", "consumer_id"]).to_pylist()[0].values()
    assert consumer.found(run, private, "c-older") == (
        "c-older was merged into c-old on 2026-06-02; c-old was merged into c-new on 2026-06-03; c-new is living",
        "none of its accounts is on the tape",
    )
    assert consumer.found(run, private, "c-gone") == ("it was closed on 2026-06-04", "none of its accounts is on the tape")
    assert consumer.found(run, private, "c-never") is None
    assert theirs
    with pytest.raises(ConfigError, match="is a consumer and no account"):
        explain(run, "c-old", tmp_path / "project")
    assert explain(run, account, tmp_path / "project").consumer_id == theirs
