"""Files made to do harm, or broken on the way, each generated here and each ending as it must: refused with the reason and the
limit named, or read with its bad rows told. Numbers are those of the table of hostile inputs; the driver lives through all."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skiptrace.errors import DataRefused
from skiptrace.intake.gate import Gate
from skiptrace.intake.reading import describe, read_rows
from skiptrace.intake.records import Rows
from skiptrace.project.form import Form, FormField
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import expand
from tests.intake.files import workbook

PEOPLE = pa.table({"id": [f"{number:05d}" for number in range(2000)], "name": [f"PERSON {number}" for number in range(2000)]})
FIXED = Form(format="fixed", fields=(FormField(name="id", start=1, width=3), FormField(name="name", start=4, width=5)))
TRAILER = Form(trailer=r"TRL,(?P<rows>\d+),(?P<balance>[\d.]+)$")


def parquet(table: pa.Table = PEOPLE, **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def taken(folder: Path, name: str, content: bytes, form: Form | None = None, limits: Limits | None = None) -> Rows:
    """All rows of a file, through the gate and the reader; what is refused raises."""
    (folder / name).write_bytes(content)
    limits = limits or Limits()
    with Gate(limits) as gate:
        files = gate.admit(expand(name, folder), form).files
    (file,) = files
    shape = describe(file, form, limits)
    return read_rows(file, slice(0, shape.rows), None, shape.form, limits)


def flipped() -> bytes:
    content = bytearray(parquet(compression="none", use_dictionary=False, write_page_checksum=True))
    content[content.index(b"PERSON 50")] ^= 1
    return bytes(content)


def nested(depth: int) -> bytes:
    kind, value = pa.string(), pa.array(["x"])
    for _ in range(depth):
        kind = pa.list_(kind)
        value = pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), value)
    return parquet(pa.table({"a": value}))


def encrypted() -> bytes:
    content = parquet()
    return b"PARE" + content[4:-4] + b"PARE"


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def locked_workbook() -> bytes:
    """The head of the compound file in which Office keeps a workbook with a password, and the name of its stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)


CASES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "1 truncated": ("a.parquet", lambda: parquet()[: len(parquet()) // 2], "not a whole Parquet file"),
    "2 last byte missing": ("a.parquet", lambda: parquet()[:-1], "not a whole Parquet file"),
    "3 no bytes": ("a.parquet", lambda: b"", "is empty"),
    "4 magic alone": ("a.parquet", lambda: b"PAR1", "not a whole Parquet file"),
    "5 a flipped bit": ("a.parquet", flipped, "not a whole Parquet file"),
    "6 a footer of 2 GiB": ("a.parquet", lambda: parquet()[:-8] + struct.pack("<I", 1 << 31) + b"PAR1", "not a whole Parquet file"),
    "8 no columns": ("a.parquet", lambda: parquet(pa.table({})), "has no columns"),
    "9 60,000 row groups": ("a.parquet", lambda: parquet(pa.table({"a": range(60_000)}), row_group_size=1), "limits.row_groups"),
    "10 20,000 columns": ("a.parquet", lambda: parquet(pa.table({f"c{n}": [1] for n in range(20_000)})), "limits.columns"),
    "11 a column twice": ("a.parquet", lambda: parquet(pa.table([[1], [2]], names=["a", "a"])), "differ in capitals at most"),
    "12 a bomb of rows": (
        "a.parquet", lambda: parquet(pa.table({"a": pa.array([True]).take(pa.array([0] * 4_000_000, pa.int8()))})), "limits.rows_per_byte",
    ),
    "12 a bomb of text": ("a.parquet", lambda: parquet(pa.table({"a": ["x" * 1000] * 200_000})), "limits.expansion"),
    "13 nested": ("a.parquet", lambda: nested(9), "limits.depth"),
    "13 nested deeper": ("a.parquet", lambda: nested(300), "limits.depth"),
    "16 a gzip bomb": ("a.csv.gz", lambda: gzip.compress(b"a,b\n" + b"1,2\n" * 20_000_000), "limits.expansion"),
    "17 columns in two cases": ("a.parquet", lambda: parquet(pa.table({"a": [1], "A": [2]})), "differ in capitals at most"),
    "17 the same in text": ("a.csv", lambda: b"a,A\n1,2\n", "have the same name"),
    "18 encrypted": ("a.parquet", encrypted, "not a whole Parquet file: truncated, damaged or encrypted"),
    "20 Latin-1": ("a.csv", lambda: "id,name\n1,Jos\xe9\n2,x\n".encode("latin-1"), 'declare the encoding, such as encoding = "cp1252"'),
    "22 an unclosed quote": ("a.csv", lambda: b'a,b\n1,x\n2,"y\n' + b"3,z\n" * 200_000, "line 3: has a quotation mark that is never"),
    "22 closed far below": ("a.csv", lambda: b'a,b\n2,"y\n' + b"3,z\n" * 2000 + b'4,"z"\n', "line 2: has a quotation mark that is never"),
    "23 ragged rows": ("a.csv", lambda: b"a,b\n1\n1,2,3\n1,2\n", "ragged 2"),
    "24 UTF-16": ("a.csv", lambda: "a,b\n1,2\n".encode("utf-16"), 'encoding = "utf-16"'),
    "28 no header": ("a.csv", lambda: b"ANN,5095550100\nBOB,5095550101\n", "there is no header"),
    "a locked workbook": ("a.xlsx", locked_workbook, "protected by a password"),
    "merged cells": ("a.xlsx", lambda: workbook([["a", "b"], ["1", "2"], ["3", ""]], merged="A2:A3"), "merged_cells 2"),
    "2 million rows claimed": ("a.xlsx", lambda: workbook([["a"], ["1"]], dimension="A1:Y2000000"), "more rows than a sheet can have"),
    "a workbook that is a bomb": ("a.xlsx", lambda: zipped("xl/worksheets/sheet1.xml", bytes(100_000_000)), "limits.expansion"),
    "a zip bomb": ("a.zip", lambda: zipped("a.csv", b"a,b\n" + b"1,2\n" * 20_000_000), "limits.expansion"),
    "a zip that climbs out": ("a.zip", lambda: zipped("../../a.csv", b"a\n1\n"), "path leaves its folder"),
    "a zip in a zip": ("a.zip", lambda: zipped("a.zip", zipped("a.csv", b"a\n")), "packed file in a packed file"),
    "Parquet in a zip": ("a.zip", lambda: zipped("a.parquet", parquet()), "packed already"),
    "a zip with another name": ("a.csv", lambda: zipped("a.csv", b"a\n1\n"), "is a zip file or workbook"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_must_be_refused(tmp_path: Path, case: str) -> None:
    name, content, said = CASES[case]
    with pytest.raises(DataRefused) as caught:
        taken(tmp_path, name, content())
    assert said in str(caught.value)
    assert name in str(caught.value)
    assert all(problem.mend for problem in caught.value.problems)
    assert "PERSON" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "form", "said"),
    [
        ("a.txt", b"001ANN  \n002BOB \n", FIXED, "line 2: has another length than the layout"),
        ("a.csv", b"id,balance\n1,2.50\n2,3.50\nTRL,3,6.00\n", TRAILER, "rows: the trailer says 3, the file holds 2"),
        ("a.csv", b"id,balance\n1,2.50\n2,3.50\nTRL,2,6.01\n", TRAILER, "balance: the trailer says 6.01, the file holds 6"),
        ("a.csv", b"id,balance\n1,2.50\n2,3.", TRAILER, "does not end with the trailer"),
    ],
)
def test_what_must_be_refused_by_what_was_declared(tmp_path: Path, name: str, content: bytes, form: Form, said: str) -> None:
    with pytest.raises(DataRefused) as caught:
        taken(tmp_path, name, content, form)
    assert said in str(caught.value)


def test_7_no_rows(tmp_path: Path) -> None:
    assert taken(tmp_path, "a.parquet", parquet(PEOPLE.slice(0, 0))).table.num_rows == 0


def test_14_a_text_of_ten_megabytes(tmp_path: Path) -> None:
    rows = taken(tmp_path, "a.parquet", parquet(pa.table({"id": ["1", "2"], "name": ["x" * 10_000_000, "y"]})))
    assert rows.table.to_pylist() == [{"id": "2", "name": "y"}]
    assert rows.bad.to_pylist() == [{"row": 1, "line": None, "reason": "cell_too_long"}]
    content = b"id,name\n" + b"1,x\n" * 300 + b'2,"' + b"x" * 10_000_000 + b'"\n3,z\n'
    rows = taken(tmp_path, "a.csv", content)
    assert rows.numbers.to_pylist() == [*range(1, 301), 302]
    assert rows.bad.to_pylist() == [{"row": 301, "line": 302, "reason": "line_too_long"}]


def test_19_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert taken(tmp_path, "a.csv", b"\xef\xbb\xbfid,name\n1,x\n").table.to_pylist() == [{"id": "1", "name": "x"}]


def test_20_a_declared_encoding_is_read(tmp_path: Path) -> None:
    rows = taken(tmp_path, "a.csv", "id,name\n1,Jos\xe9\n".encode("latin-1"), Form(encoding="latin-1"))
    assert rows.table["name"].to_pylist() == ["José"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [(b"1,J\xe9", "undecodable"), (b"1,\0", "nul_byte"), (b"1", "ragged"), (b"1,2,3", "ragged"), (b'1,"x"y', "text_after_quote")],
)
def test_20_21_23_a_bad_line_is_told_and_the_others_read(tmp_path: Path, line: bytes, reason: str) -> None:
    rows = taken(tmp_path, "a.csv", b"id,name\n" + b"1,x\n" * 150 + line + b"\n" + b"2,y\n" * 50)
    assert rows.bad.to_pylist() == [{"row": 151, "line": 152, "reason": reason}]
    assert rows.table["id"].to_pylist() == ["1"] * 150 + ["2"] * 50


def test_25_zeros_in_front_stay(tmp_path: Path) -> None:
    rows = taken(tmp_path, "a.csv", b"id,ssn,zip\n0007,012345678,01002\n")
    assert rows.table.to_pylist() == [{"id": "0007", "ssn": "012345678", "zip": "01002"}]


def test_26_what_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    rows = taken(tmp_path, "a.csv", b"id,name\n1,=1+1\n2,@x\n3,\"\t-2\"\n")
    assert rows.table["name"].to_pylist() == ["=1+1", "@x", "\t-2"]


def test_27_line_ends_may_be_mixed(tmp_path: Path) -> None:
    rows = taken(tmp_path, "a.csv", b"id,name\r\n1,x\n2,y\r\n3,z\r4,w")
    assert rows.table["name"].to_pylist() == ["x", "y", "z", "w"]
