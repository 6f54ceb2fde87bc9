"""Delivered text as blocks of records: unpacked, in UTF-8, cut where records end, each record judged by its form.

Memory holds one block. A block says where it begins, so that a range of rows in the middle of a large file is reached without
reading what is before it.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from skiptrace.intake.refusal import refused
from skiptrace.intake.unpacking import Unpacked, unpacked
from skiptrace.kernels.text_records import GOOD, NO_QUOTE, mark_undecodable, scan_records
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import InputFile

BLOCK = 1 << 23
HEAD = 1 << 18
BOM = codecs.BOM_UTF8


@dataclass(frozen=True)
class Mark:
    """A place between two records of a file: `offset` into its unpacked UTF-8 bytes, `row` and `line` numbers (from 0) of what
    follows, and where the rows of the whole file end (`stop`; None: at its end)."""

    offset: int
    row: int
    line: int
    stop: int | None = None


@dataclass
class Block:
    """Some records of a file: the bytes, where each record starts and ends in them, its line (from 1) and reason (0: good).
    `mark` is where the first begins. `parsed` is for a reader that understands a record while it judges it."""

    data: bytes
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]
    reasons: npt.NDArray[np.uint8]
    mark: Mark
    parsed: list[Any] = field(default_factory=list)

    def text(self, row: int) -> str:
        """One record."""
        return self.data[int(self.starts[row]) : int(self.ends[row])].decode("utf-8", "replace")


def head(file: InputFile, form: Form, limits: Limits) -> bytes:
    """The first bytes of a file, unpacked, in UTF-8, with a byte order mark if there is one."""
    with unpacked(file, limits) as stream:
        return b"".join(_chunks(file, stream, form, 0, HEAD, HEAD))[:HEAD]


def tail(file: InputFile, form: Form, limits: Limits) -> tuple[bytes, int]:
    """The last bytes of a file, unpacked, in UTF-8, and the size of the whole. Reads all of it unless it is plain UTF-8."""
    start = max(file.bytes - HEAD, 0) if _is_plain(file, form) else 0
    kept, size = b"", start
    with unpacked(file, limits) as stream:
        for chunk in _chunks(file, stream, form, start, None, BLOCK):
            kept = (kept + chunk)[-HEAD:]
            size += len(chunk)
    return kept, size


def blocks(
    file: InputFile, form: Form, limits: Limits, mark: Mark, delimiter: int = NO_QUOTE, quote: int = NO_QUOTE, width: int = 0
) -> Iterator[Block]:
    """The records from `mark` on. `delimiter`, `quote` (bytes; 256: none) and `width` (cells; 0: any) say what a record is.

    Raises DataRefused where a quotation mark is never closed, with the line where it opens."""
    buffer, offset, row, line = b"", mark.offset, mark.row, mark.line
    length = None if mark.stop is None else mark.stop - mark.offset
    with unpacked(file, limits) as stream:
        chunks = _chunks(file, stream, form, mark.offset, length, BLOCK)
        following = next(chunks, None)
        dropped = 0
        while following is not None or buffer:
            buffer += following or b""
            following = next(chunks, None)
            final = following is None
            buffer, cut = _shortened(buffer, limits.line_bytes, final, quote)
            dropped += cut
            found, used, passed = _scan(file, buffer, final, line, (delimiter, quote, width), limits.line_bytes)
            starts, ends, lines, reasons = found
            if len(starts):
                lines += line + 1
                yield Block(buffer, starts, ends, lines, reasons, Mark(offset, row, line, mark.stop))
            offset += used + (dropped if used else 0)
            dropped = 0 if used else dropped
            row, line = row + len(starts), line + passed
            buffer = buffer[used:]
            if final:
                return


def _shortened(buffer: bytes, longest: int, final: bool, quote: int) -> tuple[bytes, int]:
    """Without the middle of a line that is longer than a block: it is rejected anyway, and must not fill the memory."""
    if len(buffer) <= BLOCK + 2 * longest or b"\n" in buffer or b"\r" in buffer:
        return buffer, 0
    kept = buffer[: longest + 1].replace(bytes([quote]), b" ") if quote < NO_QUOTE else buffer[: longest + 1]
    return kept, len(buffer) - len(kept)


def _scan(
    file: InputFile, buffer: bytes, final: bool, line: int, form: tuple[int, int, int], longest: int
) -> tuple[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint8]], int, int]:
    room = len(buffer) // 2 + 1  # no record is shorter than a byte and its line end; memory that is not written is not taken
    starts, ends, lines = (np.empty(room, np.int64) for _ in range(3))
    reasons, state = np.empty(room, np.uint8), np.zeros(3, np.int64)
    data = np.frombuffer(buffer, np.uint8)
    count = scan_records(data, len(buffer), final, *form, longest, starts, ends, lines, reasons, state)
    if state[2] >= 0:
        what = "has a quotation mark that is never closed: what follows it cannot be told apart"
        mend = 'have the file delivered again, or set quote = "" under file if nothing is quoted'
        raise refused(file, what, mend, line + int(state[2]) + 1)
    starts, ends, lines, reasons = starts[:count], ends[:count], lines[:count], reasons[:count]
    used = int(state[0])
    if not _is_utf8(buffer, used):
        mark_undecodable(data, starts, ends, reasons)
    return (starts, ends, lines, reasons), used, int(state[1])


def _is_utf8(buffer: bytes, used: int) -> bool:
    try:
        str(memoryview(buffer)[:used], "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def good(block: Block) -> npt.NDArray[np.bool_]:
    """Which records of a block can be used."""
    return np.equal(block.reasons, GOOD)


def _is_plain(file: InputFile, form: Form) -> bool:
    return not file.packing and form.encoding in (None, "utf-8")


def _chunks(
    file: InputFile, stream: Unpacked, form: Form, offset: int, length: int | None, size: int
) -> Iterator[bytes]:
    """`length` bytes (None: all) of the UTF-8 form from `offset` on, at most about `size` at a time."""
    left = length
    pieces: Iterator[bytes]
    if form.encoding in (None, "utf-8"):
        stream.skip(offset)
        pieces = iter(lambda: stream.read(size), b"")
    else:
        pieces = _without(_transcoded(file, stream, str(form.encoding), size), offset)
    for piece in pieces:
        kept = piece if left is None else piece[:left]
        if kept:
            yield kept
        if left is not None:
            left -= len(kept)
            if left <= 0:
                return


def _transcoded(file: InputFile, stream: Unpacked, encoding: str, size: int) -> Iterator[bytes]:
    """Undefined bytes stay as they are, and so are no UTF-8: their lines are rejected."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    while True:
        piece = stream.read(size)
        try:
            yield decoder.decode(piece, final=not piece).encode("utf-8", "surrogateescape")
        except UnicodeError:
            raise refused(file, f"is not {encoding}", "correct encoding under file") from None
        if not piece:
            return


def _without(pieces: Iterator[bytes], offset: int) -> Iterator[bytes]:
    for piece in pieces:
        kept = piece[offset:]
        offset = max(offset - len(piece), 0)
        yield kept
