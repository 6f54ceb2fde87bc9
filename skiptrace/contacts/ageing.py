"""How current a phone or an e-mail is: log-odds by the age of its last sighting and by what else is known of it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from skiptrace.contacts.pooling import pairs_within
from skiptrace.contacts.rules import Ageing


def logit(p: np.ndarray | float) -> np.ndarray:
    """Log-odds of probabilities strictly between 0 and 1."""
    odds: np.ndarray = np.log(np.asarray(p)) - np.log1p(-np.asarray(p))
    return odds


def sigmoid(odds: np.ndarray) -> np.ndarray:
    """Probability of log-odds."""
    p: np.ndarray = 1 / (1 + np.exp(-odds))
    return p


def currency(
    points: pa.Table, account: np.ndarray, years: np.ndarray, in_newest_area: np.ndarray, in_older_area: np.ndarray, rules: Ageing
) -> np.ndarray:  # fmt: skip
    """Log-odds that each point is current, before any outcome: float64 [n].

    `points`: value (string), independent_sources, mine, seen_elsewhere, unsure of one kind; `account` int64 [n] ascending; `years`
    since the last sighting, NaN where undated; `in_newest_area` whether the point's area is that of the address that
    leads, `in_older_area` whether it is not, and is that of another address."""
    band = np.searchsorted(np.array(rules.age_years), np.nan_to_num(years, nan=0.0), side="right")
    odds = np.where(np.isnan(years), logit(rules.undated), logit(np.array(rules.share))[band])
    left, right = pairs_within(account)
    age = np.where(np.isnan(years), np.inf, years)
    newer = np.zeros(len(account), bool)
    newer[left[age[right] < age[left]]] = True
    newer[right[age[left] < age[right]]] = True
    odds += rules.newer_known * newer
    origins = points["independent_sources"].to_numpy()
    odds += rules.another_origin * np.minimum(origins - 1, 3)
    odds += rules.confirmed * (
        points["mine"].to_numpy(zero_copy_only=False) & points["seen_elsewhere"].to_numpy(zero_copy_only=False)
    )
    odds += rules.unsure_too * points["unsure"].to_numpy(zero_copy_only=False)
    odds += rules.area_of_newest * in_newest_area + rules.area_of_older * in_older_area
    odds += rules.slip_of_another * _slips(points["value"], left, right, origins, age)
    return odds


def _slips(
    values: pa.ChunkedArray, left: np.ndarray, right: np.ndarray, origins: np.ndarray, age: np.ndarray
) -> np.ndarray:
    """Points one slip away from a better supported (or newer) point of the same account: bool [n]."""
    out = np.zeros(len(values), bool)
    if not len(left):
        return out
    a, b = values.take(pa.array(left)).to_pylist(), values.take(pa.array(right)).to_pylist()
    near = np.asarray(cpdist(a, b, scorer=OSA.distance, score_cutoff=1, dtype=np.int32, workers=1)) <= 1
    left, right = left[near], right[near]
    weaker_left = (origins[left] < origins[right]) | ((origins[left] == origins[right]) & (age[left] > age[right]))
    out[left[weaker_left]] = True
    weaker_right = (origins[right] < origins[left]) | ((origins[right] == origins[left]) & (age[right] > age[left]))
    out[right[weaker_right]] = True
    return out


def areas(column: pa.ChunkedArray) -> np.ndarray:
    """The area code of E.164 numbers of country code 1 as an integer, 0 elsewhere: int64 [n]."""
    code = pc.if_else(pc.starts_with(column, "+1"), pc.utf8_slice_codeunits(column, 2, 5), "0")
    numbers: np.ndarray = pc.fill_null(pc.cast(code, pa.int64()), 0).to_numpy()
    return numbers
