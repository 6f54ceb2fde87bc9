"""JSON lines: one object per line. Every value becomes text as it is written; NULL where it is null or missing.

Numbers keep their digits, true and false their words; an object or list inside stays JSON text. The columns are the keys of all
objects, in the order in which they are first seen. Lines are read one by one by the standard library, because no columnar
reader keeps `1.50` and `00012` apart from what they would be as numbers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from skiptrace.intake.refusal import NOT_JSON
from skiptrace.intake.text_blocks import Block, Mark, good
from skiptrace.kernels.text_records import NO_QUOTE


class _Twice(ValueError):
    """An object has one key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice
    return found


def _constant(text: str) -> Any:
    raise ValueError(text)  # NaN and Infinity are no JSON


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=_constant)


class JsonLines:
    """Reader of JSON lines. `names`: the columns that are known; those of new keys are added while lines are judged."""

    scan = (NO_QUOTE, NO_QUOTE, 0)

    def __init__(self, names: Sequence[str], start: Mark) -> None:
        self.start = start
        self._names = dict.fromkeys(names)

    def names(self) -> list[str]:
        """The keys seen so far."""
        return list(self._names)

    def judge(self, block: Block) -> None:
        """Lines that are not one object, or hold a key twice, cannot be used."""
        block.parsed = [None] * len(block.starts)
        for row in np.flatnonzero(good(block)):
            text = block.text(int(row))
            try:
                found = _DECODER.decode(text)
                if "\\u" in text:
                    json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no character
            except (ValueError, RecursionError):
                found = None
            if isinstance(found, dict) and all(found):
                block.parsed[row] = found
                self._names.update(dict.fromkeys(found))
            else:
                block.reasons[row] = NOT_JSON

    def table(self, block: Block, chosen: npt.NDArray[np.bool_], columns: Sequence[str]) -> pa.Table:
        """The chosen objects."""
        found = [block.parsed[row] for row in np.flatnonzero(chosen)]
        return pa.table(
            [pa.array([_text(value.get(name)) for value in found], pa.string()) for name in columns],
            schema=pa.schema([(name, pa.string()) for name in columns]),
        )


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
