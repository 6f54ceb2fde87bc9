"""A short slice, always of the same values, of what `make bench-normalize` measures at length."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skiptrace.normalize.dates import normalize_birth_dates
from skiptrace.normalize.emails import normalize_emails
from tests.bench import normalize_dates, normalize_step
from tests.bench import normalize_emails as emails
from tests.bench import normalize_names as names


@pytest.mark.slow
def test_emails_equal_the_library() -> None:
    wrong, valid, share = emails.differences(emails.messy_values(4_000, seed=1))
    assert wrong == 0
    assert valid > 2_000
    assert 0.4 < share < 0.8


def test_made_up_emails_are_read_right() -> None:
    known = emails.known_values(2_000, seed=2)
    rows = normalize_emails(pa.array([text for text, _ in known])).to_pylist()
    assert [text for (text, expected), row in zip(known, rows, strict=True) if not emails._right(expected, row)] == []


def test_made_up_dates_are_read_right() -> None:
    known = normalize_dates.known_values(3_000, seed=3)
    rows = normalize_birth_dates(pa.array([text for text, _ in known]), normalize_dates.AS_OF).to_pylist()
    wrong = [text for (text, expected), row in zip(known, rows, strict=True) if tuple(row.values())[:5] != expected]
    assert wrong == []


@pytest.mark.slow
def test_columns_of_names_equal_single_names() -> None:
    assert names._different(names.values(2_000, seed=4)) == 0


def test_labelled_names_are_read_from_a_file(tmp_path: Path) -> None:
    rows = [
        {"raw": "Ann Roe", "tokens": ["Ann", "Roe"], "labels": ["GivenName", "Surname"]},
        {"raw": "Ann and Bob", "tokens": ["Ann", "and", "Bob"], "labels": ["GivenName", "And", "GivenName"]},
        {"raw": "acme, inc.", "tokens": ["acme,", "inc."], "labels": ["CorporationName", "CorporationLegalType"]},
        {"raw": "ROE", "tokens": ["ROE"], "labels": ["Surname"]},
    ]
    folder = tmp_path / "parsing"
    folder.mkdir()
    pq.write_table(pa.Table.from_pylist(rows), folder / "probablepeople_labelled.parquet")
    found = names.labelled(folder / "probablepeople_labelled.parquet")
    assert [tuple(row) for row in found] == [
        ("Ann Roe", False, "ANN", "ROE"),
        ("acme, inc.", True, None, None),
        ("ROE", False, None, None),
    ]
    figures = {figure.name: figure.value for figure in names.accuracy({"DATA": str(tmp_path)})}
    assert figures["ours.person_or_organisation"] == figures["ours.given_and_surname"] == 1
    assert [figure.value for figure in names.accuracy({})] == [None]


def test_a_made_up_tape_has_every_column() -> None:
    columns = normalize_step.tape(200, seed=5)
    assert {len(column) for given in columns.values() for column in given if column is not None} == {200}
    for work in normalize_step._works(columns).values():
        table = work()
        assert isinstance(table, pa.Table)
        assert table.num_rows == 200
