"""On which line of a TOML text each key stands. The standard parser does not tell; people look for lines.

Understands tables, arrays of tables, dotted and quoted keys, and skips over strings, multi-line values and comments.
It runs only on text that the real parser accepted, so it locates and never judges. Keys of inline tables have their
parent's line.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_KEY_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.)?""")
_HEADER = re.compile(r"\s*(\[\[?)")
_TOKEN = re.compile(r'"""|\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]')


def key_lines(text: str) -> dict[Path, int]:
    """Line number (from 1) by key path. Arrays of tables are counted from 0: ('source', 1, 'columns', 'dob')."""
    found: dict[Path, int] = {}
    arrays: dict[Path, int] = {}
    table: Path = ()
    position, line = 0, 1
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        row = text[position:end]
        header = _HEADER.match(row)
        if not row.strip() or row.lstrip().startswith("#"):
            pass
        elif header:
            names, _ = _names(row, header.end())
            table = _resolve(names[:-1], arrays)
            if header[1] == "[[":
                array = (*table, names[-1])
                arrays[array] = arrays.get(array, -1) + 1
                table = (*array, arrays[array])
            else:
                table = _resolve(names, arrays)
            found.setdefault(table, line)
        else:
            names, after = _names(row, 0)
            for depth in range(1, len(names) + 1):
                found.setdefault((*table, *names[:depth]), line)
            end = _value_end(text, position + after)
        line += text.count("\n", position, end + 1)
        position = end + 1
    return found


def line_of(path: Path, lines: dict[Path, int]) -> int | None:
    """The line of a key, or of the nearest table around it."""
    for depth in range(len(path), 0, -1):
        if path[:depth] in lines:
            return lines[path[:depth]]
    return None


def _names(row: str, start: int) -> tuple[list[str], int]:
    names: list[str] = []
    while part := _KEY_PART.match(row, start):
        names.append(next(group for group in part.groups()[:3] if group is not None))
        start = part.end()
        if not part[4]:
            break
    return names or [""], start


def _resolve(names: list[str], arrays: dict[Path, int]) -> Path:
    """A header's path, with the current index put behind every name that is an array of tables."""
    path: Path = ()
    for name in names:
        path = (*path, name)
        if path in arrays:
            path = (*path, arrays[path])
    return path


def _value_end(text: str, position: int) -> int:
    """Where the line ends on which the value that starts after `position` is complete."""
    depth = 0
    while token := _TOKEN.search(text, position):
        word, position = token[0], token.end()
        if word in ('"""', "'''"):
            closed = text.find(word, position)
            while word == '"""' and closed > 0 and text[closed - 1] == "\\":
                closed = text.find(word, closed + 1)
            position = len(text) if closed < 0 else closed + 3
        elif word in "[{":
            depth += 1
        elif word in "]}":
            depth -= 1
        elif word == "\n" and depth <= 0:
            return token.start()
    return len(text)
