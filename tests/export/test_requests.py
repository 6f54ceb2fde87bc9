from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from skiptrace.errors import ConfigError
from skiptrace.export.requests import FIELDS, from_plain, load_layout, load_layouts, write_request
from skiptrace.schema import conform
from skiptrace.schema.asked import REQUEST_ROWS

ROWS = conform(
    pa.Table.from_pylist([
        {
            "reference": "0123456789ABCDEF01234567", "request": "premium-01", "first_name": "ALMA", "middle_name": "QUILL",
            "last_name": "O'HARA-LONGNAMETHATDOESNOTENDHERE", "suffix": None, "full_name": 'ALMA "Q" O\'HARA', "dob": dt.date(1960, 1, 10),
            "address_line": "100 MAPLE ST", "city": "TACOMA", "state": "WA", "postal_code": "98402", "phone": "2535551000", "email": None,
        },
        {name: "00000000000000000000000A" if name == "reference" else "premium-01" if name == "request" else None for name in FIELDS},
    ], schema=REQUEST_ROWS.arrow),
    REQUEST_ROWS,
)  # fmt: skip
TEXT = """sentence = "A layout."
format   = "csv"
[[column]]
name  = "ref"
field = "reference"
"""


def written(name: str, tmp_path: Path) -> bytes:
    write_request(ROWS, load_layout(name), tmp_path / name)
    return (tmp_path / name).read_bytes()


def test_no_layout_holds_anything_but_who_somebody_is_and_where_they_are_reached() -> None:
    allowed = {
        "reference", "request", "first_name", "middle_name", "last_name", "suffix", "full_name", "dob", "address_line", "city", "state",
        "postal_code", "phone", "email",
    }  # fmt: skip
    assert set(FIELDS) == allowed
    layouts = load_layouts()
    assert len(layouts) >= 3
    assert {column.field for layout in layouts.values() for column in layout.columns} <= allowed
    assert {layout.format for layout in layouts.values()} == {"csv", "fixed"}


@pytest.mark.parametrize("field", ["balance", "original_creditor", "charge_off_date", "account_id", "ssn", "portfolio_id"])
def test_a_layout_that_asks_for_more_is_refused(tmp_path: Path, field: str) -> None:
    (tmp_path / "more.toml").write_text(TEXT + f'[[column]]\nname = "x"\nfield = "{field}"\n')
    with pytest.raises(ConfigError, match="is nothing that a request may hold"):
        load_layouts([tmp_path / "more.toml"])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[column]]\nname = "balance"\nfield = "city"\n', "tells of a debt"),
        ('[[column]]\nname = "ref"\nfield = "city"\n', "stands there twice"),
        ('[[column]]\nname = "born"\nfield = "dob"\n', "needed there"),
        ('[[column]]\nname = "c"\nfield = "city"\nwidth = 9\n', "is for fixed width"),
        ('[[column]]\nname = "c"\nfield = "city"\nsql = "x"\n', "is not a key of a layout"),
        ('[[column]]\nname = "again"\nfield = "reference"\n', "must hold the reference, once"),
        ("[options]\nsheet = 1\n", "is no option of csv"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_layout_is_told(tmp_path: Path, more: str, said: str) -> None:
    (tmp_path / "odd.toml").write_text(TEXT + more)
    with pytest.raises(ConfigError, match=said):
        load_layouts([tmp_path / "odd.toml"])


def test_a_csv_file_has_its_header_and_quotes_what_needs_it(tmp_path: Path) -> None:
    assert written("identity_csv", tmp_path).decode().splitlines() == [
        "reference,first_name,middle_name,last_name,dob,address,city,state,zip",
        "0123456789ABCDEF01234567,ALMA,QUILL,O'HARA-LONGNAMETHATDOESNOTENDHERE,1960-01-10,100 MAPLE ST,TACOMA,WA,98402",
        "00000000000000000000000A,,,,,,,,",
    ]
    assert b'"ALMA ""Q"" O\'HARA"|"98402"|"2535551000"|""\n' in written("contact_csv", tmp_path)


def test_a_file_of_fixed_width_cuts_what_has_no_room_and_never_the_reference(tmp_path: Path) -> None:
    lines = written("header_fixed", tmp_path).split(b"\r\n")
    assert [len(line) for line in lines] == [194, 194, 0]
    assert lines[0].startswith(b"0123456789ABCDEF01234567O'HARA-LONGNAMETHATDOESNOTENDHALMA ")
    assert lines[0][74:83] == b"Q19600110"
    assert lines[0].endswith(b"WA98402    2535551000")


def test_a_layout_is_the_same_from_its_plain_form_whatever_became_of_its_file(tmp_path: Path) -> None:
    for name, layout in load_layouts().items():
        again = from_plain(layout.plain())
        write_request(ROWS, again, tmp_path / "again")
        assert (tmp_path / "again").read_bytes() == written(name, tmp_path)


def test_a_name_that_is_none_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match='did you mean "identity_csv"'):
        load_layout("identiy_csv")
