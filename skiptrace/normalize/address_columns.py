"""Whole columns of addresses to canonical parts: street lines by their shapes, places by their kinds, laid together.

The answers are those of `addresses.read_by_value`; only the order of the work is another. Nothing here is done in Python
for a row unless the row is odd.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import SEPARATOR, as_text
from skiptrace.kernels.joining import join_rows, joined_size
from skiptrace.normalize.address_shapes import FIELDS, FLAGS, KINDS
from skiptrace.normalize.address_templates import COUNTRIES, context_of
from skiptrace.normalize.place_columns import PlaceColumns, is_given, place_kinds, read_place_columns
from skiptrace.normalize.places import MILITARY_STATES, country_of_lines
from skiptrace.normalize.street_columns import StreetColumns, read_street_columns
from skiptrace.normalize.street_lines import shortens
from skiptrace.normalize.text_buffers import arrow_text, empty_texts, has_text, is_known, named_bits, null_unless, text_of

_TEXT = pa.string()
_SLICE_ROWS = 262_144
_ALL_FLAGS = (*FLAGS, "state_zip_conflict")
_NAMED_KINDS = pa.array(KINDS, _TEXT)
_MILITARY_CODES = pa.array(sorted(MILITARY_STATES), _TEXT)
_STREET, _MILITARY = KINDS.index("street"), KINDS.index("military")
_PARTS = ("house", "street", "unit", "box")


def read_address_columns(columns: Sequence[pa.ChunkedArray | None], rows: int, fields: pa.Schema) -> pa.Table:
    """A table of `fields` (see `addresses.ADDRESS_FIELDS`) from line 1, line 2, city, state, postal code and country,
    absent ones None, of `rows` rows."""
    parts = []
    for first in range(0, rows, _SLICE_ROWS):
        size = min(_SLICE_ROWS, rows - first)
        texts = [_texts(None if column is None else column.slice(first, size), size) for column in columns]
        parts.append(pa.Table.from_arrays(_read(texts), schema=fields))
    return pa.concat_tables(parts) if parts else fields.empty_table()


def _texts(column: pa.ChunkedArray | None, rows: int) -> pa.Array:
    """A column as one `string` array without nulls and without the unit separator."""
    if column is None:
        return empty_texts(rows)
    texts = as_text(column)
    whole = pa.concat_arrays(texts.chunks) if texts.num_chunks != 1 else texts.chunk(0)
    whole = whole.fill_null("") if whole.null_count else whole
    return pc.replace_substring(whole, SEPARATOR, " ") if (arrow_text(whole)[1] == ord(SEPARATOR)).any() else whole


def _read(texts: list[pa.Array]) -> list[pa.Array]:
    line1, line2, city, state, postal, country = texts
    given = [is_given(column) for column in texts]
    known = given[2] | given[3] | given[4]
    kinds = place_kinds(state, postal, country, (empty_texts(len(line1)),) * 3)
    ways = np.array([_way(country_of_lines(*question[:3])) for question in kinds.questions], np.int64)[kinds.rows]
    contexts = np.array([context_of(way, place) for way in range(len(COUNTRIES)) for place in (False, True)], np.uint8)
    lines = read_street_columns(line1, line2, contexts[2 * ways + known])
    hints = (lines.texts["city"], lines.texts["state"], lines.texts["zip"])
    if any(has_text(hint).any() for hint in hints):
        kinds = place_kinds(state, postal, country, hints)
    places = read_place_columns(kinds, (city, state, postal, country), hints)
    lines = _without_place(lines, places, line1, line2, contexts[2 * ways])
    return _laid_out(lines, places, known | given[0] | given[1], given[5])


def _way(country: str | None) -> int:
    """Place in COUNTRIES of the one whose street lines are read in the same way."""
    if country in COUNTRIES:
        return COUNTRIES.index(country)
    return 0 if country == "US" else COUNTRIES.index("AU" if shortens(country) else "??")


def _without_place(
    lines: StreetColumns, places: PlaceColumns, line1: pa.Array, line2: pa.Array, contexts: npt.NDArray[np.uint8]
) -> StreetColumns:
    """Rows whose street ends in their own city or ZIP code are read again with leave to take that for a place."""
    merged = lines.texts["merged"]
    if not has_text(merged).any():
        return lines
    same = pc.or_(*(pc.fill_null(pc.equal(merged, column), False) for column in (places.city, places.zip5)))
    rows = pc.and_(same, pc.not_equal(merged, ""))
    mask = rows.to_numpy(zero_copy_only=False)
    if not mask.any():
        return lines
    again = read_street_columns(line1.filter(rows), line2.filter(rows), contexts[mask])
    texts = {field: pc.replace_with_mask(lines.texts[field], rows, again.texts[field]) for field in FIELDS}
    kinds, flags = lines.kinds.copy(), lines.flags.copy()
    kinds[mask], flags[mask] = again.kinds, again.flags
    return StreetColumns(texts, kinds, flags)


def _laid_out(
    lines: StreetColumns, places: PlaceColumns, given: npt.NDArray[np.bool_], country_given: npt.NDArray[np.bool_]
) -> list[pa.Array]:
    """The columns of an address, in their order; `given`: rows that hold anything."""
    house, street, unit, box = (null_unless(lines.texts[field], given & has_text(lines.texts[field])) for field in _PARTS)
    front = lines.texts["front"]
    found, city_known, state_known = has_text(front), is_known(places.city), is_known(places.state)
    at_home = ~country_given & found & ~is_known(places.country)
    country = pc.if_else(pa.array(at_home), "US", places.country) if at_home.any() else places.country
    military = pc.and_kleene(pc.equal(places.country, "US"), pc.is_in(places.state, _MILITARY_CODES))
    military = pc.fill_null(military, False).to_numpy(zero_copy_only=False)
    kinds = np.where((lines.kinds == _STREET) & military, _MILITARY, lines.kinds)
    nowhere = ~is_known(places.zip5) & ~(city_known & state_known)
    bits = lines.flags | places.conflict.astype(np.uint16) * np.uint16(1 << len(FLAGS))
    bits |= nowhere.astype(np.uint16) * np.uint16(1 << FLAGS.index("incomplete"))
    line = _joined(", ", _joined(", ", front, places.city), _joined(" ", places.state, places.zip5))
    place = [null_unless(column, given) for column in (*places[:4], country)]
    kind = _NAMED_KINDS.take(pa.array(kinds, mask=~given))
    return [house, street, unit, box, *place, kind, named_bits(bits, _ALL_FLAGS, given), null_unless(line, given & found)]


def _joined(separator: str, left: pa.Array, right: pa.Array) -> pa.Array:
    """Two columns joined where neither is empty or null; empty where both are."""
    (left_offsets, left_data), (right_offsets, right_data) = arrow_text(left), arrow_text(right)
    offsets = np.empty(len(left) + 1, np.int32)
    between = np.frombuffer(separator.encode(), np.uint8)
    joined_size(left_offsets, right_offsets, len(between), offsets)
    out = np.empty(int(offsets[-1]), np.uint8)
    join_rows(left_data, left_offsets, right_data, right_offsets, between, offsets, out)
    return text_of(offsets, out)
