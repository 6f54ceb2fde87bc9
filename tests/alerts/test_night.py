from __future__ import annotations

import pyarrow as pa

from skiptrace.alerts.night import NEEDED
from tests.alerts.nights import Book


def test_some_accounts_of_a_night() -> None:
    night = Book().account("A").account("B").point("A", "+12535550101").point("B", "+15095550102").night()
    some = night.of(pa.array(["B", "C"]))
    for name, columns in NEEDED.items():
        table = getattr(some, name)
        assert set(columns) <= set(table.column_names)
        assert table["account_id"].to_pylist() == ["B"]
    assert some.situations is not None
    assert some.situations.num_rows == 1
    assert some.reports.num_rows == 0
