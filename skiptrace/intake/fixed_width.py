"""Fixed-width text: fields by position in a line of fixed length, as a layout says. Every cell stays text.

Positions are counted in characters, so a file in one of the old eight-bit sets is cut right once its encoding is declared.
Blanks around a value are filling; a field of nothing else is NULL.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.intake.refusal import WRONG_LENGTH
from skiptrace.intake.text_blocks import Block, Mark, good
from skiptrace.kernels.text_records import NO_QUOTE
from skiptrace.project.form import Form


class FixedWidth:
    """Reader of fixed-width lines, by a settled form."""

    scan = (NO_QUOTE, NO_QUOTE, 0)

    def __init__(self, form: Form, start: Mark) -> None:
        self.start = start
        self._fields = {field.name: field for field in form.fields}
        self._length = form.length or max(field.end for field in form.fields)

    def names(self) -> list[str]:
        """Names of the fields, in the layout's order."""
        return list(self._fields)

    def judge(self, block: Block) -> None:
        """A line of another length than the layout's has lost or gained something somewhere."""
        sizes = block.ends - block.starts
        if not block.data.isascii():
            usable = good(block)
            sizes[usable] = np.asarray(pc.utf8_length(_lines(block, usable)))
        block.reasons[(block.reasons == 0) & (sizes != self._length)] = WRONG_LENGTH

    def table(self, block: Block, chosen: npt.NDArray[np.bool_], columns: Sequence[str]) -> pa.Table:
        """The chosen lines, cut into fields."""
        lines = _lines(block, chosen)
        found = []
        for name in columns:
            field = self._fields[name]
            value = pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(lines, field.start - 1, field.end))
            found.append(pc.if_else(pc.equal(value, ""), pa.scalar(None, pa.string()), value))
        return pa.table(found, names=list(columns)) if columns else pa.table({})


def _lines(block: Block, chosen: npt.NDArray[np.bool_]) -> pa.Array:
    """The chosen lines as a text column. The data is copied once: offsets of a column leave no gaps for line ends."""
    starts, sizes = block.starts[chosen], (block.ends - block.starts)[chosen]
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    places = np.repeat(starts - offsets[:-1], sizes) + np.arange(offsets[-1])
    data = np.frombuffer(block.data, np.uint8)[places]
    return pa.Array.from_buffers(pa.string(), len(starts), [None, pa.py_buffer(offsets), pa.py_buffer(data)])
