"""Reading known pairs: Parquet or CSV with account_id, source and record_id, and optionally current_address.

A row without source and record_id says that the account's person is known to be in no source. Ids are texts: a CSV
keeps its leading zeros.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.normalize.addresses import parse

NEEDED = ("account_id", "source", "record_id")
ADDRESS = "current_address"


@dataclass(frozen=True)
class Truth:
    """Known pairs. `pairs`: distinct account_id, source, record_id (string, no NULL). `accounts`: every account named.
    `addresses`: account_id and address (canonical line), where known. `incomplete`: rows with half a pair, not used."""

    pairs: pa.Table
    accounts: pa.Array
    addresses: pa.Table
    incomplete: int


def read_truth(file: Path) -> Truth:
    """Read known pairs. Raises ConfigError (exit 2) where the file is not there, of another kind, or lacks a column;
    DataRefused (exit 3) where it is empty or damaged."""
    table = read_columns(file)
    missing = [name for name in NEEDED if name not in table.column_names]
    if missing:
        raise _wrong(
            file,
            f"lacks the column {', '.join(missing)}",
            f"columns needed: {', '.join(NEEDED)}; {ADDRESS} may be added",
        )
    if not table.num_rows:
        raise _empty(file, "holds no rows")
    table = pa.table({name: trimmed(table[name]) for name in (*NEEDED, ADDRESS) if name in table.column_names})
    named = pc.is_valid(table["account_id"])
    has_source, has_record = pc.is_valid(table["source"]), pc.is_valid(table["record_id"])
    half = pc.sum(pc.or_(pc.invert(named), pc.xor(has_source, has_record))).as_py() or 0
    table = table.filter(named)
    both = pc.and_(pc.is_valid(table["source"]), pc.is_valid(table["record_id"]))
    pairs = (
        table.filter(both)
        .select(list(NEEDED))
        .group_by(list(NEEDED))
        .aggregate([])
        .sort_by([(name, "ascending") for name in NEEDED])
    )
    accounts = pc.unique(table["account_id"]).sort()
    if not len(accounts):
        raise _empty(file, "names no account")
    return Truth(pairs, accounts, _addresses(table), half)


def read_columns(file: Path) -> pa.Table:
    """A Parquet or CSV file as it is, the columns of a CSV as texts. Raises as `read_truth`."""
    if not file.is_file():
        raise _wrong(file, "not found", "correct the path")
    if file.stat().st_size == 0:
        raise _empty(file, "is empty (0 bytes)")
    try:
        if file.suffix.lower() in (".parquet", ".parq", ".pq"):
            return pq.read_table(file)
        if file.suffix.lower() in (".csv", ".txt", ".tsv"):
            return _read_csv(file, "\t" if file.suffix.lower() == ".tsv" else ",")
    except (pa.ArrowException, UnicodeDecodeError, csv.Error):  # their texts may hold values
        raise DataRefused(
            "the known pairs cannot be read",
            (Problem(file.name, "", "is damaged or not what its ending says", "write it again"),),
        ) from None
    raise _wrong(file, "is neither Parquet nor CSV", "name it .parquet or .csv")


def _read_csv(file: Path, delimiter: str) -> pa.Table:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        names = next(csv.reader(stream, delimiter=delimiter), [])
    types = dict.fromkeys(names, pa.string())
    return pcsv.read_csv(
        file, parse_options=pcsv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pcsv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""]),
    )  # fmt: skip


def trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Trimmed text; what is empty is NULL."""
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _addresses(table: pa.Table) -> pa.Table:
    """The first known address of each account, in canonical form."""
    found: dict[str, str] = {}
    if ADDRESS in table.column_names:
        for account, text in zip(table["account_id"].to_pylist(), table[ADDRESS].to_pylist(), strict=True):
            line = parse(text, None, None, None, None).line if text and account not in found else None
            if line:
                found[account] = line
    return pa.table(
        {"account_id": pa.array(list(found), pa.string()), "address": pa.array(list(found.values()), pa.string())}
    )


def _wrong(file: Path, what: str, mend: str) -> ConfigError:
    return ConfigError("the known pairs cannot be used", (Problem(file.name, "", what, mend),))


def _empty(file: Path, what: str) -> DataRefused:
    return DataRefused(
        "the known pairs cannot be used", (Problem(file.name, "", what, "give a file with at least one pair"),)
    )
