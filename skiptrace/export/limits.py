"""What a platform's importer takes: columns, headers, characters, rows and bytes. Read from a profile, held to on every write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

Finding = tuple[str, str, str]
"""Key, what is wrong, the mend."""

_CASES: Final = ("lower", "any")


@dataclass(frozen=True)
class Limits:
    """Documented limits of an importer; None: none is known.

    `columns`, `header_chars`, `header_case` and `header_pattern` (a whole header, as a regular expression) bind the profile
    itself; `cell_chars`, `printable_ascii` bind cells; `rows_per_file` (without the header line) and `bytes_per_file` split."""

    columns: int | None = None
    header_chars: int | None = None
    header_case: str = "any"
    header_pattern: str | None = None
    cell_chars: int | None = None
    printable_ascii: bool = False
    rows_per_file: int | None = None
    bytes_per_file: int | None = None


_NUMBERS: Final = ("columns", "header_chars", "cell_chars", "rows_per_file", "bytes_per_file")


def read_limits(content: Mapping[str, Any]) -> tuple[Limits, list[Finding]]:
    """The table [limits] of a profile, and what is wrong with it."""
    known = [field.name for field in fields(Limits)]
    found = [(key, "unknown key", f"there are {', '.join(known)}") for key in sorted(set(content) - set(known))]
    for key in _NUMBERS:
        if key in content and (not isinstance(content[key], int) or isinstance(content[key], bool) or content[key] < 1):
            found.append((key, "must be a whole number above 0", ""))
    if content.get("header_case", "any") not in _CASES:
        found.append(("header_case", "not a value of this limit", f"one of {', '.join(_CASES)}"))
    if not isinstance(content.get("printable_ascii", False), bool):
        found.append(("printable_ascii", "must be true or false", ""))
    try:
        re.compile(content.get("header_pattern", ""))
    except (re.error, TypeError):
        found.append(("header_pattern", "is not a regular expression", ""))
    return (Limits() if found else Limits(**content)), found


def broken_by_headers(limits: Limits, headers: Sequence[str]) -> Iterator[Finding]:
    """How the headers of a profile break its limits: header, what, mend."""
    if limits.columns is not None and len(headers) > limits.columns:
        yield "columns", f"there are {len(headers)} columns, the platform takes {limits.columns}", "leave some out"
    for header in headers:
        if limits.header_chars is not None and len(header) > limits.header_chars:
            yield header, f"the header has {len(header)} characters, the platform takes {limits.header_chars}", "shorten it"
        if limits.header_case == "lower" and header != header.lower():
            yield header, "the platform takes lower-case headers only", f'write "{header.lower()}"'
        if limits.header_pattern is not None and not re.fullmatch(limits.header_pattern, header):
            yield header, f"the platform takes headers of the form {limits.header_pattern} only", "rename it"
