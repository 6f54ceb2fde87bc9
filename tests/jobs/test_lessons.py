from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import outcomes
from jobs.lessons import known_partition, lessons_partition
from jobs.runner import done
from skiptrace.reach.lessons import COVERED, LESSONS
from skiptrace.schema.working import ATTEMPTS, PAST_EVENTS, SHARING
from skiptrace.store.tables import read_table, write_table
from tests.jobs.projects import Finished

DAY = dt.date(2024, 1, 1)


def known(finished: Finished) -> dict[str, Any]:
    setup = finished.setup
    link, consumers = done(setup.receipt("link", 0)), done(setup.receipt("consumers", 0))
    assert link is not None
    assert consumers is not None
    past = write_table(outcomes.events(setup), PAST_EVENTS, setup.work / "past", "past").plain()
    found: dict[str, Any] = known_partition(str(setup.work), 0, link["considered"], consumers["consumers"], past, DAY.isoformat())
    return found["points"]  # type: ignore[no-any-return]


def test_no_later_sighting_and_no_later_outcome_is_known(finished: Finished) -> None:
    table = read_table(known(finished))
    now = done(finished.setup.receipt("enrich", 0))
    assert now is not None
    assert 0 < len(table) < len(read_table(now["points"]))
    seen = [entry for row in table["evidence"].to_pylist() for entry in row]
    assert all(entry["last_seen"] is None or entry["last_seen"] <= DAY for entry in seen)
    assert "dispositions" not in {entry["source"] for entry in seen}
    assert pc.max(table["last_seen"]).as_py() <= DAY


def test_attempts_of_the_partition_become_lessons(finished: Finished) -> None:
    setup, points = finished.setup, known(finished)
    table, consumers = read_table(points), done(setup.receipt("consumers", 0))
    assert consumers is not None
    phone = table.filter(pc.equal(table["kind"], "phone")).slice(0, 1).to_pylist()[0]
    moment = dt.datetime(2024, 2, 1, tzinfo=dt.UTC)
    rows = [{"account_id": account, "channel": "voice", "kind": "phone", "value": phone["value"], "occurred_at": moment,
             "source": "dialer", "reached": True} for account in (phone["account_id"], "nobody")]  # fmt: skip
    tried = write_table(pa.Table.from_pylist(rows, ATTEMPTS.arrow), ATTEMPTS, setup.work / "tried", "tried").plain()
    shared = write_table(SHARING.empty(), SHARING, setup.work / "none", "none").plain()
    told = lessons_partition(str(setup.work), 0, points, shared, consumers["consumers"], tried, DAY.isoformat())
    found, covered = read_table(told["lessons"]), read_table(told["covered"])
    assert found.column_names == list(LESSONS.names)
    assert covered.column_names == list(COVERED.names)
    assert found["reached"].to_pylist() == [True]
    assert sum(row["accounts"] for row in covered.to_pylist() if row["channel"] == "voice") > 10
