"""Looking for values of a person in every byte of a folder: as they lie, as tables decode them, and inside archives."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SHORT = 6


def found(folder: Path, values: Collection[str], leave: Collection[str] = ()) -> dict[str, list[str]]:
    """Which of the values are in which file below a folder, whatever its case; names of files are looked at too. leave: names of files
    that are the user's own."""
    wanted = {value: re.compile(_pattern(value), re.IGNORECASE) for value in values}
    where: dict[str, list[str]] = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and path.name not in leave):
        text = "\n".join([str(file.relative_to(folder)), *_texts(file.name, file.read_bytes())])
        if hits := [value for value, pattern in wanted.items() if pattern.search(text)]:
            where[str(file.relative_to(folder))] = hits
    return where


def _pattern(value: str) -> str:
    """A short value counts as a word of its own alone: hashes have every short one in them."""
    return re.escape(value) if len(value) > SHORT else rf"(?<![0-9A-Za-z]){re.escape(value)}(?![0-9A-Za-z])"


def _texts(name: str, content: bytes) -> Iterator[str]:
    for coding in ("latin-1", "utf-16-le"):
        yield content.decode(coding, errors="replace")
    if content[:4] == b"PAR1":
        yield _rows(pq.read_table(io.BytesIO(content)))
    elif content[:6] == b"ARROW1":
        yield _rows(pa.ipc.open_file(io.BytesIO(content)).read_all())
    elif name.endswith(".tar"):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive:
                inner = archive.extractfile(member)
                if inner is not None:
                    yield from (member.name, *_texts(member.name, inner.read()))


def _rows(table: pa.Table) -> str:
    """A table as text: dates as ISO, bytes as hex digits."""
    return json.dumps(table.to_pylist(), default=lambda value: value.hex() if isinstance(value, bytes) else str(value), ensure_ascii=False)
