"""Table files: Parquet with page checksums, named by content, read back only when the content is what was written.

A file's name holds the first hex digits of its SHA-256, so two attempts at one task write one file, and two runs on the
same inputs leave the same names and bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from skiptrace.errors import DamagedFile, Problem
from skiptrace.ids import file_digest
from skiptrace.schema import Table, conform
from skiptrace.store import encrypted
from skiptrace.store.commit import put
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, local_file
from skiptrace.store.trusted import is_what_was_written, just_written

_Piece = TypeVar("_Piece")
SAMPLED = 1024
"""Rows that are looked at to see whether a column's values repeat."""
GROUP_ROWS = 1 << 18
"""The most rows of a row group."""


@dataclass(frozen=True)
class FileRef:
    """A table file: its path (or the URL of the object), rows, bytes and SHA-256 (hex)."""

    path: str
    rows: int
    bytes: int
    sha256: str

    def plain(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


def write_table(table: pa.Table, spec: Table, folder: Place, stem: str) -> FileRef:
    """Conform `table` to `spec` and write it to `folder` as `<stem>-<hash>.parquet`. Equal rows give equal bytes. Least and largest
    values stand in the file for key columns only: nobody looks for the others, and some are personal.

    Raises ContractError as `conform`, StoreUnavailable when the disk refuses, UnsafePermissions and ConfigError as
    `private_folder`."""
    table = conform(table, spec).combine_chunks()

    def write(path: Path) -> int:
        pq.write_table(table, path, row_group_size=GROUP_ROWS, **_form(table, spec), **encrypted.writing(folder, spec))
        return len(table)

    return _put(write, folder, stem)


def write_pieces(pieces: Iterable[Sequence[pa.Table]], outputs: Sequence[tuple[Table, Place, str]]) -> list[FileRef]:
    """Tables that come side by side, a piece of each at a time, of which one is held at a time. `outputs`: spec, folder and stem of
    each. Equal pieces give equal bytes. Raises as `write_table`, and whatever making a piece raises; nothing is left then."""
    each = iter(pieces)
    first = [next(each, None) or [spec.empty() for spec, _, _ in outputs]]
    forms = [_form(conform(table, spec), spec) for table, (spec, _, _) in zip(first[0], outputs, strict=True)]
    specs, rows, found = [spec for spec, _, _ in outputs], [0] * len(outputs), list[FileRef]()

    def fill(writers: list[pq.ParquetWriter]) -> None:
        for piece in _and_then(first, each):
            for place, (writer, table, spec) in enumerate(zip(writers, piece, specs, strict=True)):
                writer.write_table(conform(table, spec), row_group_size=GROUP_ROWS)
                rows[place] += len(table)

    def open_next(writers: list[pq.ParquetWriter]) -> None:
        place = len(writers)
        if place == len(outputs):
            fill(writers)
            return
        spec, folder, stem = outputs[place]

        def write(path: Path) -> int:
            with pq.ParquetWriter(path, spec.arrow, **forms[place], **encrypted.writing(folder, spec)) as writer:
                open_next([*writers, writer])
            return rows[place]

        found.append(_put(write, folder, stem))

    open_next([])
    return found[::-1]


def _and_then(first: list[_Piece], rest: Iterator[_Piece]) -> Iterator[_Piece]:
    """What is in `first`, which is emptied, and then the rest: nothing is held while the next is made."""
    yield first.pop()
    yield from rest


def _form(table: pa.Table, spec: Table) -> dict[str, Any]:
    """How a table is laid out in its file, by its first rows."""
    return {
        "compression": "zstd", "compression_level": 1, "write_page_checksum": True, "version": "2.6", "store_schema": True,
        "write_statistics": list(spec.key), "use_dictionary": _repeating(table),
    }  # fmt: skip


def _put(write: Callable[[Path], int], folder: Place, stem: str) -> FileRef:
    """Put a table file that `write` writes, which returns its rows."""
    found: dict[str, Any] = {}

    def counted(path: Path) -> None:
        found.update(rows=write(path))

    def name(path: Path) -> str:
        found.update(sha256=file_digest(path), bytes=path.stat().st_size)
        return f"{stem}-{found['sha256'][:16]}.parquet"

    path, _ = put(private_folder(folder), counted, name)
    if isinstance(path, Path):
        just_written(path, found["sha256"])
    return FileRef(str(path), found["rows"], found["bytes"], found["sha256"])


def _repeating(table: pa.Table) -> list[str] | bool:
    """Columns worth a dictionary: those whose first values repeat themselves. For ids and values a dictionary costs twice,
    once to make and once to give up."""
    if not len(table):
        return False
    sample = table.slice(0, SAMPLED)
    found = []
    for field in table.schema:
        if pa.types.is_list(field.type):
            found.append(f"{field.name}.list.element")
        elif not pa.types.is_nested(field.type) and pc.count_distinct(sample[field.name], mode="all").as_py() * 4 <= len(sample):
            found.append(field.name)
    return found or False


def read_table(ref: FileRef | dict[str, Any], columns: list[str] | None = None, verify: bool = False) -> pa.Table:
    """Read a table file of ours with its page checksums verified. The whole file is hashed first, once in a process while nobody changes
    it (`store.trusted`), with `verify` whatever is known of it.

    Page checksums keep values from changing unseen; only the hash covers the footer, which names the columns.

    Raises DamagedFile when the file is gone, torn or not what was written."""
    ref = ref if isinstance(ref, FileRef) else FileRef(**ref)
    path = Path(ref.path)
    try:
        path = local_file(ref.path, ref.sha256, ref.bytes)
        if not is_what_was_written(path, ref.sha256, ref.bytes, anew=verify):
            raise _not_ours(path, "is not the file that was written")
        table = pq.read_table(path, columns=columns, page_checksum_verification=True, **encrypted.reading(ref.path, path))
    except FileNotFoundError:
        raise _not_ours(path, "is gone") from None
    except (pa.ArrowException, OSError, ValueError):  # a damaged footer fails in many ways, text that is none too
        raise _not_ours(path, "cannot be read: it is damaged") from None
    if table.num_rows != ref.rows or (columns is not None and table.column_names != columns):
        raise _not_ours(path, "does not hold the rows that were written")
    return table


def verify_file(ref: FileRef) -> None:
    """Hash a table file of ours again. Raises DamagedFile where it is gone or not the file that was written."""
    path = Path(ref.path)
    try:
        path = local_file(ref.path, ref.sha256, ref.bytes)
        if path.stat().st_size != ref.bytes or file_digest(path) != ref.sha256:
            raise _not_ours(path, "is not the file that was written")
    except OSError:
        raise _not_ours(path, "is gone") from None


def read_between(ref: FileRef | dict[str, Any], column: str, low: str, high: str) -> pa.Table:
    """The row groups of a table file of ours that may hold rows between two values, both included, of a key column of text: of a file
    that is sorted by it, little more than those rows. Raises as `read_table`."""

    def chosen(file: pq.ParquetFile) -> list[int]:
        place, wanted = file.schema_arrow.get_field_index(column), list[int]()
        for number in range(file.num_row_groups):
            known = file.metadata.row_group(number).column(place).statistics
            if known is None or not known.has_min_max or (known.min <= high and known.max >= low):
                wanted.append(number)
        return wanted

    return _read_groups(ref, chosen, None)


def read_stretch(ref: FileRef | dict[str, Any], first: int, last: int, columns: list[str] | None = None) -> pa.Table:
    """The rows `first` to `last` of a table file of ours, which pieces begin and end with (see `write_pieces`): nothing else of it is
    read. Its page checksums are verified. Raises DamagedFile as `read_table`, and where no pieces begin or end there."""
    begun = list[int]()

    def chosen(file: pq.ParquetFile) -> list[int]:
        rows = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
        starts = list(accumulate(rows, initial=0))
        groups = [number for number, count in enumerate(rows) if count and first <= starts[number] < last]
        begun.extend(starts[number] for number in groups)
        return groups

    table = _read_groups(ref, chosen, columns)
    if table.num_rows != last - first or (begun and begun[0] != first):
        raise _not_ours(Path((ref if isinstance(ref, FileRef) else FileRef(**ref)).path), "does not hold the rows that were written")
    return table


def _read_groups(
    ref: FileRef | dict[str, Any], chosen: Callable[[pq.ParquetFile], list[int]], columns: list[str] | None
) -> pa.Table:  # fmt: skip
    """Some row groups of a table file, chosen by its footer."""
    ref = ref if isinstance(ref, FileRef) else FileRef(**ref)
    path = Path(ref.path)
    try:
        path = local_file(ref.path, ref.sha256, ref.bytes)
        if not is_what_was_written(path, ref.sha256, ref.bytes):
            raise _not_ours(path, "is not the file that was written")
        with pq.ParquetFile(path, page_checksum_verification=True, **encrypted.reading(ref.path, path)) as file:
            return file.read_row_groups(chosen(file), columns=columns)
    except FileNotFoundError:
        raise _not_ours(path, "is gone") from None
    except (pa.ArrowException, OSError, ValueError, IndexError):
        raise _not_ours(path, "cannot be read: it is damaged") from None


def label_of(ref: FileRef | dict[str, Any]) -> str | None:
    """The label of the key that a table file of ours is encrypted with: what replaces it is written by the same
    (`skiptrace.store.keyring.of_portfolio`). None for the shared one, and for a file in clear. Raises as `read_table`."""
    ref = ref if isinstance(ref, FileRef) else FileRef(**ref)
    try:
        return encrypted.label_of(ref.path, local_file(ref.path, ref.sha256, ref.bytes))
    except (FileNotFoundError, OSError):
        raise _not_ours(Path(ref.path), "is gone") from None


def is_clear(ref: FileRef | dict[str, Any]) -> bool:
    """Whether a table file of ours is not encrypted. Raises as `read_table`."""
    ref = ref if isinstance(ref, FileRef) else FileRef(**ref)
    try:
        return not encrypted.is_encrypted(local_file(ref.path, ref.sha256, ref.bytes))
    except (FileNotFoundError, OSError):
        raise _not_ours(Path(ref.path), "is gone") from None


def column_names(ref: FileRef) -> list[str]:
    """The columns of a table file of ours. Raises as `read_table`."""
    path = Path(ref.path)
    try:
        path = local_file(ref.path, ref.sha256, ref.bytes)
        if not is_what_was_written(path, ref.sha256, ref.bytes):
            raise _not_ours(path, "is not the file that was written")
        return list(pq.read_schema(path, **encrypted.reading(ref.path, path)).names)
    except FileNotFoundError:
        raise _not_ours(path, "is gone") from None
    except (pa.ArrowException, OSError, ValueError):
        raise _not_ours(path, "cannot be read: it is damaged") from None


def read_tables(refs: list[dict[str, Any]], spec: Table, columns: list[str] | None = None) -> pa.Table:
    """All files of one table, in order, as one table."""
    names = columns or list(spec.names)
    schema = pa.schema([spec.arrow.field(name) for name in names])
    return pa.concat_tables([schema.empty_table(), *(read_table(ref, names).cast(schema) for ref in refs)])


def _not_ours(path: Path, what: str) -> DamagedFile:
    return DamagedFile(
        "a file of this project cannot be trusted", (Problem(path.name, "", what, "run again: it is rebuilt"),)
    )


def read_batches(
    ref: FileRef, columns: Sequence[str], rows: int, words: Sequence[str] = (), verify: bool = True
) -> Iterator[pa.Table]:
    """Some columns of a table file of ours in pieces of at most `rows` rows, in order; an empty one is one empty piece. The file is
    hashed first as `read_table` does. A column may be a part of a nested one (`evidence.list.element.source`): what stands
    before the first dot comes with the named parts alone. Columns among `words` come as dictionaries, as they lie in the file: text that
    repeats is not spelled out row by row.

    Raises as `read_table`."""
    path = Path(ref.path)
    try:
        path = local_file(ref.path, ref.sha256, ref.bytes)
        if not is_what_was_written(path, ref.sha256, ref.bytes, anew=verify):
            raise _not_ours(path, "is not the file that was written")
        whole = list(dict.fromkeys(name.split(".")[0] for name in columns))
        repeated = [name for name in words if name in columns]
        how = encrypted.reading(ref.path, path)
        with pq.ParquetFile(path, page_checksum_verification=True, read_dictionary=repeated, **how) as file:
            if not file.metadata.num_rows:
                yield file.read(columns=list(columns)).select(whole)
            for batch in file.iter_batches(batch_size=rows, columns=list(columns)):
                yield pa.Table.from_batches([batch]).select(whole)
    except FileNotFoundError:
        raise _not_ours(path, "is gone") from None
    except (pa.ArrowException, OSError, ValueError, KeyError):
        raise _not_ours(path, "cannot be read: it is damaged") from None
