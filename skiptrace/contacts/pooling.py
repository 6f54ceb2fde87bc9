"""Spellings of one address, pooled within an account: a slip in the house number or street is no second home."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA, Indel
from rapidfuzz.process import cpdist

from skiptrace.contacts.rules import AddressRules
from skiptrace.grouping import components


def pool(spellings: pa.Table, rules: AddressRules) -> np.ndarray:
    """Pool number of each spelling: int64 [n], the lowest row of its pool.

    `spellings`: account (int64, ascending), house, street, city, postal_code (string). Two spellings of one account are
    one address when they share the place (ZIP or city) and either the street, with a house number that is missing on
    one side or one slip away, or the house number, with streets at least `street_similarity` alike."""
    account = spellings["account"].to_numpy()
    left, right = pairs_within(account)
    house, street, city, code = (text_codes(spellings[name]) for name in ("house", "street", "city", "postal_code"))
    place = _equal(city, left, right) | _equal(code, left, right)
    left, right = left[place], right[place]
    same_street, same_house = _equal(street, left, right), _equal(house, left, right)
    no_house = (house[left] < 0) | (house[right] < 0)
    alike = same_street & no_house
    test = np.flatnonzero(same_street & ~same_house & ~no_house)
    alike[test] |= _score(spellings["house"], left[test], right[test], OSA.distance, 2) <= 1
    test = np.flatnonzero(same_house & ~same_street & (street[left] >= 0) & (street[right] >= 0))
    alike[test] |= similarity(spellings["street"], left[test], right[test]) >= rules.street_similarity
    alike |= same_street & same_house
    return components(len(account), left[alike], right[alike])


def pairs_within(account: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All pairs (i < j) of rows with one account; `account` ascends."""
    begins = np.flatnonzero(np.append(True, account[1:] != account[:-1])) if len(account) else np.zeros(0, np.int64)
    size = np.diff(np.append(begins, len(account)))
    after = np.repeat(begins + size, size) - 1 - np.arange(len(account))
    left = np.repeat(np.arange(len(account)), after)
    step = np.arange(len(left)) - np.repeat(np.cumsum(after) - after, after) + 1
    return left, left + step


def text_codes(column: pa.ChunkedArray) -> np.ndarray:
    """A code per text, -1 where NULL: int64 [n]. Equal texts have equal codes."""
    encoded = pc.dictionary_encode(column.combine_chunks())
    encoded = encoded if isinstance(encoded, pa.DictionaryArray) else encoded.combine_chunks()
    codes: np.ndarray = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    return codes


def _equal(codes: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    found: np.ndarray = (codes[left] == codes[right]) & (codes[left] >= 0)
    return found


def _score(column: pa.ChunkedArray, left: np.ndarray, right: np.ndarray, scorer: Any, cutoff: int | None) -> np.ndarray:
    a, b = column.take(pa.array(left)).to_pylist(), column.take(pa.array(right)).to_pylist()
    return np.asarray(cpdist(a, b, scorer=scorer, score_cutoff=cutoff, dtype=np.float32, workers=1))


def similarity(column: pa.ChunkedArray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Normalised Indel similarity of texts at two sets of rows: float32 in [0, 1]."""
    return _score(column, left, right, Indel.normalized_similarity, None)
