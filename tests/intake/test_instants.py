from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.errors import ConfigError
from skiptrace.intake.cells import Cells
from skiptrace.intake.instants import read_instants
from skiptrace.intake.rejects import RejectList
from tests.intake.deliveries import AS_OF


def read(values: Any, **formats: str) -> list[tuple[dt.datetime | None, str | None]]:
    table = pa.table({"at": values})
    rows = pa.array(range(1, table.num_rows + 1), pa.int64())
    found, reason = read_instants(Cells(table, rows, RejectList("s", "f"), AS_OF, formats), "at")
    assert found.type == pa.timestamp("s", "UTC")
    return list(zip(found.to_pylist(), reason.to_pylist(), strict=True))


def at(hour: int, day: int = 29) -> dt.datetime:
    return dt.datetime(2026, 6, day, hour, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-06-29T10:00:00-07:00", 17),
        ("2026-06-29 10:00", 10),
        ("06/29/2026 10:00 PM", 22),
        ("06/29/2026 10:00:00 AM", 10),
        ("06/29/2026 10:00", 10),
        ("2026/06/29 10:00:00", 10),
        ("06/29/2026", 0),
        ("2026-06-29", 0),
        ("2026-06-29T10:00:00.999Z", 10),
    ],
)
def test_times_as_systems_write_them(text: str, hour: int) -> None:
    assert read([text]) == [(at(hour), None)]


def test_typed_columns() -> None:
    zoned = pa.array([dt.datetime(2026, 6, 29, 17), None], pa.timestamp("us", "America/New_York"))
    assert read(zoned) == [(at(17), None), (None, None)]
    assert read(pa.array([dt.datetime(2026, 6, 29, 17)], pa.timestamp("ns"))) == [(at(17), None)]
    assert read([dt.date(2026, 6, 29)]) == [(at(0), None)]


def test_the_whole_day_of_as_of_has_happened() -> None:
    assert read(["2026-06-30T23:59:59Z", "2026-07-01T00:00:00Z"]) == [
        (dt.datetime(2026, 6, 30, 23, 59, 59, tzinfo=dt.UTC), None),
        (None, "date_after_as_of"),
    ]


def test_what_is_no_time() -> None:
    assert read(["soon", None, "25:00"]) == [(None, "not_a_time"), (None, None), (None, "not_a_time")]


def test_a_given_form_is_the_only_one_read() -> None:
    assert read(["29.06.26 10h", "2026-06-29"], at="%d.%m.%y %Hh") == [(at(10), None), (None, "not_a_time")]
    with pytest.raises(ConfigError, match="formats: at"):
        read(["x"], at="%Q")
