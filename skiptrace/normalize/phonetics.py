"""How a name sounds, for blocking keys that survive misspelling."""

from __future__ import annotations

import re

import jellyfish
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.kernels.nysiis import nysiis
from skiptrace.normalize.text_buffers import arrow_text, text_of

_OTHER = re.compile(r"[^A-Z]+")


def code(name: str) -> str:
    """NYSIIS code of a name's letters, without spaces and hyphens; empty where there are no letters.

    NYSIIS was made for surnames and keeps vowels, so its groups stay smaller than those of Soundex or Metaphone.
    """
    letters = _OTHER.sub("", name[:256].upper())
    return jellyfish.nysiis(letters) if letters else ""


def codes(names: pa.Array) -> pa.Array:
    """The code of each of many names (string [n]); empty for a null."""
    texts = pc.utf8_slice_codeunits(names, 0, 256)
    offsets, data = arrow_text(texts)
    starts, out = np.empty(len(texts) + 1, np.int32), np.empty(len(data), np.uint8)
    plain = np.empty(len(texts), np.bool_)
    nysiis(offsets, data, starts, out, plain)
    found = text_of(starts, out[: starts[-1]])
    if plain.all():
        return found
    strange = pa.array([code(name) for name in texts.filter(pa.array(~plain)).to_pylist()], pa.string())
    return pc.replace_with_mask(found, pa.array(~plain), strange)
