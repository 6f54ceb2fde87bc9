"""Columns of city, state, postal code and country to places: `read_place` asked once for each kind of row.

A place's city depends on the city's text alone, and the rest on the state, the country, whether there is a city, and the
FORM of the postal code, whose digits are only copied. So `read_place` is asked once for each combination that occurs,
with a stand-in for the plain forms of ZIP code, and its answer is laid over the rows. Cities that hold a comma may hold
the state as well; those rows are read one by one, each distinct one once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.kernels.zip_scan import EMPTY, OTHER, scan_zips
from skiptrace.normalize.folding import LONGEST, fold
from skiptrace.normalize.places import TERRITORIES, Place, read_city, read_place
from skiptrace.normalize.text_buffers import arrow_text, has_text, is_known
from skiptrace.normalize.words import read_rows
from skiptrace.normalize.zones import states_of_zip

_TEXT = pa.string()
_STAND_INS = (("", ""), ("98101", ""), ("98101-1234", ""), ("", "98101"), ("", "98101-1234"))
"""(postal code, ZIP of the street line) for each plain kind of row; further kinds are single values."""
_Whole = npt.NDArray[np.int64]


class PlaceColumns(NamedTuple):
    """Fields of `Place` per row (`string`, null where not known), and whether the state contradicts the ZIP code."""

    city: pa.Array
    state: pa.Array
    zip5: pa.Array
    zip4: pa.Array
    country: pa.Array
    conflict: npt.NDArray[np.bool_]


def texts_and_codes(column: pa.Array) -> tuple[list[str], _Whole]:
    """Distinct texts of a `string` column without nulls, and each row's place among them."""
    encoded = column.dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64)


def is_given(column: pa.Array) -> npt.NDArray[np.bool_]:
    """Rows of a `string` column without nulls that hold more than white space, as Python's `strip` sees it."""
    offsets, data = arrow_text(column)
    given: npt.NDArray[np.bool_] = offsets[1:] > offsets[:-1]
    first = np.zeros(len(column), np.uint8)
    first[given] = data[offsets[:-1][given]]
    for row in np.flatnonzero(given & ((first <= 32) | (first >= 128))):
        given[row] = bool(column[int(row)].as_py().strip())
    return given


def _codes_of_others(texts: pa.Array, rows: npt.NDArray[np.bool_]) -> tuple[list[str], _Whole]:
    """Distinct texts of some rows, and their places among them."""
    return texts_and_codes(texts.filter(pa.array(rows)))


def _postal(postal: pa.Array, hint: pa.Array) -> tuple[pa.Array, npt.NDArray[np.int32], _Whole, list[tuple[str, str]]]:
    """(text to copy, its ZIP number, kind, kinds as (postal code, ZIP of the street line)) per row."""
    kinds = list(_STAND_INS)
    forms, numbers = np.empty(len(postal), np.uint8), np.empty(len(postal), np.int32)
    offsets, data = arrow_text(postal)
    scan_zips(data, offsets, forms, numbers)
    kind = forms.astype(np.int64)
    others = forms == OTHER
    if others.any():
        texts, codes = _codes_of_others(postal, others)
        empty = np.array([len(text) > LONGEST or not fold(text).text for text in texts])
        kind[others] = np.where(empty[codes], EMPTY, len(kinds) + codes)
        kinds.extend((text, "") for text in texts)
    hinted = (kind == EMPTY) & (has_text(hint))
    if hinted.any():
        postal = pc.if_else(pa.array(hinted), hint, postal)
        offsets, data = arrow_text(hint)
        hint_forms, hint_numbers = np.empty(len(hint), np.uint8), np.empty(len(hint), np.int32)
        scan_zips(data, offsets, hint_forms, hint_numbers)
        numbers = np.where(hinted, hint_numbers, numbers).astype(np.int32)
        kind = np.where(hinted, hint_forms + 2, kind)
        others = hinted & (hint_forms == OTHER)
        if others.any():
            texts, codes = _codes_of_others(hint, others)
            kind[others] = len(kinds) + codes
            kinds.extend(("", text) for text in texts)
    return postal, numbers, kind, kinds


def _states(state: pa.Array, hint: pa.Array) -> tuple[list[tuple[str, str]], _Whole]:
    """(state, state of the street line) as kinds, and each row's kind."""
    texts, codes = texts_and_codes(state)
    kinds = [(text, "") for text in texts]
    blank = np.array([not text.strip() for text in texts], np.bool_)[codes]
    hinted = blank & (has_text(hint))
    if hinted.any():
        hints, places = _codes_of_others(hint, hinted)
        codes[hinted] = len(kinds) + places
        kinds.extend(("", text) for text in hints)
    return kinds, codes


def _cities(city: pa.Array, hint: pa.Array) -> pa.Array:
    texts, codes = texts_and_codes(city)
    found = pa.array([read_city(text) for text in texts], _TEXT).take(pa.array(codes))
    if has_text(hint).any():
        texts, codes = texts_and_codes(hint)
        found = pc.coalesce(found, pa.array([read_city(text) for text in texts], _TEXT).take(pa.array(codes)))
    return found


class PlaceKinds(NamedTuple):
    """Rows by what decides everything but the city.

    rows: the kind of each row. questions: per kind (state, postal code, country, state and ZIP of the street line), with a
    stand-in for a plain ZIP code, which `plain` tells. texts, numbers: what to copy in the place of the stand-in.
    """

    rows: _Whole
    questions: list[tuple[str, str, str, str, str]]
    plain: npt.NDArray[np.bool_]
    texts: pa.Array
    numbers: npt.NDArray[np.int32]


def place_kinds(state: pa.Array, postal: pa.Array, country: pa.Array, hints: tuple[pa.Array, pa.Array, pa.Array]) -> PlaceKinds:
    """The kinds of `string` columns of equal length without nulls. hints: city, state and ZIP of the street lines."""
    state_kinds, state_codes = _states(state, hints[1])
    countries, country_codes = texts_and_codes(country)
    texts, numbers, postal_codes, postal_kinds = _postal(postal, hints[2])
    distinct, rows = _distinct((state_codes * len(countries) + country_codes) * len(postal_kinds) + postal_codes)
    combined, form = np.divmod(distinct, len(postal_kinds))
    ours, nation = np.divmod(combined, len(countries))
    questions = []
    for at in range(len(distinct)):
        (text, state_hint), (code, zip_hint) = state_kinds[ours[at]], postal_kinds[form[at]]
        questions.append((text, code, countries[nation[at]], state_hint, zip_hint))
    return PlaceKinds(rows, questions, form < len(_STAND_INS), texts, numbers)


def read_place_columns(kinds: PlaceKinds, given: tuple[pa.Array, ...], hints: tuple[pa.Array, pa.Array, pa.Array]) -> PlaceColumns:
    """What `read_place` gives for each row of `given` (city, state, postal code, country) and of `hints`, whose kinds
    are `kinds`."""
    rows, plain = kinds.rows, kinds.plain
    answers = [read_place("", *question[:3], hint=("", *question[3:])) for question in kinds.questions]
    american = np.array([answer.country == "US" for answer in answers], np.bool_)
    five = plain & np.array([answer.zip5 is not None for answer in answers], np.bool_)
    four = plain & np.array([answer.zip4 is not None for answer in answers], np.bool_)
    laid = [pa.array([answer[at] for answer in answers], _TEXT).take(pa.array(rows)) for at in range(1, 5)]
    first_five = pc.utf8_slice_codeunits(kinds.texts, 0, 5) if four.any() else kinds.texts
    zip5 = _replaced(laid[1], (five & american)[rows], first_five)
    zip5 = _replaced(zip5, (five & ~american)[rows], kinds.texts)
    zip4 = _replaced(laid[2], four[rows], pc.utf8_slice_codeunits(kinds.texts, -4)) if four.any() else laid[2]
    conflict = np.array([not plain[at] and _conflicts(answer) for at, answer in enumerate(answers)], np.bool_)[rows]
    judged = (five & american & np.array([answer.state is not None for answer in answers], np.bool_))[rows]
    conflict[judged] = _plain_conflicts(kinds.numbers, rows, answers, judged)
    city, country = _cities(given[0], hints[0]), laid[3]
    in_city = [read_place("A", *question[:3], hint=("", *question[3:])).country for question in kinds.questions]
    if in_city != [answer.country for answer in answers]:  # with a city, a place without a country is American
        country = pc.if_else(pa.array(is_known(city)), pa.array(in_city, _TEXT).take(pa.array(rows)), country)
    places = PlaceColumns(city, laid[0], zip5, zip4, country, conflict)
    return _with_commas(places, (*given, *hints))


def _distinct(keys: _Whole) -> tuple[_Whole, npt.NDArray[np.int64]]:
    """The distinct keys, sorted, and the place of each row's key among them."""
    if len(keys) == 0 or keys.max() > 8_000_000:
        distinct, rows = np.unique(keys, return_inverse=True)
        return distinct, rows
    seen = np.zeros(int(keys.max()) + 1, np.bool_)
    seen[keys] = True
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[keys]


def _replaced(column: pa.Array, rows: npt.NDArray[np.bool_], texts: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(rows), texts, column) if rows.any() else column


def _conflicts(place: Place) -> bool:
    """Whether an American place's state is none that its ZIP code may lie in."""
    if place.country != "US" or place.state is None or place.zip5 is None:
        return False
    possible = states_of_zip(place.zip5)
    return bool(possible) and place.state not in possible


@lru_cache(maxsize=1)
def _verdicts() -> tuple[dict[str, int], npt.NDArray[np.int8]]:
    """(a number for each American state; per ZIP number and state 1 for a conflict, 0 for none, -1 for not asked yet)."""
    states = sorted({row["state"] for row in read_rows("states")} | TERRITORIES)
    return {state: at for at, state in enumerate(states)}, np.full((100_000, len(states)), -1, np.int8)


def _plain_conflicts(
    numbers: npt.NDArray[np.int32], rows: _Whole, answers: list[Place], judged: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Conflicts of the judged rows, whose ZIP codes are plain: each pair of ZIP code and state is judged once."""
    number_of, verdicts = _verdicts()
    states = np.array([number_of.get(answer.state or "", -1) for answer in answers])[rows[judged]]
    zips = numbers[judged]
    open_rows = np.flatnonzero(verdicts[zips, states] < 0)
    names = list(number_of)
    for pair in np.unique(zips[open_rows].astype(np.int64) * len(names) + states[open_rows]):
        code, state = divmod(int(pair), len(names))
        possible = states_of_zip(f"{code:05}")
        verdicts[code, state] = bool(possible) and names[state] not in possible
    found: npt.NDArray[np.bool_] = verdicts[zips, states] == 1
    return found


def _with_commas(places: PlaceColumns, given: tuple[pa.Array, ...]) -> PlaceColumns:
    """Rows whose city holds a comma and whose state or postal code is empty, read by themselves."""
    comma = np.zeros(len(given[0]), np.bool_)
    if (arrow_text(given[0])[1] == ord(",")).any():
        comma = pc.match_substring(given[0], ",").to_numpy(zero_copy_only=False).copy()
        comma &= ~(is_given(given[1]) & is_given(given[2]))
    if not comma.any():
        return places
    keys = list(zip(*(column.filter(pa.array(comma)).to_pylist() for column in given), strict=True))
    read = {key: read_place(key[0], key[1], key[2], key[3], (key[4], key[5], key[6])) for key in dict.fromkeys(keys)}
    found = [read[key] for key in keys]
    columns = [
        pc.replace_with_mask(places[at], pa.array(comma), pa.array([place[at] for place in found], _TEXT)) for at in range(5)
    ]
    places.conflict[comma] = [_conflicts(place) for place in found]
    return PlaceColumns(columns[0], columns[1], columns[2], columns[3], columns[4], places.conflict)
