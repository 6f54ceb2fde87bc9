"""How deeply a TOML text is nested, before it is parsed.

The parser of the standard library takes seconds for a key of twenty thousand parts, and its time grows with their square. So brackets and
the parts of keys are counted first, in one pass that skips strings and comments.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r'"""(?:\\.|"(?!"")|[^"\\])*+(?:""")?|"(?:\\.|[^"\\\n])*+"?|'
    r"'''(?:'(?!'')|[^'])*+(?:''')?|'[^'\n]*+'?|#[^\n]*+|[\[\]{}.=,\n]",
    re.DOTALL,
)
"""A string or comment, closed or not, or a mark between keys and values. Nothing is tried twice: time follows from the length."""


def deeper_than(text: str, levels: int) -> int | None:
    """The line (from 1) on which more brackets are open at once, or a key has more parts, than `levels`; None where there is none."""
    line, depth, parts = 1, 0, 1
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark == ".":
            parts += 1
        elif mark in "[{":
            depth, parts = depth + 1, 1
        elif mark in "]}":
            depth, parts = max(0, depth - 1), 1
        elif mark in "=,\n" or mark[0] == "#":
            parts = 1
        if depth > levels or parts > levels:
            return line
        line += mark.count("\n")
    return None
