from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.zip_scan import EMPTY, FIVE, NINE, OTHER, scan_zips
from skiptrace.normalize.text_buffers import arrow_text


def scanned(texts: list[str]) -> list[tuple[int, int]]:
    offsets, data = arrow_text(pa.array(texts, pa.string()))
    forms, numbers = np.empty(len(texts), np.uint8), np.empty(len(texts), np.int32)
    scan_zips(data, offsets, forms, numbers)
    return list(zip(forms.tolist(), numbers.tolist(), strict=True))


def plain(text: str) -> tuple[int, int]:
    if re.fullmatch("[0-9]{5}", text):
        return FIVE, int(text)
    if re.fullmatch("[0-9]{5}[- ]?[0-9]{4}", text):
        return NINE, int(text[:5])
    return (OTHER if text else EMPTY), 0


@given(st.lists(st.one_of(st.text("0189- .a", max_size=11), st.from_regex(r"\A[0-9]{5}[- ]?([0-9]{4})?\Z"), st.text()), max_size=20))
def test_forms_and_numbers_of_any_text(texts: list[str]) -> None:
    assert scanned(texts) == [plain(text) for text in texts]
