from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from jobs.arrivals import LISTS, Arrival, from_plain, newest, of_list, of_run
from jobs.tape import intake_receipts
from skiptrace.schema import IDENTITIES
from skiptrace.store.inputs import InputFile
from tests.jobs.projects import AS_OF, Finished

FILES = [InputFile("a.csv", "/a.csv", 1, "csv", modified=dt.date(2026, 6, day)) for day in (2, 9, 4)]
ENTRY = {"scope": "endpoint", "channel": None, "kind": "phone", "value": "+12065550101"}


def said(kind: str, *rows: dict[str, Any]) -> pa.Table:
    spec, columns = LISTS[kind]
    return pa.Table.from_pylist([dict.fromkeys(columns) | row for row in rows], pa.schema([spec.arrow.field(name) for name in columns]))


def tried(event: str, day: dt.date, hour: int = 12) -> dict[str, Any]:
    return {"event_id": event, "occurred_at": dt.datetime.combine(day, dt.time(hour), dt.UTC)}


def test_a_list_is_counted_by_what_it_says() -> None:
    rows = [ENTRY, ENTRY | {"effective_from": dt.date(2026, 5, 1)}, ENTRY | {"channel": "voice"}, ENTRY | {"account_id": "A"}]
    assert of_list("suppression", said("suppression", *rows), FILES, AS_OF) == Arrival(3, "2026-05-01")
    late = said("suppression", *rows, ENTRY | {"effective_from": AS_OF + dt.timedelta(days=1)})
    assert of_list("suppression", late, FILES, AS_OF) == Arrival(3, "2026-05-01")


def test_a_list_without_days_is_as_old_as_its_newest_file() -> None:
    assert of_list("suppression", said("suppression", ENTRY), FILES, AS_OF) == Arrival(1, None, {}, "2026-06-09")
    assert of_list("suppression", said("suppression"), [InputFile("a.csv", "/a.csv", 1, "csv")], AS_OF) == Arrival(0)


def test_attempts_are_counted_by_day_as_far_back_as_rules_look() -> None:
    days = [AS_OF + dt.timedelta(days=ago) for ago in (1, 0, -29, -30)]
    rows = [tried(f"E{at}", day) for at, day in enumerate(days)] + [tried("E1", AS_OF), tried("E9", AS_OF, 23)]
    found = of_list("dispositions", said("dispositions", *rows), FILES, AS_OF)
    assert found == Arrival(3, "2026-06-30", {"2026-06-01": 1, "2026-06-30": 2})
    old = of_list("dispositions", said("dispositions", rows[3]), FILES, AS_OF)
    assert old == Arrival(0, "2026-05-31", {})


@pytest.mark.parametrize(("days", "found"), [((), None), ((0,), "2026-06-30"), ((-3, 1), "2026-06-27"), ((5,), None)])
def test_the_newest_day_of_records_is_one_that_has_come(days: tuple[int, ...], found: str | None) -> None:
    base = {"source": "s", "identity": 0, "record_id": "r", "party": "borrower", "origin": "s"}
    for column in ("first_seen", "last_seen", "deceased_date"):
        rows = [base | {column: AS_OF + dt.timedelta(days=day)} for day in days]
        assert newest(pa.Table.from_pylist(rows, IDENTITIES.arrow), AS_OF) == found


def test_every_delivery_of_a_run_is_counted(finished: Finished) -> None:
    rows = {source: sum(part.rows for part in parts) for source, parts in finished.setup.partitions.items()}
    found = {name: from_plain(plain) for name, plain in of_run(str(finished.setup.work), rows)["arrivals"].items()}
    assert set(found) == {"portfolio", *finished.setup.kinds}
    for name in ("portfolio", "header", "voter", "suppression"):
        assert found[name].rows == rows[name]
    assert found["header"].newest == max(receipt["newest"] for receipt in intake_receipts(finished.setup, "header"))
    assert 0 < found["dispositions"].rows == sum(found["dispositions"].days.values()) <= rows["dispositions"]
    assert found["portfolio"].newest is None
    for name, told in finished.outcome.ledger["arrivals"].items():
        assert {key: value for key, value in told.items() if key != "trusted"} == found[name].plain()
