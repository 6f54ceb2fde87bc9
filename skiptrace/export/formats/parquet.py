"""Parquet: typed columns, a row group per quarter million rows. Written by Arrow, read back by DuckDB's reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


class Writer:
    """Writes tables of one schema to one file, one after the other. Equal tables give equal bytes; `size` is the bytes of
    their columns so far, which compress to less."""

    def __init__(self, path: Path, names: Sequence[str], options: Mapping[str, Any]) -> None:
        self._path, self._options, self._names = path, options, list(names)
        self._writer: pq.ParquetWriter | None = None
        self.size = 0

    def add(self, table: pa.Table) -> None:
        """Write the rows."""
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._path, table.schema, compression=self._options["compression"], write_page_checksum=True, version="2.6"
            )
        self._writer.write_table(table.combine_chunks(), row_group_size=1 << 18)
        self.size += table.nbytes

    def close(self) -> None:
        """Close the file."""
        if self._writer is None:
            self.add(pa.table({name: pa.array([], pa.string()) for name in self._names}))
        if self._writer is not None:
            self._writer.close()


def read(path: Path, options: Mapping[str, Any], names: Sequence[str]) -> Iterator[pa.Table]:
    """The rows of a file in order, with DuckDB's types."""
    connection = duckdb.connect(
        config={"threads": 1, "autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )
    try:
        found = connection.sql("SELECT * FROM read_parquet($path)", params={"path": str(path)}).to_arrow_reader(1 << 17)
        for batch in found:
            yield pa.Table.from_batches([batch])
    finally:
        connection.close()
