from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from skiptrace.errors import ContractError
from skiptrace.intake.canonical import SPECS, gather
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.rejects import RejectList
from skiptrace.schema import REJECTS


def mapped(rows_in: int, filtered: int) -> Mapped:
    return Mapped(pa.table({}), pa.array([], pa.int64()), REJECTS.empty(), rows_in, filtered)


UNTIL = dt.date(2030, 1, 1)


def rejects() -> pa.Table:
    noted = RejectList("s", "f")
    noted.add(pa.array([1, 2], pa.int64()), pa.array(["gone", None]), None)
    noted.add(pa.array([1, 2], pa.int64()), pa.array([None, "bad"]), "dob")
    return noted.table()


def test_tables_that_a_kind_does_not_give_are_empty_and_rows_are_counted() -> None:
    found = gather(mapped(6, 2), 3, rejects(), UNTIL)
    assert found._fields == (*SPECS, "counts", "until")
    assert all(getattr(found, name).schema.equals(spec.arrow) for name, spec in SPECS.items())
    assert found.counts == {"rows_in": 6, "rows_filtered": 2, "rows_rejected": 1, "rows_out": 3, "values_rejected": 1}


@pytest.mark.parametrize(("rows_in", "filtered", "rows_out"), [(7, 2, 3), (6, 1, 3), (6, 2, 4)])
def test_counts_that_do_not_add_up_are_a_bug(rows_in: int, filtered: int, rows_out: int) -> None:
    with pytest.raises(ContractError, match="rows in"):
        gather(mapped(rows_in, filtered), rows_out, rejects(), UNTIL)
