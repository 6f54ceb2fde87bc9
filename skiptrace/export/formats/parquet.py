"""Parquet: typed columns, a row group per quarter million rows. Written by Arrow, read back by DuckDB's reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

SUFFIX: Final = "parquet"
TEXT: Final = False
"""Cells keep their types in this format."""

OPTIONS: Final[Mapping[str, Any]] = {"compression": "zstd"}
"""Compression: zstd, snappy or none."""

_COMPRESSIONS: Final = ("zstd", "snappy", "none")


def check(options: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Findings about complete options: key, what is wrong, the mend."""
    if options["compression"] not in _COMPRESSIONS:
        yield "compression", "not a value of this option", f"one of {', '.join(map(repr, _COMPRESSIONS))}"


def write(table: pa.Table, path: Path, options: Mapping[str, Any]) -> None:
    """Write a table. Equal tables give equal bytes."""
    pq.write_table(
        table.combine_chunks(), path, compression=options["compression"], write_page_checksum=True,
        row_group_size=1 << 18, version="2.6",
    )  # fmt: skip


def read(path: Path, options: Mapping[str, Any]) -> Iterator[pa.Table]:
    """The rows of a file in order, as one piece, with DuckDB's types."""
    connection = duckdb.connect(
        config={"threads": 1, "autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )
    try:
        yield connection.sql("SELECT * FROM read_parquet($path)", params={"path": str(path)}).to_arrow_table()
    finally:
        connection.close()
