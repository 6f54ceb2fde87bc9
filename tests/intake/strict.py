"""Plain readers of text, one character at a time: what the fast ones must equal."""

from __future__ import annotations

from typing import NamedTuple


class Unclosed(Exception):
    """A quotation mark is never closed; the argument is the line (from 1) where it opens."""


class Record(NamedTuple):
    """A record: its line (from 1), its cells as bytes and why it cannot be used ('' where it can)."""

    line: int
    cells: list[bytes]
    reason: str


def records(data: bytes, delimiter: bytes, quote: bytes, width: int, longest: int = 1 << 20) -> list[Record]:
    """Every record of delimited text; `quote` may be empty."""
    found: list[Record] = []
    at, line = 0, 1
    while at < len(data):
        start, first = at, line
        cells: list[bytes] = []
        stray = spans = False
        while True:
            if quote and not stray and data[at : at + 1] == quote:
                cell, at, lines, inside, looks = _quoted(data, at + 1, quote, delimiter, line, width)
                spans |= looks
                line += lines
                if at < len(data) and data[at : at + 1] not in (delimiter, b"\n", b"\r"):
                    if lines:
                        raise Unclosed(inside)
                    stray = True
            else:
                cell = b""
            while at < len(data) and data[at : at + 1] not in (delimiter, b"\n", b"\r"):
                cell += data[at : at + 1]
                at += 1
            cells.append(cell)
            if at < len(data) and data[at : at + 1] == delimiter:
                at += 1
                continue
            break
        end = at
        if at < len(data):
            at += 2 if data[at : at + 2] == b"\r\n" else 1
            line += 1
        if end == start:
            continue
        found.append(Record(first, cells, _reason(data[start:end], cells, stray, spans, width, longest)))
    return found


def _quoted(data: bytes, at: int, quote: bytes, delimiter: bytes, line: int, width: int) -> tuple[bytes, int, int, int, bool]:
    """The cell, where it ends, lines in it, the line where it opens, and whether a later line of it looks like a row."""
    cell, lines, marks, looks = b"", 0, 0, False
    while True:
        if at >= len(data):
            raise Unclosed(line)
        byte = data[at : at + 1]
        if byte == quote:
            if data[at + 1 : at + 2] != quote:
                break
            at += 1
        elif byte == delimiter:
            marks += 1
        elif byte == b"\n" or (byte == b"\r" and data[at + 1 : at + 2] not in (b"\n", b"")):
            looks |= lines > 0 and width > 3 and marks >= width - 1
            lines, marks = lines + 1, 0
        cell += byte
        at += 1
    looks |= lines > 0 and width > 3 and marks >= width - 1
    return cell, at + 1, lines, line, looks


def _reason(text: bytes, cells: list[bytes], stray: bool, spans: bool, width: int, longest: int) -> str:
    if b"\0" in text:
        return "nul_byte"
    try:
        text.decode()
    except UnicodeDecodeError:
        return "undecodable"
    if len(text) > longest:
        return "line_too_long"
    if stray:
        return "text_after_quote"
    if spans:
        return "quote_spans_rows"
    return "ragged" if width and len(cells) != width else ""


def rows(data: bytes, delimiter: str, quote: str, width: int) -> tuple[list[list[str | None]], list[tuple[int, int, str]]]:
    """The rows that can be used, and number, line and reason of the others."""
    found = records(data, delimiter.encode(), quote.encode(), width)
    usable = [[cell.decode() or None for cell in record.cells] for record in found if not record.reason]
    return usable, [(number, record.line, record.reason) for number, record in enumerate(found, 1) if record.reason]
