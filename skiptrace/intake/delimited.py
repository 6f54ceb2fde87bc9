"""Delimited text: any delimiter and quote, with or without a header. Every cell stays text; an empty one is NULL.

Nothing is inferred, so no leading zero is lost. Which records there are, and which can be believed, is settled by one scan of
the bytes (`kernels.text_records`); the parser is only given records that have the right number of cells, and must find as many.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv as arrow_csv

from skiptrace.intake.header import Header
from skiptrace.intake.text_blocks import Block, Mark
from skiptrace.kernels.text_records import NO_QUOTE
from skiptrace.project.form import Form


class Delimited:
    """Reader of delimited text, by a settled form and what its first lines say."""

    def __init__(self, form: Form, header: Header) -> None:
        self.start: Mark = header.start
        self._names = list(header.names)
        self._delimiter, self._quote = str(form.delimiter), form.quote
        self.scan = (ord(self._delimiter), ord(form.quote) if form.quote else NO_QUOTE, len(self._names))

    def names(self) -> list[str]:
        """Names of the columns."""
        return self._names

    def judge(self, block: Block) -> None:
        """Nothing is left to judge: the scan counted the cells."""

    def table(self, block: Block, chosen: npt.NDArray[np.bool_], columns: Sequence[str]) -> pa.Table:
        """The chosen records."""
        text = _joined(block, chosen)
        if not text or not columns:
            rows = int(chosen.sum())
            return pa.table([pa.nulls(rows, pa.string())] * len(columns), schema=pa.schema([(n, pa.string()) for n in columns]))
        if len(self._names) == 1 and self._quote and self._quote.encode() in text:
            return self._one_column(block, chosen)
        return arrow_csv.read_csv(
            pa.BufferReader(text),
            arrow_csv.ReadOptions(block_size=max(len(text), 1) + 1, column_names=self._names, use_threads=False),
            arrow_csv.ParseOptions(delimiter=self._delimiter, quote_char=self._quote or False, newlines_in_values=True),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(self._names, pa.string()), include_columns=list(columns), null_values=[""],
                strings_can_be_null=True, quoted_strings_can_be_null=True, check_utf8=False,
            ),
        )  # fmt: skip

    def _one_column(self, block: Block, chosen: npt.NDArray[np.bool_]) -> pa.Table:
        """A quoted empty cell alone in its line is a row, and the parser would take the line for an empty one."""
        quote = self._quote
        found = []
        for row in np.flatnonzero(chosen):
            text = block.text(int(row))
            if quote and text.startswith(quote):
                text = text[1:-1].replace(quote * 2, quote)
            found.append(text or None)
        return pa.table([pa.array(found, pa.string())], names=self._names)


def _joined(block: Block, chosen: npt.NDArray[np.bool_]) -> bytes:
    """The bytes of the chosen records with their line ends: as few pieces as there are runs of them."""
    if not chosen.any():
        return b""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], chosen.view(np.int8), [0]))))
    pieces = [block.data[int(block.starts[low]) : int(block.ends[high - 1])] for low, high in zip(edges[::2], edges[1::2], strict=True)]
    return b"\n".join(pieces)
