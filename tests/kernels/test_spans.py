from __future__ import annotations

import numpy as np

from skiptrace.kernels.spans import copy_text, text_size


def test_spans_of_two_buffers_are_laid_in_order() -> None:
    data, extra = np.frombuffer(b"12 Oak St", np.uint8), np.frombuffer("éxx".encode(), np.uint8)
    starts, ends = np.array([3, -1, 0, -1]), np.array([6, 1, 2, 0])
    extra_offsets = np.array([0, 2, 4])
    offsets = np.empty(5, np.int64)
    text_size(starts, ends, extra_offsets, offsets)
    out = np.empty(int(offsets[-1]), np.uint8)
    copy_text(data, starts, ends, extra, extra_offsets, offsets, out)
    assert offsets.tolist() == [0, 3, 5, 7, 9]
    assert bytes(out).decode() == "Oakxx12é"
