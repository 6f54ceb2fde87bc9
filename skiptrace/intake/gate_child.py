"""The process in which files from outside are first opened: it may run out of memory or time, or crash, and nothing else does.

Started as a script of its own, so that it loads nothing of the product and is there in a few hundredths of a second. It reads
one request per line (JSON) and answers each with one line; a request is a file and what is known of it, an answer says what is
wrong with it, if anything, and what a zip holds. Texts of the libraries' errors are never passed on: they may hold cells.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import resource
import stat
import sys
import zipfile
import zlib
from typing import IO, Any

SHEET_ROWS = 1_048_576
"""The most rows that a sheet of a workbook can have."""
ROWS_FROM = 1_000_000
"""Rows that a file may have however small it is."""
_BITS = {"BOOLEAN": 1, "INT64": 64, "DOUBLE": 64, "BYTE_ARRAY": 32}
"""The least that a value takes once decoded, by physical type; integers may be of eight bits."""
_BATCH = 1 << 14
_HEAD = 1 << 16
_SIGNATURES = (
    (b"PK\x03\x04", "a zip file or workbook"), (b"\x1f\x8b", "a gzip file"), (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old workbook"), (b"%PDF", "a PDF"), (b"BZh", "a bzip2 file"), (b"\xfd7zXZ", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"), (b"7z\xbc\xaf", "a 7z file"),
)  # fmt: skip
_DAMAGED = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, KeyError, IndexError, zipfile.BadZipFile, zlib.error)


class Refusal(Exception):
    """What is wrong with a file, and how to mend it."""


def main() -> None:
    """Answer requests until there are none."""
    limits: dict[str, int] = json.loads(sys.stdin.readline())
    for line in sys.stdin:
        request = json.loads(line)
        _allow(limits, request["bytes"])
        answer = answered(request, limits)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def answered(request: dict[str, Any], limits: dict[str, int]) -> dict[str, Any]:
    """`{"what", "mend"}` of what is wrong, or `{"members"}`: name and unpacked size of each file in a zip."""
    try:
        with _opened(request["url"]) as stream:
            return {"members": _looked_at(request, stream, limits) or []}
    except Refusal as refusal:
        return dict(zip(("what", "mend"), refusal.args, strict=True))
    except MemoryError:
        return {"what": "needs more memory to be read than limits.memory allows", "mend": "split it, or raise limits.memory"}
    except FileNotFoundError:
        return {"what": "went away while the program ran", "mend": "have it delivered again, and run again"}


def _allow(limits: dict[str, int], size: int) -> None:
    """Processor time for the next file, and the memory."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + limits["seconds"] + size // limits["bytes_per_second"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _opened(url: str) -> Any:
    if "://" not in url:
        return open(url, "rb")
    import fsspec

    return fsspec.open(url, "rb").open()


def _looked_at(request: dict[str, Any], stream: IO[bytes], limits: dict[str, int]) -> list[tuple[str, int]] | None:
    size, kind = int(request["bytes"]), request["format"]
    if request["packing"] == "zip":
        return _zip(stream, size, limits)
    if kind == "parquet":
        _parquet(stream, size, request.get("said"), limits)
    elif kind == "excel":
        _workbook(stream, size, request["sheet"], limits)
    else:
        head = stream.read(_HEAD)
        if request["packing"] == "gzip":
            try:
                head = gzip.GzipFile(fileobj=io.BytesIO(head)).read1(_HEAD)
            except _DAMAGED:
                raise Refusal("is not a whole gzip file", "have it delivered again") from None
        for signature, name in _SIGNATURES:
            if head.startswith(signature):
                raise Refusal(f"is {name}, and not what its name says", "name it after what it holds, or declare format under file")
    return None


def budget(size: int, limits: dict[str, int]) -> tuple[int, str]:
    """How many bytes a file of `size` may unpack to, and the limit that says so."""
    most = max(limits["expansion_from"], limits["expansion"] * size)
    return (most, "limits.expansion") if most <= limits["unpacked_bytes"] else (limits["unpacked_bytes"], "limits.unpacked_bytes")


def _zip(stream: IO[bytes], size: int, limits: dict[str, int]) -> list[tuple[str, int]]:
    try:
        entries = zipfile.ZipFile(stream).infolist()
    except _DAMAGED:
        raise Refusal("is not a whole zip file", "have it delivered again") from None
    _entries(entries, size, limits)
    found = []
    for entry in entries:
        parts = entry.filename.split("/")
        if entry.is_dir() or any(part.startswith((".", "_")) for part in parts):
            continue
        if entry.flag_bits & 1:
            raise Refusal("is protected by a password", "have it delivered without one")
        if entry.filename.lower().endswith((".zip", ".gz", ".bz2", ".xz", ".7z")):
            raise Refusal("holds a packed file in a packed file", "have it packed once")
        found.append((entry.filename, entry.file_size))
    if not found:
        raise Refusal("holds no files", "have it delivered again")
    return sorted(found)


def _entries(entries: list[zipfile.ZipInfo], size: int, limits: dict[str, int]) -> None:
    """Refuse what no honest zip has: paths that climb out, links, names given twice, more than the limits allow."""
    if len(entries) > limits["members"]:
        raise Refusal(f"holds more than {limits['members']:,} files (limits.members)", "split it, or raise limits.members")
    names = [entry.filename for entry in entries]
    for entry, name in zip(entries, names, strict=True):
        if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or re.match(r"[A-Za-z]:", name) or "\0" in name:
            raise Refusal("holds a file whose path leaves its folder", "do not use it: an honest zip has no such path")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Refusal("holds a symbolic link", "have it delivered with files alone")
    if len(set(names)) < len(names):
        raise Refusal("holds two files of one name", "have it delivered again")
    most, said = budget(size, limits)
    if sum(entry.file_size for entry in entries) > most:
        raise Refusal(f"unpacks to more than {said} allows: it may be a bomb", f"have it delivered unpacked, or raise {said}")


def _workbook(stream: IO[bytes], size: int, sheet: str | None, limits: dict[str, int]) -> None:
    content = stream.read()
    if content.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in content:
        raise Refusal("is protected by a password", "have it delivered without one")
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                _entries(book.infolist(), size, limits)
                for name in book.namelist():
                    with book.open(name) as part:  # to its end, for only there its checksum is compared
                        head = part.read(4096)
                        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                            _claimed(head)
                        while part.read(_HEAD):
                            pass
        except _DAMAGED:
            raise _no_workbook() from None
    import python_calamine

    try:
        found = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if not found.sheet_names or (sheet is not None and sheet not in found.sheet_names):
            return  # said by the reader, with the names that there are
        read = found.get_sheet_by_name(sheet or found.sheet_names[0])
        if read.total_height > min(SHEET_ROWS, limits["rows"]) or read.total_width > 16_384:
            raise _too_many_rows()
        for _ in read.iter_rows():
            pass
    except python_calamine.PasswordError:
        raise Refusal("is protected by a password", "have it delivered without one") from None
    except (Refusal, MemoryError):
        raise
    except BaseException:
        raise _no_workbook() from None


def _claimed(head: bytes) -> None:
    found = re.search(rb'<dimension ref="[A-Z]+\d*:[A-Z]+(\d+)"', head)
    if found and int(found[1]) > SHEET_ROWS:
        raise _too_many_rows()


def _too_many_rows() -> Refusal:
    return Refusal(f"claims more rows than a sheet can have ({SHEET_ROWS:,}) or limits.rows allows", "have it delivered as CSV")


def _no_workbook() -> Refusal:
    return Refusal("is not a whole Excel workbook", "have it delivered again, or saved as CSV")


def named(column: str, said: str) -> bool:
    """Whether expressions may read a column: its name stands somewhere in their text, or they name columns by a pattern."""
    text = said.casefold()
    return column.casefold() in text or '"' in column or "columns(" in text.replace(" ", "") or "*" in text


def _parquet(stream: IO[bytes], size: int, said: str | None, limits: dict[str, int]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(1)
    try:
        with pq.ParquetFile(stream, page_checksum_verification=True, memory_map=False) as source:
            _footer(source, size, limits)
            rows, decoded = 0, 0
            most, limit = budget(size, limits)
            columns = None if said is None else [name for name in source.schema_arrow.names if named(name, said)]
            for batch in source.iter_batches(_BATCH, use_threads=False, columns=columns or None):
                batch.validate(full=True)
                rows, decoded = rows + batch.num_rows, decoded + batch.nbytes
                if decoded > most:
                    raise Refusal(f"unpacks to more than {limit} allows: it may be a bomb", f"split it, or raise {limit}")
            if rows != source.metadata.num_rows and source.metadata.num_columns:
                raise Refusal("holds another number of rows than its footer says", "have it delivered again")
    except (Refusal, MemoryError):
        raise
    except (pa.ArrowException, *_DAMAGED) as error:
        if "too deeply nested" in str(error):
            told = f"has a column nested deeper than {limits['depth']} levels (limits.depth)"
            raise Refusal(told, "flatten it before delivery") from None
        raise Refusal("is not a whole Parquet file: truncated, damaged or encrypted", "have it delivered again") from None


def _footer(source: Any, size: int, limits: dict[str, int]) -> None:
    """Refuse by the footer what would take long or much memory to decode."""
    footer = source.metadata
    groups = [footer.row_group(index) for index in range(min(footer.num_row_groups, limits["row_groups"] + 1))]
    leaves = [source.schema.column(index) for index in range(min(footer.num_columns, limits["columns"] * 8 + 1))]
    for group in groups[:1] + groups[-1:]:
        if [group.column(index).path_in_schema for index in range(len(leaves))] != [leaf.path for leaf in leaves]:
            raise Refusal("is not a whole Parquet file: its footer contradicts itself", "have it delivered again")
    bits = sum(_BITS.get(leaf.physical_type, 8) for leaf in leaves if leaf.max_repetition_level == 0)
    spare = max(ROWS_FROM, limits["rows_per_byte"] * size)
    for count, limit, thing, key in (
        (footer.num_rows, limits["rows"], "rows", "rows"),
        (footer.num_rows, spare, "rows, which is more than its size can hold", "rows_per_byte"),
        (len(groups), limits["row_groups"], "row groups", "row_groups"),
        (max((group.num_rows for group in groups), default=0), limits["rows_per_group"], "rows in a row group", "rows_per_group"),
        (footer.num_columns, limits["columns"], "columns", "columns"),
        (max((leaf.path.count(".") + 1 for leaf in leaves), default=0), limits["depth"] * 3, "levels", "depth"),
    ):
        if count > limit:
            raise Refusal(f"has more than {limit:,} {thing} (limits.{key})", f"split it, or raise limits.{key}")
    most, said = budget(size, limits)
    if max(footer.num_rows * bits // 8, sum(group.total_byte_size for group in groups)) > most:
        raise Refusal(f"unpacks to more than {said} allows: it may be a bomb", f"split it, or raise {said}")


if __name__ == "__main__":
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    main()
