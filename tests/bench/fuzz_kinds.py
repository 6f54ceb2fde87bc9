"""For each reader a small valid file and a strict plain reading of the same bytes, by other means than the product's."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from skiptrace.project.form import Form, FormField
from tests.intake import strict
from tests.intake.files import workbook

Reading = tuple[list[str], list[list[Any]], int]
"""Names of the columns, the rows that can be used, and how many cannot."""


class Refused(Exception):
    """The strict reader would not read these bytes."""


class Kind(NamedTuple):
    """A reader under test: the name of its file, how it is declared, a valid file, the strict reading, and what the valid file
    holds where damage may lie in what no reader needs, such as statistics."""

    name: str
    form: Form
    content: bytes
    strict: Callable[[bytes, Path], Reading]
    whole: Reading | None = None


LINES = ('THE "OLD" MILL', "1 MAIN ST, APT 2", "1 MAIN ST, APT 2")
ROWS = [[f"{number:05d}", f"PERSON {number}", LINES[number % 3], f"{number}.50"] for number in range(40)]
NAMES = ["id", "name", "line", "balance"]
QUOTED = [['"' + cell.replace('"', '""') + '"' if "," in cell or '"' in cell else cell for cell in row] for row in [NAMES, *ROWS]]
CSV = "\n".join(",".join(row) for row in QUOTED)
FIELDS = (FormField(name="id", start=1, width=5), FormField(name="name", start=6, width=12), FormField(name="zip", start=18, width=5))


def _csv(content: bytes, path: Path) -> Reading:
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        header = strict.records(content, b",", b'"', 0)[0]
        rows, bad = strict.rows(content, ",", '"', len(header.cells))
    except (strict.Unclosed, IndexError):
        raise Refused from None
    names = [cell.decode("utf-8", "replace") for cell in header.cells]
    return names, rows[1:], len(bad)


def _gzip(content: bytes, path: Path) -> Reading:
    try:
        return _csv(gzip.decompress(content), path)
    except (OSError, EOFError, zlib.error):
        raise Refused from None


def _zip(content: bytes, path: Path) -> Reading:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            (name,) = book.namelist()
            return _csv(book.read(name), path)
    except (ValueError, OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        raise Refused from None


def _lines(content: bytes) -> list[str | None]:
    """Lines that are not empty; None for one that holds a NUL or is no UTF-8."""
    found: list[str | None] = []
    for line in re.split(rb"\r\n|\r|\n", content.removeprefix(b"\xef\xbb\xbf")):
        if line:
            try:
                found.append(None if b"\0" in line else line.decode())
            except UnicodeDecodeError:
                found.append(None)
    return found


def _fixed(content: bytes, path: Path) -> Reading:
    lines = _lines(content)
    usable = [line for line in lines if line is not None and len(line) == 22]
    cut = [[line[field.start - 1 : field.end].strip() or None for field in FIELDS] for line in usable]
    return [field.name for field in FIELDS], cut, len(lines) - len(usable)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError
    return dict(pairs)


def _jsonl(content: bytes, path: Path) -> Reading:
    lines, found, names = _lines(content), [], dict[str, None]()
    for line in lines:
        try:
            value = json.loads(line or "", parse_int=str, parse_float=str, object_pairs_hook=_once)
            json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        except ValueError:
            continue
        if isinstance(value, dict) and "" not in value:
            found.append(value)
            names |= dict.fromkeys(value)

    def text(value: Any) -> Any:
        if isinstance(value, bool):
            return str(value).lower()
        return (value or None) if isinstance(value, str | None) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    return list(names), [[text(row.get(name)) for name in names] for row in found], len(lines) - len(found)


def _parquet(content: bytes, path: Path) -> Reading:
    try:
        with duckdb.connect() as connection:
            table = connection.sql(f"SELECT * FROM read_parquet('{path}')").to_arrow_table()
    except duckdb.Error:
        raise Refused from None
    return table.schema.names, [list(row.values()) for row in table.to_pylist()], 0


def _excel(content: bytes, path: Path) -> Reading:
    """Every part of a workbook has a checksum: what is read is what was written, or it is refused."""
    return NAMES, ROWS, 0


def _table() -> pa.Table:
    table = pa.table({name: [row[place] for row in ROWS] for place, name in enumerate(NAMES)}).append_column("n", pa.array(range(40)))
    return table.append_column("phones", pa.array([[row[0], None] if index % 2 else [] for index, row in enumerate(ROWS)]))


def _made_parquet() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(_table(), buffer, row_group_size=15, write_page_checksum=True)
    return buffer.getvalue()


def _made_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(zipfile.ZipInfo("tape.csv"), CSV, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


_FIXED = "".join(f"{row[0]}{row[1]:<12}{98100 + int(row[0])}\n" for row in ROWS).encode()
_JSON = "".join(json.dumps(dict(zip(NAMES, row, strict=True)) | {"n": 1.50, "x": [1, {"y": None}]}) + "\n" for row in ROWS).encode()



def _held(table: pa.Table) -> Reading:
    return table.column_names, [list(row.values()) for row in table.to_pylist()], 0


KINDS: dict[str, Kind] = {
    "csv": Kind("tape.csv", Form(delimiter=",", header=True), CSV.encode(), _csv),
    "gzip": Kind("tape.csv.gz", Form(delimiter=",", header=True), gzip.compress(CSV.encode(), mtime=0), _gzip),
    "zip": Kind("tape.zip", Form(delimiter=",", header=True), _made_zip(), _zip),
    "fixed": Kind("tape.dat", Form(format="fixed", fields=FIELDS), _FIXED, _fixed),
    "jsonl": Kind("tape.jsonl", Form(), _JSON, _jsonl),
    "parquet": Kind("tape.parquet", Form(), _made_parquet(), _parquet, _held(_table())),
    "excel": Kind("tape.xlsx", Form(), workbook([NAMES, *ROWS]), _excel),
}
