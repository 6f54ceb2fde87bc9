from __future__ import annotations

import datetime as dt

import pyarrow as pa

from skiptrace.intake import forgotten, tombstones
from skiptrace.intake.canonical import CanonicalTables, gather
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.partitions import Partition
from skiptrace.schema import REJECTS
from skiptrace.schema.delivered import IDENTITIES, SIGHTINGS, TAPE
from skiptrace.store.inputs import InputFile
from tests.intake.test_tombstones import ADA, KEY, PHONE, rows
from tests.jobs.published import table

FILE = InputFile("file.csv", "file.csv", 1, "csv")
TOMBS = tombstones.together([tombstones.content(KEY, ["A1"], [rows(ADA, points=(PHONE,), source="portfolio")], [], [])])
DAY = dt.date(2026, 6, 30)


def mapped(**columns: list[str | None]) -> Mapped:
    found = pa.table(columns)
    return Mapped(found, pa.array(range(1, len(found) + 1), pa.int64()), REJECTS.empty(), len(found), 0)


def part(source: str, rows: int, first: int = 0) -> Partition:
    return Partition(source, 0, FILE, first, 0, rows)


def test_rows_that_name_a_forgotten_account_are_rejects_and_nothing_else_is_lost() -> None:
    left = forgotten.known_accounts(mapped(account_id=[" A1 ", "A2", None], event=["x", "y", "z"]), part("calls", 3), TOMBS, KEY)
    assert left.table["event"].to_pylist() == ["y", "z"]
    assert left.rows.to_pylist() == [2, 3]
    assert left.rows_in == 3
    told = left.rejects.to_pylist()
    assert told == [{"source": "calls", "file": "file.csv", "row": 1, "line": None, "column": None, "reason": "forgotten"}]


def test_a_list_names_an_account_as_its_value_but_a_number_on_it_stays() -> None:
    said = mapped(scope=["account", "Consumer", "endpoint", "point", "account"], value=["A1", "A1", "A1", "A1", "A2"])
    left = forgotten.known_accounts(said, part("list", 5), TOMBS, KEY)
    assert left.rows.to_pylist() == [3, 4, 5]


def test_a_delivery_without_accounts_or_without_tombstones_is_as_it_was() -> None:
    said = mapped(record_id=["A1"])
    assert forgotten.known_accounts(said, part("header", 1), TOMBS, KEY) is said
    named = mapped(account_id=["A1"])
    assert forgotten.known_accounts(named, part("calls", 1), tombstones.Tombs(), KEY) is named


def delivered() -> CanonicalTables:
    identities, sightings = rows({"first": "BEN", "last": "QUILL"}, ADA, {"first": "EVE", "last": "X"}, points=(PHONE,))
    rejects = [{"source": "header", "file": "file.csv", "row": row, "column": "phone", "reason": "not_a_number"} for row in (2, 3)]
    return gather(mapped(a=["1", "2", "3"]), 3, table(rejects, REJECTS), DAY, identities=identities, sightings=sightings)


def test_a_record_of_the_person_is_rejected_with_all_that_it_shows() -> None:
    left = forgotten.without(delivered(), part("header", 3), TOMBS, KEY)
    assert left.identities["first"].to_pylist() == ["BEN", "EVE"]
    assert left.sightings["identity"].to_pylist() == [0, 2]
    assert [(row["row"], row["column"], row["reason"]) for row in left.rejects.to_pylist()] == [
        (2, None, "forgotten"), (3, "phone", "not_a_number")]  # fmt: skip
    assert left.counts == {"rows_in": 3, "rows_filtered": 0, "rows_rejected": 1, "rows_out": 2, "values_rejected": 1}


def test_the_person_under_another_account_is_rejected_and_of_another_account_only_the_co_borrower_goes() -> None:
    people = [{"identity": 10, "record_id": "B1", **ADA}, {"identity": 12, "record_id": "B2", "first": "BEN", "last": "X"},
              {"identity": 13, "record_id": "B2", "party": "co_borrower", **ADA}]  # fmt: skip
    identities = table([{"source": "portfolio", "origin": "portfolio", "party": "borrower", **one} for one in people], IDENTITIES)
    tape = table([{"account_id": "B1", "identity": 10}, {"account_id": "B2", "identity": 12}], TAPE)
    sightings = table([{"source": "portfolio", "origin": "portfolio", "party": "borrower", "identity": one["identity"], **PHONE}
                       for one in people], SIGHTINGS)  # fmt: skip
    tables = gather(mapped(a=["1", "2"]), 2, REJECTS.empty(), DAY, identities=identities, sightings=sightings, tape=tape)
    left = forgotten.without(tables, part("portfolio", 2, first=5), TOMBS, KEY)
    assert left.tape["account_id"].to_pylist() == ["B2"]
    assert left.identities["identity"].to_pylist() == left.sightings["identity"].to_pylist() == [12]
    assert [(row["row"], row["column"]) for row in left.rejects.to_pylist()] == [(1, None), (2, "co_borrower")]
    assert (left.counts["rows_out"], left.counts["values_rejected"]) == (1, 1)
