"""Spellings of one address, pooled within an account: a slip in the house number or street is no second home."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from rapidfuzz.distance import OSA, Indel
from rapidfuzz.process import cpdist

from skiptrace.columns import codes, number
from skiptrace.contacts.rules import AddressRules
from skiptrace.grouping import begins, components, expand


def pool(spellings: pa.Table, rules: AddressRules) -> np.ndarray:
    """Pool number of each spelling: int64 [n], the lowest row of its pool.

    `spellings`: account (int64, ascending), house, street, city, postal_code (string). Two spellings of one account are
    one address when they share the place (ZIP or city) and either the street, with a house number that is missing on
    one side or one slip away, or the house number, with streets at least `street_similarity` alike."""
    account = spellings["account"].to_numpy()
    left, right = pairs_within(account)
    house, street, city, code = (number(spellings[name]) for name in ("house", "street", "city", "postal_code"))
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
    starts = begins(account)
    size = np.diff(np.append(starts, len(account)))
    row = np.arange(len(account))
    return expand(row + 1, np.repeat(starts + size, size) - 1 - row)


def _equal(codes: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    found: np.ndarray = (codes[left] == codes[right]) & (codes[left] >= 0)
    return found


def _score(column: pa.ChunkedArray, left: np.ndarray, right: np.ndarray, scorer: Any, cutoff: int | None) -> np.ndarray:
    a, b = column.take(pa.array(left)).to_pylist(), column.take(pa.array(right)).to_pylist()
    return np.asarray(cpdist(a, b, scorer=scorer, score_cutoff=cutoff, dtype=np.float32, workers=1))


def similarity(column: pa.ChunkedArray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Normalised Indel similarity of texts at two sets of rows: float32 in [0, 1]."""
    return _score(column, left, right, Indel.normalized_similarity, None)


def numbered_words(column: pa.ChunkedArray) -> np.ndarray:
    """A code of the words of each text that begin with a digit: int64. 12TH is not 13TH, however alike they look."""
    names, code = codes(column)
    words = [tuple(sorted(word for word in text.split() if word[0].isdigit())) for text in names]
    known = {found: place for place, found in enumerate(sorted(set(words)))}
    which: np.ndarray = np.array([known[found] for found in words] + [known.get((), -1)])[code]
    return which
